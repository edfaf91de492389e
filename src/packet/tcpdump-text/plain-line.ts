import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { PacketView } from '../packet-view.ts'
import { PlainEndpointScanner } from './plain-endpoint.ts'
import { digitAt, fitsWord, fourOctets, textAsNumber, threeOctets } from './plain-octets.ts'
import { PlainOptionsScanner } from './plain-options.ts'

const SPACE = 0x20
const COMMA = 0x2c
const COLON = 0x3a
const CLOSING_BRACKET = 0x5d
/** `IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 0`; shorter lines need not be checked for their end at every step. */
const SHORTEST_LINE = 39

const Word = {
  Flag: textAsNumber('Flag'),
  S: textAsNumber('s ['),
  Seq: textAsNumber('seq '),
  /** Not printed: the number behind the colon of a range. */
  SeqEnd: -1,
  Ack: textAsNumber('ack '),
  Win: textAsNumber('win '),
  Urg: textAsNumber('urg '),
  Opti: textAsNumber('opti'),
  Leng: textAsNumber('leng'),
  Th: textAsNumber('th '),
  Udp: textAsNumber('UDP,'),
} as const

/** The fields in the order they are printed in, each at most once; the window always. */
const Place = { Flags: 0, Seq: 1, Ack: 2, Win: 3, Urg: 4, Options: 5 } as const

/** TCP flag by the octet tcpdump prints for it, 4.0 and later (print-tcp.c `tcp_flag_values`); 0 for all others. */
const FLAG_BY_OCTET: Uint16Array = flagTable()

/**
 * Scans the lines that make up nearly all of a text: `IP a.1 > b.2: Flags [.], …, length N` and `UDP, length N`, IPv4 or
 * IPv6, numbers only, one line. Makes no string and no object: a tenth of the time of the parser that reads everything,
 * to which whatever surprises it is left.
 *
 * The loops over digits are written out, one for each place: V8 inlines no function called from many places, and a call
 * for each number cost a fifth of the whole. They stop at the first octet that is no digit, which may lie behind the
 * line; one check at the end of a line refuses that.
 */
export class PlainLineScanner {
  /** Whether the sequence number of the scanned TCP segment was printed; tcpdump leaves it out of pure ACKs. */
  seqPrinted = false
  readonly #endpoint: PlainEndpointScanner = new PlainEndpointScanner()
  readonly #options: PlainOptionsScanner = new PlainOptionsScanner()

  /**
   * Fills a blank view from one line, its numbers as printed.
   *
   * @returns False where the line is not plain; the view then holds a mix and must be blanked again.
   */
  scan(bytes: Uint8Array, start: number, end: number, view: PacketView): boolean {
    if (end - start < SHORTEST_LINE || bytes[start] !== 0x49 || bytes[start + 1] !== 0x50) return false
    const isIpv6 = bytes[start + 2] === 0x36
    let at = isIpv6 ? start + 4 : start + 3
    if (bytes[at - 1] !== SPACE) return false
    view.ipVersion = isIpv6 ? 6 : 4
    const endpoint = this.#endpoint
    at = isIpv6 ? endpoint.scanIpv6(bytes, at) : endpoint.scanIpv4(bytes, at)
    if (at === 0 || bytes[at] !== SPACE || bytes[at + 1] !== 0x3e || bytes[at + 2] !== SPACE) return false
    view.src0 = endpoint.w0 >>> 0
    view.src1 = endpoint.w1 >>> 0
    view.src2 = endpoint.w2 >>> 0
    view.src3 = endpoint.w3 >>> 0
    view.srcPort = endpoint.port
    at = isIpv6 ? endpoint.scanIpv6(bytes, at + 3) : endpoint.scanIpv4(bytes, at + 3)
    if (at === 0 || bytes[at] !== COLON || bytes[at + 1] !== SPACE) return false
    view.dst0 = endpoint.w0 >>> 0
    view.dst1 = endpoint.w1 >>> 0
    view.dst2 = endpoint.w2 >>> 0
    view.dst3 = endpoint.w3 >>> 0
    view.dstPort = endpoint.port
    const word = fourOctets(bytes, at + 2)
    if (word === Word.Flag) return this.#scanTcp(bytes, at + 6, end, view)
    return word === Word.Udp && this.#scanUdp(bytes, at + 6, end, view)
  }

  // "s [P.], seq 1:76, ack 1, win 502, options […], length 75"
  #scanTcp(bytes: Uint8Array, start: number, end: number, view: PacketView): boolean {
    let at = start + 3
    let flags = 0
    for (; bytes[at] !== CLOSING_BRACKET; at++) {
      const flag = FLAG_BY_OCTET[bytes[at] as number]
      if (flag === undefined || flag === 0) return false
      flags |= flag
    }
    if (threeOctets(bytes, start) !== Word.S) return false
    at++
    view.protocol = IpProtocol.Tcp
    view.flags = flags
    this.seqPrinted = false
    let optionsLength = 0
    let from = 0
    let segment = 0
    let word = 0
    let place: number = Place.Flags
    for (;;) {
      // Each field is a comma, a word and a number; only that behind "seq" may be a range.
      if (word === Word.Seq && bytes[at] === COLON) {
        word = Word.SeqEnd
        at += 1
      } else if (bytes[at] === COMMA && bytes[at + 1] === SPACE) {
        word = fourOctets(bytes, at + 2)
        at += word === Word.Leng ? 9 : 6
      } else return false
      if (word === Word.Opti) {
        at = this.#options.scan(bytes, at, view)
        optionsLength = this.#options.length
        if (at === 0 || place < Place.Win || place >= Place.Options) return false
        place = Place.Options
        continue
      }
      const first = at
      let value = 0
      for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) value = (value * 10 + digit) | 0
      if (at - first > 9 ? !fitsWord(bytes, first, at) : at === first) return false
      switch (word) {
        case Word.Seq:
          if (place !== Place.Flags) return false
          place = Place.Seq
          this.seqPrinted = true
          from = value
          view.seq = value >>> 0
          break
        case Word.SeqEnd:
          segment = (value - from) | 0
          break
        case Word.Ack:
          if (place >= Place.Ack) return false
          place = Place.Ack
          view.ack = value >>> 0
          break
        case Word.Win:
          if (place >= Place.Win) return false
          place = Place.Win
          view.window = value
          break
        case Word.Urg:
          if (place !== Place.Win) return false
          place = Place.Urg
          view.urgentPointer = value
          break
        case Word.Leng:
          // Up to 4.9.0 digits of the payload's text run into the length; the parser takes them apart.
          if (place < Place.Win || (!this.seqPrinted && (flags & TcpFlag.Syn) !== 0)) return false
          if (value !== segment || threeOctets(bytes, first - 3) !== Word.Th) return false
          return this.#finishTcp(endsField(bytes, at, end), value, optionsLength, view)
        default:
          return false
      }
    }
  }

  #finishTcp(isEnded: boolean, payloadLength: number, optionsLength: number, view: PacketView): boolean {
    const headerLength = 20 + ((optionsLength + 3) & ~3)
    view.tcpHeaderLength = headerLength
    view.payloadLength = payloadLength
    view.ipLength = (view.ipVersion === 4 ? 20 : 40) + headerLength + payloadLength
    view.status = DecodeStatus.Ok
    return isEnded && headerLength <= 60 && (this.seqPrinted || (view.flags & TcpFlag.Ack) !== 0)
  }

  // " length 1200"
  #scanUdp(bytes: Uint8Array, start: number, end: number, view: PacketView): boolean {
    if (bytes[start] !== SPACE || fourOctets(bytes, start + 1) !== Word.Leng) return false
    if (threeOctets(bytes, start + 5) !== Word.Th) return false
    let at = start + 8
    let value = 0
    for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) {
      value = value * 10 + digit
      if (value > 0xfffff) return false
    }
    view.protocol = IpProtocol.Udp
    view.payloadLength = value
    view.ipLength = (view.ipVersion === 4 ? 28 : 48) + value
    view.status = DecodeStatus.Ok
    return at > start + 8 && at === end
  }
}

// Payload text follows behind ": ", other remarks behind " ".
function endsField(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (at < end && (bytes[at] === COLON || bytes[at] === SPACE))
}

function flagTable(): Uint16Array {
  const table = new Uint16Array(256)
  const { Fin, Syn, Rst, Psh, Ack, Urg, Ece, Cwr, Ae } = TcpFlag
  const letters: readonly (readonly [string, number])[] = [
    ['F', Fin],
    ['S', Syn],
    ['R', Rst],
    ['P', Psh],
    ['.', Ack],
    ['U', Urg],
    ['E', Ece],
    ['W', Cwr],
    ['e', Ae],
  ]
  for (const [letter, flag] of letters) table[letter.charCodeAt(0)] = flag
  return table
}

import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { PacketView } from '../packet-view.ts'
import { PlainEndpointScanner } from './plain-endpoint.ts'

const SPACE = 0x20
const COMMA = 0x2c
const ZERO = 0x30
const COLON = 0x3a
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** Fixed texts of three or four characters as numbers. */
const Word = {
  Flag: fourCharacters('Flag'),
  S: fourCharacters('s ['),
  Seq: fourCharacters('seq '),
  Ack: fourCharacters('ack '),
  Win: fourCharacters('win '),
  Urg: fourCharacters('urg '),
  Opti: fourCharacters('opti'),
  Ons: fourCharacters('ons '),
  Leng: fourCharacters('leng'),
  Th: fourCharacters('th '),
  TsVa: fourCharacters('TS v'),
  Al: fourCharacters('al '),
  Ecr: fourCharacters(' ecr'),
  Mss: fourCharacters('mss '),
  Sack: fourCharacters('sack'),
  Wsca: fourCharacters('wsca'),
  Le: fourCharacters('le '),
  Nop: fourCharacters('nop'),
  Udp: fourCharacters('UDP,'),
} as const

/** TCP flag by the octet tcpdump prints for it, 4.0 and later (print-tcp.c `tcp_flag_values`); 0 for all others. */
const FLAG_BY_OCTET: Uint16Array = flagTable()

/**
 * Scans the lines that make up nearly all of a text: `IP a.1 > b.2: Flags [.], …, length N` and `UDP, length N`, IPv4 or
 * IPv6, numbers only, one line. Makes no string and no object: a tenth of the time of the parser that reads everything,
 * to which whatever surprises it is left.
 *
 * Scanning functions take a position and return the one behind what they read, or 0 where something else stands there;
 * numbers are left in `#value` as signed 32 bits, which V8 keeps without allocating.
 */
export class PlainLineScanner {
  /** Whether the sequence number of the scanned TCP segment was printed; tcpdump leaves it out of pure ACKs. */
  seqPrinted = false
  readonly #endpoint: PlainEndpointScanner = new PlainEndpointScanner()
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #value = 0
  /** Octets of TCP options, not rounded up. */
  #optionsLength = 0
  /** Payload by the range of sequence numbers. */
  #segment = 0

  /**
   * Fills a blank view from one line, its numbers as printed.
   *
   * @returns False where the line is not plain; the view then holds a mix and must be blanked again.
   */
  scan(bytes: Uint8Array, start: number, end: number, view: PacketView): boolean {
    this.#bytes = bytes
    this.#end = end
    let at = start + 3
    if (at > end || bytes[start] !== 0x49 || bytes[start + 1] !== 0x50) return false
    const isIpv6 = bytes[start + 2] === 0x36
    if (isIpv6) at++
    if (bytes[at - 1] !== SPACE) return false
    view.ipVersion = isIpv6 ? 6 : 4
    const endpoint = this.#endpoint
    at = endpoint.scan(bytes, at, end, isIpv6)
    if (at === 0 || bytes[at] !== SPACE || bytes[at + 1] !== 0x3e || bytes[at + 2] !== SPACE) return false
    view.src0 = endpoint.w0 >>> 0
    view.src1 = endpoint.w1 >>> 0
    view.src2 = endpoint.w2 >>> 0
    view.src3 = endpoint.w3 >>> 0
    view.srcPort = endpoint.port
    at = endpoint.scan(bytes, at + 3, end, isIpv6)
    if (at === 0 || bytes[at] !== COLON || bytes[at + 1] !== SPACE) return false
    view.dst0 = endpoint.w0 >>> 0
    view.dst1 = endpoint.w1 >>> 0
    view.dst2 = endpoint.w2 >>> 0
    view.dst3 = endpoint.w3 >>> 0
    view.dstPort = endpoint.port
    at += 2
    const word = this.#word(at)
    if (word === Word.Flag) return this.#scanTcp(at + 4, view)
    return word === Word.Udp && this.#scanUdp(at + 4, view)
  }

  // "s [P.], seq 1:76, ack 1, win 502, options […], length 75"
  #scanTcp(start: number, view: PacketView): boolean {
    const bytes = this.#bytes
    if (this.#threeCharacters(start) !== Word.S) return false
    let flags = 0
    let at = start + 3
    for (;;) {
      const flag = FLAG_BY_OCTET[bytes[at] as number] as number
      if (flag === 0) break
      flags |= flag
      at++
    }
    if (bytes[at] !== CLOSING_BRACKET) return false
    at++
    this.seqPrinted = false
    this.#optionsLength = 0
    this.#segment = 0
    view.protocol = IpProtocol.Tcp
    view.flags = flags
    while (bytes[at] === COMMA && bytes[at + 1] === SPACE) {
      const word = this.#word(at + 2)
      if (word === Word.Leng) return this.#scanTcpLength(at + 6, view)
      at = word === Word.Opti ? this.#scanOptions(at + 6, view) : this.#scanField(word, at + 6, view)
      if (at === 0) return false
    }
    return false
  }

  #scanField(word: number, start: number, view: PacketView): number {
    let at = this.#number(start)
    if (at === 0) return 0
    switch (word) {
      case Word.Ack:
        view.ack = this.#value >>> 0
        return at
      case Word.Win:
        view.window = this.#value
        return at
      case Word.Seq: {
        const from = this.#value
        this.seqPrinted = true
        view.seq = from >>> 0
        if (this.#bytes[at] !== COLON) return at
        at = this.#number(at + 1)
        this.#segment = (this.#value - from) | 0
        return at
      }
      case Word.Urg:
        view.urgentPointer = this.#value
        return at
      default:
        return 0
    }
  }

  #scanTcpLength(start: number, view: PacketView): boolean {
    if (this.#threeCharacters(start) !== Word.Th) return false
    const at = this.#number(start + 3)
    if (at === 0 || !this.#endsField(at)) return false
    // Up to 4.9.0 digits of the payload's text run into the length; the parser takes them apart.
    if (this.#value !== this.#segment) return false
    if (!this.seqPrinted && (view.flags & TcpFlag.Ack) === 0) return false
    const headerLength = 20 + ((this.#optionsLength + 3) & ~3)
    view.tcpHeaderLength = headerLength
    view.payloadLength = this.#value
    view.ipLength = (view.ipVersion === 4 ? 20 : 40) + headerLength + this.#value
    view.status = DecodeStatus.Ok
    return headerLength <= 60
  }

  // " length 1200"
  #scanUdp(start: number, view: PacketView): boolean {
    if (this.#bytes[start] !== SPACE || this.#word(start + 1) !== Word.Leng) return false
    if (this.#threeCharacters(start + 5) !== Word.Th || this.#number(start + 8) !== this.#end) return false
    view.protocol = IpProtocol.Udp
    view.payloadLength = this.#value
    view.ipLength = (view.ipVersion === 4 ? 28 : 48) + this.#value
    view.status = DecodeStatus.Ok
    return true
  }

  // "ons [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7]"
  #scanOptions(start: number, view: PacketView): number {
    const bytes = this.#bytes
    if (this.#word(start) !== Word.Ons || bytes[start + 4] !== 0x5b) return 0
    let at = start + 5
    let length = 0
    for (;;) {
      // nop, the most frequent, has no value.
      if (bytes[at] === 0x6e && this.#threeCharacters(at) === Word.Nop) {
        at += 3
        length += 1
      } else {
        at = this.#scanOption(at, view)
        if (at === 0) return 0
        length += this.#value
      }
      const separator = bytes[at++]
      if (separator === CLOSING_BRACKET) break
      if (separator !== COMMA) return 0
    }
    this.#optionsLength = length
    return at
  }

  // Leaves the octets of the option in `#value`.
  #scanOption(start: number, view: PacketView): number {
    switch (this.#word(start)) {
      case Word.TsVa:
        return this.#scanTimestamps(start + 4, view)
      case Word.Mss: {
        const at = this.#number(start + 4)
        view.mss = this.#value
        this.#value = 4
        return at
      }
      case Word.Sack:
        return this.#scanSack(start + 4, view)
      case Word.Wsca: {
        const at = this.#threeCharacters(start + 4) === Word.Le ? this.#number(start + 7) : 0
        view.windowScale = this.#value
        this.#value = 3
        return at
      }
      default:
        return 0
    }
  }

  // "al 1152497573 ecr 0"
  #scanTimestamps(start: number, view: PacketView): number {
    if (this.#threeCharacters(start) !== Word.Al) return 0
    let at = this.#number(start + 3)
    if (at === 0 || this.#word(at) !== Word.Ecr || this.#bytes[at + 4] !== SPACE) return 0
    view.tsVal = this.#value >>> 0
    at = this.#number(at + 5)
    view.tsEcr = this.#value >>> 0
    view.hasTimestamps = 1
    this.#value = 10
    return at
  }

  // "OK", or " 2 {1:5}{9:13}"
  #scanSack(start: number, view: PacketView): number {
    const bytes = this.#bytes
    if (bytes[start] === 0x4f && bytes[start + 1] === 0x4b) {
      view.sackPermitted = 1
      this.#value = 2
      return start + 2
    }
    let at = bytes[start] === SPACE ? this.#number(start + 1) : 0
    const blocks = this.#value
    if (at === 0 || blocks < 1 || blocks > 4 || bytes[at++] !== SPACE) return 0
    for (let i = 0; i < blocks; i++) {
      at = bytes[at] === OPENING_BRACE ? this.#number(at + 1) : 0
      if (at === 0 || bytes[at] !== COLON) return 0
      at = this.#number(at + 1)
      if (at === 0 || bytes[at++] !== CLOSING_BRACE) return 0
    }
    this.#value = 2 + 8 * blocks
    return at
  }

  /** Reads an unsigned number of at most 32 bits. */
  #number(start: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let value = 0
    let at = start
    while (at < end) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      // The tenth digit may take it past 32 bits.
      if (at - start >= 9 && (at - start > 9 || value > 429496729 || (value === 429496729 && digit > 5))) return 0
      value = (value * 10 + digit) | 0
      at++
    }
    this.#value = value
    return at === start ? 0 : at
  }

  // Payload text follows behind ": ", other remarks behind " ".
  #endsField(at: number): boolean {
    if (at === this.#end) return true
    const octet = this.#bytes[at]
    return octet === COLON || octet === SPACE
  }

  /** Four characters as one number; 0 past the end. */
  #word(at: number): number {
    const bytes = this.#bytes
    if (at + 4 > this.#end) return 0
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    )
  }

  #threeCharacters(at: number): number {
    const bytes = this.#bytes
    if (at + 3 > this.#end) return 0
    return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  }
}

/** A text of at most four characters as one number. */
function fourCharacters(text: string): number {
  let word = 0
  for (let i = 0; i < text.length; i++) word = (word << 8) | text.charCodeAt(i)
  return word
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

import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { PacketView } from '../packet-view.ts'

const SPACE = 0x20
const COMMA = 0x2c
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** TCP flag by the octet tcpdump prints for it, 4.0 and later (print-tcp.c `tcp_flag_values`); 0 for all others. */
const FLAG_BY_OCTET: Uint16Array = flagTable()

/** Largest number a field of 32 bits may show. */
const MAX_UINT32 = 0xffffffff

/**
 * Scans the lines that make up nearly all of a text: `IP a.1 > b.2: Flags [.], …, length N` and `UDP, length N`, IPv4 or
 * IPv6, numbers only, one line. No string is made; 0.3 µs a line against 3 µs for the parser that reads everything.
 * Whatever surprises it is left to that parser.
 */
export class PlainLineScanner {
  /** Whether the sequence number of the scanned TCP segment was printed; tcpdump leaves it out of pure ACKs. */
  seqPrinted = false
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  #number = 0
  #optionsLength = 0
  // The endpoint last read.
  #w0 = 0
  #w1 = 0
  #w2 = 0
  #w3 = 0
  #port = 0
  readonly #groups = new Uint16Array(8)

  /**
   * Fills a blank view from one line, its numbers as printed.
   *
   * @returns False where the line is not plain; the view then holds a mix and must be blanked again.
   */
  scan(bytes: Uint8Array, start: number, end: number, view: PacketView): boolean {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    if (!this.#skipWord(0x49, 0x50)) return false
    const isIpv6 = bytes[this.#at] === 0x36
    if (isIpv6) this.#at++
    if (!this.#skip(SPACE)) return false
    view.ipVersion = isIpv6 ? 6 : 4
    if (!this.#readEndpoint(isIpv6)) return false
    view.src0 = this.#w0
    view.src1 = this.#w1
    view.src2 = this.#w2
    view.src3 = this.#w3
    view.srcPort = this.#port
    if (!this.#skip(SPACE) || !this.#skip(0x3e) || !this.#skip(SPACE) || !this.#readEndpoint(isIpv6)) return false
    view.dst0 = this.#w0
    view.dst1 = this.#w1
    view.dst2 = this.#w2
    view.dst3 = this.#w3
    view.dstPort = this.#port
    if (!this.#skip(COLON) || !this.#skip(SPACE)) return false
    const first = bytes[this.#at]
    if (first === 0x46) return this.#readTcp(view)
    return first === 0x55 && this.#readUdp(view)
  }

  // "Flags [P.], seq 1:76, ack 1, win 502, options […], length 75"
  #readTcp(view: PacketView): boolean {
    if (!this.#skipText('Flags [')) return false
    view.protocol = IpProtocol.Tcp
    view.flags = 0
    for (;;) {
      const octet = this.#next()
      if (octet === CLOSING_BRACKET) break
      const flag = FLAG_BY_OCTET[octet] as number
      if (flag === 0) return false
      view.flags |= flag
    }
    this.seqPrinted = false
    this.#optionsLength = 0
    let segment = 0
    while (this.#skip(COMMA) && this.#skip(SPACE)) {
      switch (this.#bytes[this.#at]) {
        case 0x73: // s
          if (!this.#skipText('seq ') || !this.#readNumber()) return false
          this.seqPrinted = true
          view.seq = this.#number
          if (this.#skip(COLON)) {
            if (!this.#readNumber()) return false
            segment = (this.#number - view.seq) >>> 0
          }
          break
        case 0x61: // a
          if (!this.#skipText('ack ') || !this.#readNumber()) return false
          view.ack = this.#number
          break
        case 0x77: // w
          if (!this.#skipText('win ') || !this.#readNumber()) return false
          view.window = this.#number
          break
        case 0x75: // u
          if (!this.#skipText('urg ') || !this.#readNumber()) return false
          view.urgentPointer = this.#number
          break
        case 0x6f: // o
          if (!this.#skipText('options [') || !this.#readOptions(view)) return false
          break
        case 0x6c: // l
          return this.#readTcpLength(view, segment)
        default:
          return false
      }
    }
    return false
  }

  #readTcpLength(view: PacketView, segment: number): boolean {
    if (!this.#skipText('length ') || !this.#readNumber() || !this.#isAtEndOfField()) return false
    // Up to 4.9.0 digits of the payload's text run into the length; the parser takes them apart.
    if (this.#number !== segment) return false
    const isAck = (view.flags & TcpFlag.Ack) !== 0
    if (!this.seqPrinted && !isAck) return false
    view.tcpHeaderLength = 20 + ((this.#optionsLength + 3) & ~3)
    view.payloadLength = this.#number
    view.ipLength = (view.ipVersion === 4 ? 20 : 40) + view.tcpHeaderLength + this.#number
    view.status = DecodeStatus.Ok
    return view.tcpHeaderLength <= 60
  }

  // "UDP, length 1200"
  #readUdp(view: PacketView): boolean {
    if (!this.#skipText('UDP, length ') || !this.#readNumber() || this.#at !== this.#end) return false
    view.protocol = IpProtocol.Udp
    view.payloadLength = this.#number
    view.ipLength = (view.ipVersion === 4 ? 28 : 48) + this.#number
    view.status = DecodeStatus.Ok
    return true
  }

  // "mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7]"
  #readOptions(view: PacketView): boolean {
    let length = 0
    for (;;) {
      switch (this.#bytes[this.#at]) {
        case 0x6e: // nop
          if (!this.#skipText('nop')) return false
          length += 1
          break
        case 0x54: // TS
          if (!this.#readTimestamps(view)) return false
          length += 10
          break
        case 0x6d: // mss; md5 and mptcp are for the parser
          if (!this.#skipText('mss ') || !this.#readNumber()) return false
          view.mss = this.#number
          length += 4
          break
        case 0x77: // wscale
          if (!this.#skipText('wscale ') || !this.#readNumber()) return false
          view.windowScale = this.#number
          length += 3
          break
        case 0x73: // sackOK, sack
          if (!this.#skipText('sack')) return false
          if (this.#skipText('OK')) {
            view.sackPermitted = 1
            length += 2
          } else {
            const blocks = this.#skipSackBlocks()
            if (blocks === 0) return false
            length += 2 + 8 * blocks
          }
          break
        default:
          return false
      }
      const next = this.#next()
      if (next === CLOSING_BRACKET) break
      if (next !== COMMA) return false
    }
    this.#optionsLength = length
    return true
  }

  #readTimestamps(view: PacketView): boolean {
    if (!this.#skipText('TS val ') || !this.#readNumber()) return false
    view.tsVal = this.#number
    if (!this.#skipText(' ecr ') || !this.#readNumber()) return false
    view.tsEcr = this.#number
    view.hasTimestamps = 1
    return true
  }

  // " 2 {1:5}{9:13}". @returns How many blocks, 0 where it is something else.
  #skipSackBlocks(): number {
    if (!this.#skip(SPACE) || !this.#readNumber()) return 0
    const count = this.#number
    if (count < 1 || count > 4 || !this.#skip(SPACE)) return 0
    for (let i = 0; i < count; i++) {
      if (!this.#skip(OPENING_BRACE) || !this.#readNumber() || !this.#skip(COLON)) return 0
      if (!this.#readNumber() || !this.#skip(CLOSING_BRACE)) return 0
    }
    return count
  }

  #readEndpoint(isIpv6: boolean): boolean {
    return isIpv6 ? this.#readIpv6Endpoint() : this.#readIpv4Endpoint()
  }

  // "10.244.0.101.52844"
  #readIpv4Endpoint(): boolean {
    const bytes = this.#bytes
    const end = this.#end
    let at = this.#at
    let address = 0
    let octets = 0
    let value = 0
    let digits = 0
    for (; at < end; at++) {
      const octet = bytes[at] as number
      if (octet >= ZERO && octet <= 0x39) {
        value = value * 10 + octet - ZERO
        if (++digits > 5) return false
      } else if (octet === DOT && octets < 4) {
        if (digits === 0 || value > 255 || (digits > 1 && value < 10) || digits > 3) return false
        address = (address << 8) | value
        octets++
        value = 0
        digits = 0
      } else break
    }
    this.#at = at
    if (octets !== 4 || digits === 0 || value > 0xffff) return false
    this.#w0 = 0
    this.#w1 = 0
    this.#w2 = 0xffff
    this.#w3 = address >>> 0
    this.#port = value
    return true
  }

  // "2001:db8::1.443"; forms with an embedded IPv4 address are for the parser.
  #readIpv6Endpoint(): boolean {
    const bytes = this.#bytes
    const groups = this.#groups
    let at = this.#at
    let count = 0
    let gap = -1
    let value = 0
    let digits = 0
    for (; at < this.#end; at++) {
      const octet = bytes[at] as number
      const digit = hexDigit(octet)
      if (digit >= 0) {
        value = value * 16 + digit
        if (++digits > 4) return false
        continue
      }
      if (octet !== COLON && octet !== DOT) return false
      if (digits > 0) {
        if (count === 8) return false
        groups[count++] = value
      }
      if (octet === DOT) break
      // A second colon in a row is the gap; a single one must follow digits, but at the very start.
      if (digits === 0) {
        if (gap >= 0 || (count === 0 && bytes[at + 1] !== COLON && bytes[at - 1] !== COLON)) return false
        if (count > 0 || bytes[at - 1] === COLON) gap = count
      }
      value = 0
      digits = 0
    }
    if (gap < 0 ? count !== 8 || digits === 0 : count > 7) return false
    this.#at = at + 1
    if (!this.#readNumber() || this.#number > 0xffff) return false
    this.#port = this.#number
    this.#setIpv6Words(count, gap)
    return true
  }

  #setIpv6Words(count: number, gap: number): void {
    const groups = this.#groups
    const behind = gap < 0 ? 0 : count - gap
    for (let i = 1; i <= behind; i++) groups[8 - i] = groups[count - i] as number
    if (gap >= 0) groups.fill(0, gap, 8 - behind)
    this.#w0 = (((groups[0] as number) << 16) | (groups[1] as number)) >>> 0
    this.#w1 = (((groups[2] as number) << 16) | (groups[3] as number)) >>> 0
    this.#w2 = (((groups[4] as number) << 16) | (groups[5] as number)) >>> 0
    this.#w3 = (((groups[6] as number) << 16) | (groups[7] as number)) >>> 0
  }

  /** Reads an unsigned number of at most 32 bits. */
  #readNumber(): boolean {
    const bytes = this.#bytes
    const start = this.#at
    let at = start
    let value = 0
    while (at < this.#end) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      at++
    }
    this.#at = at
    this.#number = value
    return at > start && at - start <= 10 && value <= MAX_UINT32
  }

  // Payload text follows behind ": ", other remarks behind " ".
  #isAtEndOfField(): boolean {
    if (this.#at === this.#end) return true
    const octet = this.#bytes[this.#at]
    return octet === COLON || octet === SPACE
  }

  /** The octet at hand, 0 at the end; moves on. */
  #next(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at++] as number) : 0
  }

  #skip(octet: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== octet) return false
    this.#at++
    return true
  }

  #skipWord(first: number, second: number): boolean {
    return this.#skip(first) && this.#skip(second)
  }

  /** Moves behind an ASCII text; does not move where another stands there. */
  #skipText(text: string): boolean {
    const at = this.#at
    if (at + text.length > this.#end) return false
    for (let i = 0; i < text.length; i++) if (this.#bytes[at + i] !== text.charCodeAt(i)) return false
    this.#at = at + text.length
    return true
  }
}

function hexDigit(octet: number): number {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO
  return octet >= 0x61 && octet <= 0x66 ? octet - 0x57 : -1
}

function flagTable(): Uint16Array {
  const table = new Uint16Array(256)
  const { Fin, Syn, Rst, Psh, Ack, Urg, Ece, Cwr, Ae } = TcpFlag
  const letters: [string, number][] = [
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

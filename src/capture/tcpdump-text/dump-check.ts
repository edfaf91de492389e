import type { LineBuffer } from './line-buffer.ts'
import type { OpenPacket } from './open-packet.ts'
import { opensEncapsulation } from './packet-start.ts'
import { printedOptionsLength } from './tcp-options-length.ts'

/** Longest dump whose end is looked for; longer ones (BIG TCP) are not checked. */
const MAX_DUMP = 128 * 1024

/** Link headers are not part of the dump but of the snapshot length. */
const MAX_LINK_HEADER = 64

/** Octets in which the lengths of a packet's own lines stand. */
const MAX_HEAD = 4096

const DECODER = new TextDecoder()

/**
 * Whether the current line, which reads like a packet or a banner, is payload shown by `-A`.
 *
 * `-A` prints the IP packet one character an octet, line breaks as they are, a carriage return before one left out. So
 * a dump of L octets fills between L less its line breaks and L characters, and what stands before that is payload,
 * unless the snapshot length cut the dump. Then the line is followed by a dump that fits it, and no line ends where
 * the IP length says that the packet before it ends.
 *
 * @param snapLength - Of the section, 0 where not known.
 * @returns `wait` when more of the text is needed to tell.
 */
export function isInsideDump(packet: OpenPacket, lines: LineBuffer, snapLength: number): boolean | 'wait' {
  if (packet.dumpChars === 0) return false
  packet.dumpLength ??= printedIpLength(DECODER.decode(packet.octets(lines).subarray(0, MAX_HEAD))) ?? 0
  const length = packet.dumpLength
  if (length > MAX_DUMP || packet.dumpChars >= length) return false
  if (packet.dumpChars + packet.dumpBreaks >= length) {
    // The dump may have ended, or may have that many carriage returns left: a line that would still fit belongs to it.
    const own = packet.dumpChars + lines.end - lines.start > length || hasOwnDump(lines)
    return own === 'wait' ? 'wait' : !own
  }
  if (snapLength === 0 || length > snapLength - MAX_LINK_HEADER) {
    const own = hasOwnDump(lines)
    if (own !== false) return own === 'wait' ? 'wait' : false
  }
  if (packet.dumpEndsOnLine === undefined) {
    const ends = endsOnLine(lines, packet.dumpChars, packet.dumpBreaks, length)
    if (ends === 'wait') return 'wait'
    packet.dumpEndsOnLine = ends
  }
  return packet.dumpEndsOnLine
}

// Whether the line after the current one begins a dump of the packet that the current one describes.
function hasOwnDump(lines: LineBuffer): boolean | 'wait' {
  const { bytes } = lines
  const at = lines.next
  if (at + 4 > bytes.length) return lines.ended ? false : 'wait'
  if (!beginsDump(bytes[at] ?? 0)) return false
  const head = DECODER.decode(bytes.subarray(lines.start, Math.min(lines.end, lines.start + MAX_HEAD)))
  const length = printedIpLength(head)
  // Octets 2 and 3 of IPv4 are the total length; in IPv6 the payload length stands at 4 and 5.
  if (length === undefined || (bytes[at] ?? 0) >= 0x60) return length !== undefined || /\bIP6? /.test(head)
  return showsAs(length >>> 8, bytes[at + 2] ?? 0) && showsAs(length & 255, bytes[at + 3] ?? 0)
}

/** Whether `-A` prints an octet as the character `shown`; control characters other than TAB and line feed are dots. */
function showsAs(octet: number, shown: number): boolean {
  if (octet === 0x0a || octet === 0x0d) return true
  const isPrintable = (octet >= 0x20 && octet < 0x7f) || octet === 0x09
  return shown === (isPrintable ? octet : 0x2e)
}

/**
 * Counts the current line if it belongs to an `-A` dump of the open packet, or may begin one. The packet inside a VXLAN
 * or OTV header is printed at column 0 too, and `IP` as well as most MAC addresses read like the start of a dump.
 */
export function countDumpLine(packet: OpenPacket, lines: LineBuffer): void {
  if (packet.dumpChars === 0) {
    if (!beginsDump(lines.bytes[lines.start] ?? 0)) return
    const before = packet.octets(lines)
    if (opensEncapsulation(before, 0, before.length)) return
  }
  packet.dumpChars += lines.end - lines.start + 1
  packet.dumpBreaks++
}

// Version and header length as a character: E to O for IPv4, ` to o for IPv6 (the low bits are the traffic class).
function beginsDump(octet: number): boolean {
  return (octet >= 0x45 && octet <= 0x4f) || (octet >= 0x60 && octet <= 0x6f)
}

// Whether, with all that follows taken as dump, some line ends where the packet of `length` octets ends.
function endsOnLine(lines: LineBuffer, charsBefore: number, breaksBefore: number, length: number): boolean | 'wait' {
  let chars = charsBefore
  let breaks = breaksBefore
  for (let at = lines.start; at <= lines.bytes.length; ) {
    const feed = lines.bytes.indexOf(0x0a, at)
    if (feed < 0 && !lines.ended) return 'wait'
    let end = feed < 0 ? lines.bytes.length : feed
    while (end > at && lines.bytes[end - 1] === 0x0d) end--
    chars += end - at
    if (chars > length) return false
    if (chars + breaks >= length) return true
    if (feed < 0) return false
    chars++
    breaks++
    at = feed + 1
  }
  return false
}

/** Octets of the outermost IP packet by its printed lines; `undefined` where they do not say. */
export function printedIpLength(text: string): number | undefined {
  const verbose = /\boffset \d+, flags \[[^\]]*\],? (?:proto [^)]*\), )?length:? (\d+)/.exec(text)
  if (verbose) return Number(verbose[1])
  const verbose6 = /\bpayload length:? (\d+)/.exec(text)
  if (verbose6) return 40 + Number(verbose6[1])
  const line = text.split('\n', 1)[0] ?? ''
  const header = /^(?:.*?\bIP6 |[0-9a-f:]+\.\d+ > )/.test(line) ? 40 : 20
  const fields = line.indexOf(': Flags [')
  if (fields >= 0) return tcpLength(line.slice(fields), header)
  const udp = /: UDP, length (\d+)$/.exec(line)
  if (udp) return header + 8 + Number(udp[1])
  const icmp = line.includes(': ICMP') ? /, length (\d+)$/.exec(line) : null
  return icmp ? header + Number(icmp[1]) : undefined
}

function tcpLength(fields: string, ipHeaderLength: number): number | undefined {
  const length = /, length (\d+)/.exec(fields)
  if (length === null) return undefined
  const before = fields.slice(0, length.index)
  const start = before.indexOf(', options [')
  const options = printedOptionsLength(start < 0 ? '' : before.slice(start + ', options ['.length, -1))
  return options.exact ? ipHeaderLength + 20 + 4 * Math.ceil(options.octets / 4) + Number(length[1]) : undefined
}

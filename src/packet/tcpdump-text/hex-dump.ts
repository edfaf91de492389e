import { CaptureRecord, Direction } from '../../capture/record.ts'
import { DecodeStatus } from '../../core/decode-status.ts'
import { FrameDecoder } from '../decode.ts'
import { LinkType } from '../link-layer.ts'
import type { PacketView } from '../packet-view.ts'
import { FAILURE } from './outcome.ts'

/** Octets of the largest packet a dump is read of. */
const MAX_OCTETS = 262_144
const MAX_IP_LENGTH = 65_535
const LINE = /^\s*0x(?<offset>[0-9a-f]{4,8}):?\s+(?<octets>(?:[0-9a-f]{4} ){0,7}[0-9a-f]{2}(?:[0-9a-f]{2})?)(?=\s|$)/i

/** Address fields of an Ethernet header, to be put before a dump that begins with an EtherType's payload. */
const MAC_ADDRESSES = '00'.repeat(12)
/** EtherTypes whose payload `-x` shows from its start. */
const SHIM_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(?:.*: )?MPLS \(/, '8847'],
  [/^(?:.*: )?PPPoE /, '8864'],
]
const UNKNOWN_TYPE = /ethertype Unknown \(0x(?<type>88a8|8100|9100|86dd|0800|8847|8848|8864)\)/

/** Link types a dump of the whole frame (`-xx`, `-XX`) is tried as; what tcpdump runs on in a cluster first. */
const FRAMES: readonly number[] = [
  LinkType.Ethernet,
  LinkType.LinuxSll2,
  LinkType.LinuxSll,
  LinkType.Null,
  LinkType.Raw,
  LinkType.Ipoib,
  LinkType.Ppp,
  LinkType.ArcnetLinux,
  LinkType.JuniperEthernet,
]

/**
 * Decodes the hex dumps of `-x`, `-xx`, `-X` and `-XX`. They carry the packet itself, with all that the text leaves out;
 * but text can be forged and dumps cut, so a dump counts only where it shows the packet that the text describes.
 */
export class HexDumpDecoder {
  readonly #decoder = new FrameDecoder()
  readonly #frame = new CaptureRecord()

  /**
   * Replaces views read from text by those of the packet's dump.
   *
   * @param lines - Of the packet, the head line first.
   * @param views - As read from the text; overwritten.
   * @param count - How many are valid.
   * @returns How many are valid now.
   */
  decode(lines: readonly string[], record: CaptureRecord, views: readonly PacketView[], count: number): number {
    const hex = readHexDump(lines)
    const text = views[0]
    if (hex.length < 40 || text === undefined) return count
    for (const { linkType, octets, isTold } of candidates(lines[0] ?? '', hex)) {
      const frames = this.#decodeAs(linkType, octets, record)
      const frame = this.#decoder.views[0]
      if (frame === undefined || !showsSamePacket(frame, text, isTold)) continue
      // Cut dumps say less than the text.
      const last = this.#decoder.views[frames - 1]
      if (frames < count && last?.status !== DecodeStatus.Ok) continue
      return this.#take(views, frames, text)
    }
    return count
  }

  #decodeAs(linkType: number, octets: Uint8Array, record: CaptureRecord): number {
    const frame = this.#frame
    frame.number = record.number
    frame.timeSec = record.timeSec
    frame.timeNsec = record.timeNsec
    frame.interfaceIndex = record.interfaceIndex
    frame.direction = record.direction
    frame.linkType = linkType
    frame.buffer = octets
    frame.view = new DataView(octets.buffer, octets.byteOffset, octets.length)
    frame.start = 0
    frame.end = octets.length
    frame.originalLength = octets.length
    const count = this.#decoder.decode(frame)
    if (this.#decoder.views[0]?.status !== DecodeStatus.Malformed) return count
    // The snapshot length may have cut the dump: the IP length then says how much was on the wire.
    frame.originalLength = octets.length + MAX_IP_LENGTH
    return this.#decoder.decode(frame)
  }

  // Where it was captured is printed, and not in a dump that starts at the IP header.
  #take(views: readonly PacketView[], count: number, text: PacketView): number {
    const { hasTime, ifindex, sllPacketType, vlan, direction } = text
    let taken = 0
    for (const view of this.#decoder.views.slice(0, count)) {
      const target = views[taken]
      if (target === undefined) break
      Object.assign(target, view, {
        hasTime,
        srcName: -1,
        dstName: -1,
        hasSeq: 1,
        seqIsRelative: 0,
        ackIsRelative: 0,
      })
      if (direction !== Direction.Unknown) target.direction = direction
      if (target.ifindex === 0) target.ifindex = ifindex
      if (target.sllPacketType < 0) target.sllPacketType = sllPacketType
      if (target.vlan < 0) target.vlan = vlan
      taken++
    }
    return taken
  }
}

/** Digits of the last dump among the lines: two an octet, up to where its offsets stop. */
function readHexDump(lines: readonly string[]): string {
  let hex = ''
  for (const line of lines) {
    const match = LINE.exec(line)?.groups
    if (match === undefined) continue
    const offset = Number.parseInt(match.offset ?? '', 16)
    if (offset === 0) hex = ''
    if (offset * 2 === hex.length && offset < MAX_OCTETS) hex += match.octets?.replaceAll(' ', '') ?? ''
  }
  return hex
}

/** A way to read a dump. */
interface Candidate {
  readonly linkType: number
  readonly octets: Uint8Array
  /** Whether the head line says that the dump begins like this. */
  readonly isTold: boolean
}

function* candidates(head: string, hex: string): Generator<Candidate> {
  const unknown = UNKNOWN_TYPE.exec(head)?.groups?.type
  const shims = SHIM_TYPES.filter(([pattern]) => pattern.test(head)).map(([, type]) => type)
  for (const type of unknown === undefined ? shims : [unknown]) {
    yield { linkType: LinkType.Ethernet, octets: octetsOf(MAC_ADDRESSES + type + hex), isTold: true }
  }
  const octets = octetsOf(hex)
  if (/^[46]/.test(hex)) yield { linkType: LinkType.Raw, octets, isTold: /^IP/.test(head) }
  for (const linkType of FRAMES) yield { linkType, octets, isTold: false }
}

function octetsOf(hex: string): Uint8Array {
  const octets = new Uint8Array(hex.length >> 1)
  for (let i = 0; i < octets.length; i++) octets[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return octets
}

/** Whether a decoded dump is the packet that the text shows, as far as the text shows it. */
function showsSamePacket(frame: PacketView, text: PacketView, isTold: boolean): boolean {
  if (frame.status !== DecodeStatus.Ok) return false
  if (text.status !== DecodeStatus.Ok && text.reason !== FAILURE.fragment.reason) return isTold && isUnsaid(text)
  if (frame.ipVersion !== text.ipVersion || (text.status === DecodeStatus.Ok && frame.protocol !== text.protocol))
    return false
  // Later fragments are printed with nothing but their addresses.
  if (frame.srcPort !== text.srcPort || frame.dstPort !== text.dstPort) return false
  if (
    text.srcName < 0 &&
    !(frame.src3 === text.src3 && frame.src2 === text.src2 && frame.src1 === text.src1 && frame.src0 === text.src0)
  )
    return false
  return (
    text.dstName >= 0 ||
    (frame.dst3 === text.dst3 && frame.dst2 === text.dst2 && frame.dst1 === text.dst1 && frame.dst0 === text.dst0)
  )
}

// Packets whose head line names no addresses, but says why: a total length of 0, an EtherType old versions do not know.
function isUnsaid(text: PacketView): boolean {
  return text.reason === FAILURE.badLength.reason || text.reason === FAILURE.otherLink.reason
}

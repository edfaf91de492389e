import { concat, join } from './packet-octets.ts'

/** Seconds, or whole seconds and nanoseconds where a double is not exact enough. */
export type CaptureTime = number | readonly [seconds: number, nanoseconds: number]

/** One packet to be written. */
export interface WrittenPacket {
  readonly time?: CaptureTime
  readonly frame: Uint8Array
  /** Length on the wire; default that of the frame. */
  readonly originalLength?: number
  /** pcapng: index into the interfaces; default 0. */
  readonly interface?: number
  /** pcapng: `epb_flags` direction. */
  readonly direction?: 'in' | 'out'
  /** pcapng: `opt_comment`. */
  readonly comment?: string
}

/** Header of a classic pcap file. */
export interface PcapOptions {
  /** LINKTYPE_, default Ethernet. */
  readonly linkType?: number
  readonly nano?: boolean
  readonly bigEndian?: boolean
  /** Frames are cut to it; default 262144. */
  readonly snapLength?: number
}

const MICRO_MAGIC = 0xa1b2c3d4
const NANO_MAGIC = 0xa1b23c4d

/** A classic pcap file: `pcap([{ time: 1.5, frame }], { nano: true })`. */
export function pcap(packets: readonly WrittenPacket[], options: PcapOptions = {}): Uint8Array {
  const order = writer(options.bigEndian ?? false)
  const snapLength = options.snapLength ?? 262144
  const header = concat(
    order.u32(options.nano ? NANO_MAGIC : MICRO_MAGIC),
    order.u16(2, 4),
    order.u32(0, 0, snapLength, options.linkType ?? 1),
  )
  const records = packets.map((packet) => {
    const [seconds, nanoseconds] = splitTime(packet.time ?? 0)
    const frame = packet.frame.subarray(0, snapLength)
    const fraction = options.nano ? nanoseconds : Math.round(nanoseconds / 1000)
    const lengths = order.u32(frame.length, packet.originalLength ?? packet.frame.length)
    return concat(order.u32(seconds, fraction), lengths, frame)
  })
  return join([header, ...records])
}

/** An interface description block. */
export interface WrittenInterface {
  readonly name?: string
  readonly description?: string
  readonly filter?: string
  readonly linkType?: number
  readonly snapLength?: number
  /** Exponent of 10: 6 is microseconds (the default of the format, not written), 9 nanoseconds. */
  readonly timeResolution?: number
}

/** Content of a pcapng section. */
export interface PcapngContent {
  /** Default: one Ethernet interface without a name. */
  readonly interfaces?: readonly WrittenInterface[]
  readonly packets: readonly WrittenPacket[]
}

const SECTION_HEADER = 0x0a0d0d0a
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const INTERFACE_DESCRIPTION = 1
const ENHANCED_PACKET = 6

/** A pcapng file of one section; join several with `concat`. */
export function pcapng(content: PcapngContent, options: { bigEndian?: boolean } = {}): Uint8Array {
  const order = writer(options.bigEndian ?? false)
  const interfaces = content.interfaces ?? [{}]
  const unknownLength = order.u32(0xffffffff, 0xffffffff)
  return join([
    block(order, SECTION_HEADER, concat(order.u32(BYTE_ORDER_MAGIC), order.u16(1, 0), unknownLength)),
    ...interfaces.map((description) => interfaceBlock(order, description)),
    ...content.packets.map((packet) =>
      packetBlock(order, packet, interfaces[packet.interface ?? 0]?.timeResolution ?? 6),
    ),
  ])
}

function interfaceBlock(order: Writer, description: WrittenInterface): Uint8Array {
  const options = optionList(order, [
    [2, description.name],
    [3, description.description],
    [9, description.timeResolution === undefined ? undefined : Uint8Array.of(description.timeResolution)],
    [11, description.filter === undefined ? undefined : `\0${description.filter}`],
  ])
  const fixed = concat(order.u16(description.linkType ?? 1, 0), order.u32(description.snapLength ?? 0))
  return block(order, INTERFACE_DESCRIPTION, concat(fixed, options))
}

function packetBlock(order: Writer, packet: WrittenPacket, resolution: number): Uint8Array {
  const [seconds, nanoseconds] = splitTime(packet.time ?? 0)
  const units = BigInt(seconds) * 10n ** BigInt(resolution) + BigInt(Math.floor(nanoseconds / 10 ** (9 - resolution)))
  const options = optionList(order, [
    [1, packet.comment],
    [2, packet.direction === undefined ? undefined : order.u32(packet.direction === 'in' ? 1 : 2)],
  ])
  const fixed = order.u32(
    packet.interface ?? 0,
    Number(units >> 32n),
    Number(units & 0xffffffffn),
    packet.frame.length,
    packet.originalLength ?? packet.frame.length,
  )
  return block(order, ENHANCED_PACKET, concat(fixed, padded(packet.frame), options))
}

/** A block of any type around its body; the body is padded to 32 bits. */
function block(order: Writer, type: number, body: Uint8Array): Uint8Array {
  const content = padded(body)
  const length = order.u32(content.length + 12)
  return concat(order.u32(type), length, content, length)
}

function optionList(
  order: Writer,
  entries: readonly (readonly [number, string | Uint8Array | undefined])[],
): Uint8Array {
  const written = entries.flatMap(([code, value]) => {
    if (value === undefined) return []
    const octets = typeof value === 'string' ? new TextEncoder().encode(value) : value
    return [order.u16(code, octets.length), padded(octets)]
  })
  return written.length === 0 ? new Uint8Array(0) : concat(...written, order.u16(0, 0))
}

function padded(octets: Uint8Array): Uint8Array {
  return concat(octets, new Uint8Array((4 - (octets.length % 4)) % 4))
}

function splitTime(time: CaptureTime): readonly [number, number] {
  if (typeof time !== 'number') return time
  const micros = Math.round(time * 1e6)
  return [Math.floor(micros / 1e6), (micros % 1e6) * 1000]
}

interface Writer {
  u16(...values: number[]): Uint8Array
  u32(...values: number[]): Uint8Array
}

function writer(bigEndian: boolean): Writer {
  const write = (size: 2 | 4, values: readonly number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(size * values.length))
    values.forEach((value, i) => {
      if (size === 2) view.setUint16(i * 2, value, !bigEndian)
      else view.setUint32(i * 4, value, !bigEndian)
    })
    return new Uint8Array(view.buffer)
  }
  return { u16: (...values) => write(2, values), u32: (...values) => write(4, values) }
}

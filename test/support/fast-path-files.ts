import type { Random } from '../fuzz/random.ts'
import { BlockWriter } from './capture-blocks.ts'
import type { CapturedFrame } from './fast-path-traffic.ts'
import { concat, join, uints } from './packet-octets.ts'
import { type PcapOptions, pcap } from './pcap-writer.ts'

/** The frames as a capture file of a format that the seed chooses; pcapng and pcap in all their forms. */
export function randomFile(random: Random, frames: readonly CapturedFrame[]): Uint8Array {
  if (random.chance(50)) return randomPcapng(random, frames)
  if (random.chance(10)) return modifiedPcap(frames)
  return pcapOf(frames, { nano: random.chance(50), bigEndian: random.chance(10), linkType: random.chance(5) ? 101 : 1 })
}

/** One capture in up to three files, each of a format of its own. */
export function randomFiles(random: Random, frames: readonly CapturedFrame[]): Uint8Array[] {
  const files: Uint8Array[] = []
  for (let at = 0; at < frames.length; ) {
    const end = files.length === 2 || random.chance(60) ? frames.length : at + 1 + random.below(frames.length - at)
    files.push(randomFile(random, frames.slice(at, end)))
    at = end
  }
  return files
}

/** A classic pcap file. */
export function pcapOf(frames: readonly CapturedFrame[], options: PcapOptions = {}): Uint8Array {
  const packets = frames.map(({ sec, nsec, frame, originalLength }) => ({
    time: [sec, options.nano ? nsec : nsec - (nsec % 1000)] as const,
    frame,
    originalLength,
  }))
  return pcap(packets, options)
}

/**
 * A section of pcapng.
 *
 * @param options.interfaceOf - Which of three interfaces saw the packet; the first one where left out.
 * @param options.digits - Decimal digits of a second that its times tell; three where left out, and with them seconds beyond what 32 bits hold.
 */
export function pcapngOf(
  frames: readonly (CapturedFrame & { readonly second: bigint })[],
  { interfaceOf = () => 0, digits = 3 }: { interfaceOf?: (packet: number) => number; digits?: number } = {},
): Uint8Array {
  const writer = new BlockWriter()
  const rate = 10 ** digits
  const packets = frames.map(({ frame, nsec, second }, i) =>
    writer.packet(frame, {
      id: interfaceOf(i),
      ticks: second * BigInt(rate) + BigInt(Math.floor(nsec / (1e9 / rate))),
    }),
  )
  const interfaces = ['eth0', 'eth1', 'eth2'].map((name) =>
    writer.interface(writer.options([2, name], [9, Uint8Array.of(digits)])),
  )
  return join([writer.section(), ...interfaces, ...packets])
}

/** Kuznetzov's record headers, big-endian or not at all: with 8 octets more. */
function modifiedPcap(frames: readonly CapturedFrame[]): Uint8Array {
  const header = concat(uints([32, 0xa1b2cd34], [16, 2], [16, 4], [32, 0], [32, 0], [32, 65_535], [32, 1]))
  const records = frames.map(({ sec, nsec, frame, originalLength }) =>
    concat(
      uints([32, sec], [32, Math.floor(nsec / 1000)], [32, frame.length], [32, originalLength]),
      uints([32, 3], [16, 0x0800], [8, sec & 4], [8, 0]),
      frame,
    ),
  )
  return join([header, ...records])
}

interface Face {
  readonly resolution: number
  readonly offset: number
}

/** `if_tsresol`: seconds, powers of 10 down to 100 ps, and powers of 2. */
const RESOLUTIONS = [6, 6, 6, 9, 9, 9, 3, 0, 10, 0x80 | 20, 0x80 | 30] as const

function randomPcapng(random: Random, frames: readonly CapturedFrame[]): Uint8Array {
  const blocks: Uint8Array[] = []
  let writer = new BlockWriter()
  let faces: Face[] = []
  const beginSection = (): void => {
    writer = new BlockWriter({ bigEndian: random.chance(10) })
    faces = []
    blocks.push(writer.section())
    for (let i = 1 + random.below(3); i > 0; i--) blocks.push(interfaceBlock(random, writer, faces))
  }
  beginSection()
  const oddness = random.pick([0, 0, 1, 5])
  let face = 0
  for (const frame of frames) {
    if (random.chance(oddness)) beginSection()
    if (random.chance(oddness)) blocks.push(interfaceBlock(random, writer, faces))
    if (random.chance(oddness)) face = random.below(faces.length)
    const kind = random.chance(4 * oddness) ? random.below(10) : PLAIN
    blocks.push(packetBlock(writer, frame, { kind, id: face % faces.length, faces }))
    if (random.chance(oddness))
      blocks.push(writer.block(random.pick([4, 5, 0xbad]), new Uint8Array(12 + random.below(9))))
  }
  return join(blocks)
}

function interfaceBlock(random: Random, writer: BlockWriter, faces: Face[]): Uint8Array {
  const resolution = random.pick(RESOLUTIONS)
  const offset = random.chance(20) ? random.pick([3600, -1, -86_400]) : 0
  faces.push({ resolution, offset })
  const options = writer.options(
    [2, `eth${random.below(3)}`],
    [9, Uint8Array.of(resolution)],
    [14, writer.u64(BigInt(offset))],
  )
  return writer.block(1, concat(writer.u16(random.chance(5) ? 113 : 1, 0), writer.u32(0), options))
}

/** An enhanced packet block without options. */
const PLAIN = 0

function packetBlock(
  writer: BlockWriter,
  { sec, nsec, frame, originalLength }: CapturedFrame,
  { kind, id, faces }: { readonly kind: number; readonly id: number; readonly faces: readonly Face[] },
): Uint8Array {
  const ticks = ticksOf(sec, nsec, faces[id] as Face)
  if (kind === 1) return writer.simplePacket(frame, originalLength)
  if (kind === 2) return writer.obsoletePacket(frame, id, ticks)
  // An interface that is not described, and a claim of more octets than there are.
  const named = kind === 3 ? 9 : id
  const captured = kind === 4 ? frame.length + 100 : frame.length
  return writer.block(
    6,
    concat(
      writer.u32(named, Number(ticks >> 32n), Number(ticks & 0xffffffffn), captured, originalLength),
      frame,
      new Uint8Array(-frame.length & 3),
      packetOptions(writer, kind),
    ),
  )
}

/** The end of options alone, a comment, or a direction. */
function packetOptions(writer: BlockWriter, kind: number): Uint8Array {
  if (kind < 5) return new Uint8Array(0)
  if (kind === 5) return writer.options()
  if (kind === 6) return writer.options([1, 'a comment'])
  return writer.options([2, writer.u32(kind - 7)])
}

function ticksOf(sec: number, nsec: number, { resolution, offset }: Face): bigint {
  const ticksPerSecond = (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 1n << BigInt(resolution & 0x7f)
  return BigInt(sec - offset) * ticksPerSecond + (BigInt(nsec) * ticksPerSecond) / 1_000_000_000n
}

/** Changes some octets and lengths, takes some out or cuts the file short. */
export function damaged(random: Random, file: Uint8Array): Uint8Array {
  const octets = file.slice()
  const lengths = lengthFields(octets)
  for (let n = random.below(4); n > 0; n--) octets[random.below(octets.length)] = random.below(256)
  for (let n = random.below(4); n > 0 && lengths.length > 0; n--) {
    // Their lower octets: with the upper ones all is lost.
    const at = random.pick(lengths) + random.below(2)
    octets[at] = random.pick([(octets[at] as number) + 1 + random.below(40), random.below(256)])
  }
  // Behind the file header, so that it is still one.
  const at = 48 + random.below(octets.length)
  switch (random.below(6)) {
    case 0:
      return octets.slice(0, at)
    case 1:
      return concat(octets.subarray(0, at), octets.subarray(at + 1 + random.below(400)))
    case 2:
      return octets.fill(random.pick([0, 255]), at, at + random.below(300))
    default:
      return octets
  }
}

/** Where a little-endian file says how long its records, blocks and packets are. */
function lengthFields(file: Uint8Array): number[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const isPcapng = view.getUint32(0) === 0x0a0d0d0a
  const fields: number[] = []
  for (let at = isPcapng ? 0 : 24; at + 28 < file.length; ) {
    const length = isPcapng ? view.getUint32(at + 4, true) : 16 + view.getUint32(at + 8, true)
    if (length === 0 || at + length > file.length) break
    fields.push(...(isPcapng ? [at + 4, at + 20, at + length - 4] : [at + 8, at + 12]))
    at += length
  }
  return fields
}

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'

/** What a generated capture holds; the same options make the same octets. */
export interface TrafficOptions {
  readonly packets: number
  readonly flows: number
  /** Every n-th flow is IPv6; 0 for none. */
  readonly ipv6Every?: number
  /** Every n-th flow is inside VXLAN; 0 for none. */
  readonly tunnelEvery?: number
  /** Requests, each with its answer, of a connection; 30, which makes 96 packets, where left out. */
  readonly exchanges?: number
  /** Octets kept of each frame. */
  readonly snapLength?: number
}

const ETHERNET = 14
const TCP = 20
const OUTER = ETHERNET + 20 + 8 + 8

/** Small deterministic generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** One segment of the traffic, in the numbers that a frame and a line of text are made of. */
export interface Segment {
  readonly flow: number
  readonly forward: boolean
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly payload: number
}

/** Segments of many connections, interleaved: each opens, exchanges data and closes, then its place is taken by the next. */
export function* segments({ packets, flows, exchanges = 30 }: TrafficOptions): Generator<Segment> {
  const next = random(1)
  const sequence = connection(exchanges)
  const steps = new Uint32Array(flows)
  const generation = new Uint32Array(flows)
  for (let i = 0; i < packets; i++) {
    const place = i < flows ? i : Math.floor(next() * flows)
    const step = steps[place] ?? 0
    const flow = place + (generation[place] ?? 0) * flows
    const [forward, flags, seq, ack, payload] = sequence[step] ?? sequence[0]
    yield {
      flow,
      forward,
      flags,
      seq: (seq + flow * 7919) >>> 0,
      ack: ack === 0 ? 0 : (ack + flow * 7919) >>> 0,
      payload,
    }
    if (step + 1 === sequence.length) {
      steps[place] = 0
      generation[place] = (generation[place] ?? 0) + 1
    } else {
      steps[place] = step + 1
    }
  }
}

type Step = readonly [forward: boolean, flags: number, seq: number, ack: number, payload: number]

/** One connection: handshake, requests and answers, close. */
function connection(exchanges: number): readonly [Step, ...Step[]] {
  let client = 1001
  let server = 5001
  const data: Step[] = []
  for (let i = 0; i < exchanges; i++) {
    data.push([true, 0x18, client, server, 80], [false, 0x18, server, client + 80, 600])
    client += 80
    server += 600
    data.push([true, 0x10, client, server, 0])
  }
  return [
    [true, 0x02, 1000, 0, 0],
    [false, 0x12, 5000, 1001, 0],
    [true, 0x10, 1001, 5001, 0],
    ...data,
    [true, 0x11, client, server, 0],
    [false, 0x11, server, client + 1, 0],
    [true, 0x10, client + 1, server + 1, 0],
  ]
}

const clientOf = (flow: number): number => (0x0a000000 + ((flow * 131) % 0xffff00)) >>> 0
const portOf = (flow: number): number => 1024 + (flow % 60_000)
const isIpv6 = (flow: number, { ipv6Every = 0 }: TrafficOptions): boolean => ipv6Every > 0 && flow % ipv6Every === 0
const isTunnelled = (flow: number, { tunnelEvery = 0 }: TrafficOptions): boolean =>
  tunnelEvery > 0 && flow % tunnelEvery === 0

/** Writes one frame at the start of `frame`. @returns Its length. */
function writeFrame(frame: DataView, segment: Segment, options: TrafficOptions): number {
  const at = isTunnelled(segment.flow, options) ? OUTER : 0
  const ipLength = isIpv6(segment.flow, options) ? 40 : 20
  const length = ETHERNET + ipLength + TCP + segment.payload
  if (at > 0) writeOuter(frame, length)
  frame.setUint32(at, 0x02000000)
  frame.setUint32(at + 6, 0x02000001)
  writeIp(frame, at, segment, ipLength)
  const tcp = at + ETHERNET + ipLength
  const port = portOf(segment.flow)
  frame.setUint16(tcp, segment.forward ? port : 80)
  frame.setUint16(tcp + 2, segment.forward ? 80 : port)
  frame.setUint32(tcp + 4, segment.seq)
  frame.setUint32(tcp + 8, segment.ack)
  frame.setUint16(tcp + 12, (5 << 12) | segment.flags)
  frame.setUint16(tcp + 14, 501)
  return at + length
}

function writeIp(frame: DataView, at: number, { flow, forward, payload }: Segment, ipLength: number): void {
  const ip = at + ETHERNET
  const client = clientOf(flow)
  const server = 0xac110006
  if (ipLength === 20) {
    frame.setUint16(at + 12, 0x0800)
    frame.setUint16(ip, 0x4500)
    frame.setUint16(ip + 2, 20 + TCP + payload)
    frame.setUint32(ip + 4, 0x00014000)
    frame.setUint16(ip + 8, 0x4006)
    frame.setUint16(ip + 10, 0)
    frame.setUint32(ip + 12, forward ? client : server)
    frame.setUint32(ip + 16, forward ? server : client)
    return
  }
  frame.setUint16(at + 12, 0x86dd)
  frame.setUint32(ip, 0x60000000)
  frame.setUint32(ip + 4, ((TCP + payload) << 16) | 0x0640)
  for (const [offset, address] of [
    [8, forward ? client : server],
    [24, forward ? server : client],
  ] as const) {
    frame.setUint32(ip + offset, 0xfd000000)
    frame.setUint32(ip + offset + 4, 0)
    frame.setUint32(ip + offset + 8, 0)
    frame.setUint32(ip + offset + 12, address)
  }
}

function writeOuter(frame: DataView, inner: number): void {
  frame.setUint32(0, 0x02000002)
  frame.setUint32(6, 0x02000003)
  frame.setUint16(12, 0x0800)
  frame.setUint16(14, 0x4500)
  frame.setUint16(16, 20 + 8 + 8 + inner)
  frame.setUint32(18, 0)
  frame.setUint16(22, 0x4011)
  frame.setUint16(24, 0)
  frame.setUint32(26, 0xac120002)
  frame.setUint32(30, 0xac120003)
  frame.setUint32(34, (45_000 << 16) | 8472)
  frame.setUint32(38, (8 + 8 + inner) << 16)
  frame.setUint32(42, 0x08000000)
  frame.setUint32(46, 4096 << 8)
}

const CHUNK = 1 << 20

/** Puts pieces into large chunks before they are written. */
class ChunkWriter {
  readonly #stream: WriteStream
  #chunk = Buffer.allocUnsafe(CHUNK)
  #used = 0

  constructor(file: string) {
    this.#stream = createWriteStream(file)
  }

  async room(octets: number): Promise<DataView> {
    if (this.#used + octets > CHUNK) await this.flush()
    return new DataView(this.#chunk.buffer, this.#chunk.byteOffset + this.#used, octets)
  }

  take(octets: number): void {
    this.#used += octets
  }

  async text(line: string): Promise<void> {
    if (this.#used + line.length > CHUNK) await this.flush()
    this.#used += this.#chunk.write(line, this.#used, 'latin1')
  }

  async flush(): Promise<void> {
    const full = this.#chunk.subarray(0, this.#used)
    this.#chunk = Buffer.allocUnsafe(CHUNK)
    this.#used = 0
    if (!this.#stream.write(full)) await once(this.#stream, 'drain')
  }

  async close(): Promise<void> {
    await this.flush()
    this.#stream.end()
    await once(this.#stream, 'finish')
  }
}

const FIRST_SECOND = 1_754_049_388
const MAX_SNAP_LENGTH = 262_144
const LONGEST = OUTER + ETHERNET + 40 + TCP + 600

/** Classic microsecond pcap, little-endian, Ethernet. */
export async function makePcap(file: string, options: TrafficOptions): Promise<void> {
  const { snapLength = MAX_SNAP_LENGTH } = options
  const out = new ChunkWriter(file)
  const header = await out.room(24)
  header.setUint32(0, 0xa1b2c3d4, true)
  header.setUint32(4, 0x00040002, true)
  header.setUint32(8, 0)
  header.setUint32(12, 0)
  header.setUint32(16, snapLength, true)
  header.setUint32(20, 1, true)
  out.take(24)
  let micros = 0
  for (const segment of segments(options)) {
    const record = await out.room(16 + LONGEST)
    const length = writeFrame(new DataView(record.buffer, record.byteOffset + 16), segment, options)
    record.setUint32(0, FIRST_SECOND + Math.floor(micros / 1e6), true)
    record.setUint32(4, micros % 1e6, true)
    const captured = Math.min(length, snapLength)
    record.setUint32(8, captured, true)
    record.setUint32(12, length, true)
    out.take(16 + captured)
    micros += 10
  }
  await out.close()
}

/** pcapng: one section, one interface, enhanced packet blocks without options. */
export async function makePcapng(file: string, options: TrafficOptions): Promise<void> {
  const out = new ChunkWriter(file)
  const words = [0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28, 1, 20, 1, 262_144, 20]
  const header = await out.room(words.length * 4)
  for (const [i, word] of words.entries()) header.setUint32(i * 4, word, true)
  out.take(words.length * 4)
  let micros = FIRST_SECOND * 1e6
  for (const segment of segments(options)) {
    const block = await out.room(36 + LONGEST)
    const length = writeFrame(new DataView(block.buffer, block.byteOffset + 28), segment, options)
    const size = 32 + ((length + 3) & ~3)
    block.setUint32(0, 6, true)
    block.setUint32(4, size, true)
    block.setUint32(8, 0, true)
    block.setUint32(12, Math.floor(micros / 0x100000000), true)
    block.setUint32(16, micros >>> 0, true)
    block.setUint32(20, length, true)
    block.setUint32(24, length, true)
    block.setUint32(size - 4, size, true)
    out.take(size)
    micros += 10
  }
  await out.close()
}

const FLAG_TEXT: Readonly<Record<number, string>> = { 2: 'S', 18: 'S.', 16: '.', 24: 'P.', 17: 'F.' }
const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')

/** What `tcpdump -n -tt -S` prints of the traffic (IPv4, no tunnels). */
export async function makeText(file: string, options: TrafficOptions): Promise<void> {
  const out = new ChunkWriter(file)
  let micros = 0
  for (const { flow, forward, flags, seq, ack, payload } of segments(options)) {
    const client = `${dotted(clientOf(flow))}.${portOf(flow)}`
    const [from, to] = forward ? [client, '172.17.0.6.80'] : ['172.17.0.6.80', client]
    const time = `${FIRST_SECOND + Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`
    const range = payload > 0 ? `seq ${seq}:${(seq + payload) >>> 0}, ` : flags === 16 ? '' : `seq ${seq}, `
    const acked = flags === 2 ? '' : `ack ${ack}, `
    await out.text(
      `${time} IP ${from} > ${to}: Flags [${FLAG_TEXT[flags]}], ${range}${acked}win 501, length ${payload}\n`,
    )
    micros += 10
  }
  await out.close()
}

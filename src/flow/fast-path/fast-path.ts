import { ReadAhead, type RecordForm } from '../../capture/read-ahead.ts'
import type { RecordStretch } from '../../capture/record-stretch.ts'
import { SharedMemory } from '../../core/shared-memory.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { PacketView } from '../../packet/packet-view.ts'
import { tcpDigest } from '../copies.ts'
import { SEED } from '../packet-key.ts'
import type { SamplePool } from '../samples.ts'
import { compile, link, noteTaken, prepare, type TakingCode } from './compile.ts'
import { CODE } from './frames.generated.ts'
import { TextPath } from './text-path.ts'

const { Syn, Fin, Rst, Ack } = TcpFlag
const SEGMENT_FLAGS = Syn | Fin | Rst | Ack
/** LINKTYPE_ETHERNET. */
const ETHERNET = 1
/** Octets of the buffer that is read into: few enough to stay in the cache of the core, many enough that a turn of the reader costs little. */
const BUFFER_LENGTH = 256 * 1024
/** Compiled code counts seconds in 32 bits; a hostile clock exceeds them. */
const MAX_SECOND = 2 ** 32 - 1

/** What wasm/frames.ts exports. */
interface Code extends TakingCode {
  setBatch(at: number): void
  setAhead(first: number, end: number): void
  readonly MAX_BATCH: WebAssembly.Global<number>
  readonly BATCH_RECORD: WebAssembly.Global<number>
  applyInOrder(
    flow: number,
    side: 0 | 1,
    seq: number,
    acknowledgment: number,
    payload: number,
    ipLength: number,
    ttl: number,
    digest: number,
    vantage: number,
    t: number,
  ): number
  takePcap(at: number, end: number, sec: number, unit: number, start: number, vantage: number): number
  takePcapng(at: number, end: number, id: number, sec: number, rate: number, start: number, vantage: number): number
}

/**
 * Takes plain frames of connections in order from a chunk into a flow table, in compiled code: reading, decoding, finding the
 * flow and counting are one loop there. What is anything else goes the long way, through `FrameDecoder` and `FlowTable.add()`.
 */
export class FastPath {
  /** Where the tables lie that it works on. */
  readonly memory: SharedMemory
  /** Where the octets must lie. */
  readonly buffer: Uint8Array
  /** Reads long files ahead for this. */
  readonly ahead: ReadAhead
  readonly #code: Code
  #text: TextPath | undefined
  /** Where records were last taken from. */
  #stretch: RecordStretch | null = null
  /** Ticks a second that the records gathered ahead are timed in. */
  #rateAhead = 0
  /** Chunk for which was last decided whether to use them, and how. */
  #chunk = 0
  #usesAhead = false

  private constructor(
    memory: SharedMemory,
    module: WebAssembly.Module,
    code: Code,
    batch: Int32Array,
    words: Int32Array,
  ) {
    this.memory = memory
    const recordWords = code.BATCH_RECORD.value / 4
    this.ahead = new ReadAhead(memory, { module, seed: SEED, recordWords }, () => this.#formOfRecords())
    this.#code = code
    code.setSeed(SEED)
    code.setBatch(batch.byteOffset)
    this.buffer = new Uint8Array(words.buffer, words.byteOffset, BUFFER_LENGTH)
  }

  /** @returns `undefined` on a machine that cannot: then all goes the long way. */
  static create(): FastPath | undefined {
    const memory = SharedMemory.create()
    if (memory === null) return undefined
    const module = compile(CODE)
    const code = link<Code>(module, memory)
    const batch = memory.take(code.MAX_BATCH.value * (code.BATCH_RECORD.value / 4 + 1))
    const words = memory.take(BUFFER_LENGTH / 4)
    return batch === null || words === null ? undefined : new FastPath(memory, module, code, batch, words)
  }

  /** The same for tcpdump text; made when first asked for. */
  get text(): TextPath | undefined {
    this.#text ??= TextPath.create(this.memory)
    return this.#text
  }

  /**
   * Takes records from the beginning of a stretch.
   *
   * @param roots - Of the flow table.
   * @param start - When the second begins that the records are of, in the table's time.
   * @param vantage - Where the records were captured.
   * @param samples - Of the flow table.
   * @param decoded - Of text, what its decoder remembers.
   * @returns False where none were taken.
   */
  take(
    stretch: RecordStretch,
    roots: Int32Array,
    start: number,
    vantage: number,
    samples: SamplePool,
    decoded: Int32Array | null = null,
  ): boolean {
    if (stretch.format === 'text') {
      return decoded !== null && this.text?.take(stretch, roots, start, vantage, samples, decoded) === true
    }
    if (stretch.linkType !== ETHERNET || stretch.buffer.buffer !== this.buffer.buffer) return false
    const { byteOffset } = stretch.buffer
    const at = byteOffset + stretch.at
    const end = byteOffset + stretch.end
    const rate = stretch.ticksPerSecond
    const sec = stretch.timeSec - stretch.clockOffset
    if (rate === 0 || sec > MAX_SECOND) return false
    const code = this.#code
    this.#useAhead(stretch)
    prepare(code, roots, samples)
    const next =
      stretch.format === 'pcap'
        ? code.takePcap(at, end, sec, 1e9 / rate, start, vantage)
        : code.takePcapng(at, end, stretch.interfaceId, sec, rate, start, vantage)
    return noteTaken(code, stretch, next, samples)
  }

  /** Ends the thread that reads ahead. */
  close(): Promise<void> {
    return this.ahead.close()
  }

  #formOfRecords(): RecordForm | null {
    if (this.#stretch === null) return null
    const { format, ticksPerSecond, interfaceId } = this.#stretch
    this.#rateAhead = ticksPerSecond
    return format === 'pcap'
      ? { gather: 'gatherPcap', options: [1e9 / ticksPerSecond] }
      : { gather: 'gatherPcapng', options: [interfaceId, ticksPerSecond] }
  }

  /**
   * Turns to the records gathered of the chunk at hand; away from them for the rest of it once records of another rate come, as those of a
   * later section may be under the same number of an interface.
   */
  #useAhead(stretch: RecordStretch): void {
    const { ahead } = this
    this.#stretch = stretch
    const fits = stretch.ticksPerSecond === this.#rateAhead
    const isNew = ahead.chunks !== this.#chunk
    if (!isNew && (fits || !this.#usesAhead)) return
    this.#chunk = ahead.chunks
    this.#usesAhead = fits
    this.#code.setAhead(fits ? ahead.firstRecord : 0, fits ? ahead.endOfRecords : 0)
  }

  /**
   * Takes one segment in order that was decoded already.
   *
   * @param flow - Address of its flow.
   * @param side - 0 when the originator sent it.
   * @param t - When, in the table's time.
   * @returns False, and nothing changed, where it must go the long way.
   */
  applyInOrder(flow: number, view: PacketView, side: 0 | 1, vantage: number, t: number): boolean {
    if ((view.flags & SEGMENT_FLAGS) !== Ack || view.window === 0 || view.hasSeq === 0) return false
    const { seq, ack, payloadLength, ipLength, ttl } = view
    if (payloadLength < 0) return false
    const digest = tcpDigest(view)
    return this.#code.applyInOrder(flow, side, seq, ack, payloadLength, ipLength, ttl, digest, vantage, t) !== 0
  }
}

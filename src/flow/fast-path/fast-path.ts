import type { RecordStretch } from '../../capture/record-stretch.ts'
import { SharedMemory } from '../../core/shared-memory.ts'
import { SEED } from '../packet-key.ts'
import { compile } from './compile.ts'
import { CODE } from './frames.generated.ts'
import { TextPath } from './text-path.ts'

/** LINKTYPE_ETHERNET. */
const ETHERNET = 1
/** Octets of the buffer that is read into; what is read stays in the cache of the core. */
const BUFFER_LENGTH = 128 * 1024

/** What wasm/frames.ts exports. */
interface Code {
  setSeed(seed: number): void
  useTable(roots: number): void
  takePcap(at: number, end: number, sec: number, unit: number, start: number, vantage: number): number
  readonly pcapTaken: WebAssembly.Global<number>
  readonly pcapNsec: WebAssembly.Global<number>
  takePcapng(at: number, end: number, id: number, sec: number, rate: number, start: number, vantage: number): number
  readonly pcapngTaken: WebAssembly.Global<number>
  readonly pcapngNsec: WebAssembly.Global<number>
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
  readonly #code: Code
  #text: TextPath | undefined

  private constructor(memory: SharedMemory, words: Int32Array) {
    this.memory = memory
    this.#code = compile<Code>(CODE, memory)
    this.#code.setSeed(SEED)
    this.buffer = new Uint8Array(words.buffer, words.byteOffset, BUFFER_LENGTH)
  }

  /** @returns `undefined` on a machine that cannot: then all goes the long way. */
  static create(): FastPath | undefined {
    const memory = SharedMemory.create()
    const words = memory?.take(BUFFER_LENGTH / 4) ?? null
    return memory === null || words === null ? undefined : new FastPath(memory, words)
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
   * @returns False where none were taken.
   */
  take(stretch: RecordStretch, roots: Int32Array, start: number, vantage: number): boolean {
    if (stretch.linkType !== ETHERNET || stretch.buffer.buffer !== this.buffer.buffer) return false
    const { byteOffset } = stretch.buffer
    const at = byteOffset + stretch.at
    const end = byteOffset + stretch.end
    const rate = stretch.ticksPerSecond
    const sec = stretch.timeSec - stretch.clockOffset
    const code = this.#code
    code.useTable(roots.byteOffset)
    if (stretch.format === 'pcap') {
      stretch.at = code.takePcap(at, end, sec, 1e9 / rate, start, vantage) - byteOffset
      stretch.taken = code.pcapTaken.value
      stretch.timeNsec = code.pcapNsec.value
    } else {
      if (rate === 0) return false
      stretch.at = code.takePcapng(at, end, stretch.interfaceId, sec, rate, start, vantage) - byteOffset
      stretch.taken = code.pcapngTaken.value
      stretch.timeNsec = code.pcapngNsec.value
    }
    return stretch.taken > 0
  }
}

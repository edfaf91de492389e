import type { RecordStretch } from '../../capture/record-stretch.ts'
import { FlowMemory } from '../flow-memory.ts'
import { SEED } from '../packet-key.ts'
import { CODE } from './frames.generated.ts'

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
  readonly memory: FlowMemory
  /** Where the octets must lie. */
  readonly buffer: Uint8Array
  readonly #code: Code

  private constructor(memory: FlowMemory) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(octetsOf(CODE)), {
      env: { memory: memory.memory },
    })
    this.memory = memory
    this.#code = exports as Code
    this.#code.setSeed(SEED)
    const words = memory.take(BUFFER_LENGTH / 4)
    this.buffer = new Uint8Array(words.buffer, words.byteOffset, BUFFER_LENGTH)
  }

  /** @returns `undefined` on a machine that cannot: then all goes the long way. */
  static create(): FastPath | undefined {
    const memory = FlowMemory.create()
    return memory === null ? undefined : new FastPath(memory)
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

function octetsOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

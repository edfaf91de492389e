import { setImmediate as turn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { SharedMemory } from '../core/shared-memory.ts'

/** Octets of a chunk: few enough to stay in the cache of the core that gathers its records. */
const CHUNK_LENGTH = 512 * 1024
/** Chunks read and not yet worked on, at most. */
const SLOTS = 4
/** Records gathered of a chunk at most; those behind them are found when the chunk is worked on. */
const MOST_RECORDS = 8192
/** Looks for the next chunk before going to sleep: a quarter of a millisecond, about what being woken takes. */
const LOOKS = 20_000
/** Milliseconds to sleep at most before signals and timers have their say. */
const PATIENCE = 2

/** Octets that the header of any record fits in, but no frame that is gathered. */
const HEADER_LENGTH = 32

/** Words that both threads see: set to end reading; 1 while the thread reads; chunks read so far, and chunks done with. */
const Word = { Stop: 0, Busy: 1, Read: 2, Done: 3 } as const
const WORDS = 4

/** Compiled code that gathers records. */
export interface GatheringCode {
  readonly module: WebAssembly.Module
  /** Start of its hashes. */
  readonly seed: number
  /** Words that it writes of a record. */
  readonly recordWords: number
}

/** What the records of a file are like. */
export interface RecordForm {
  /** Name of the function that gathers them, and its arguments behind the first octet and the end. */
  readonly gather: string
  readonly options: readonly number[]
}

/** What reads a file on for a stream. */
export type FileReader = Pick<ReadAhead, 'begin' | 'next' | 'stop'>

interface Slot {
  readonly octets: Uint8Array
  readonly records: Int32Array
  /** Octets read, 0 at the end and −1 for an error; octets of the records gathered. */
  readonly lengths: Int32Array
}

/**
 * Reads a file ahead in a thread of its own, into memory that both share, and gathers there what its records hold: the work of reading is
 * done by one core while another one keeps the flows. One file at a time.
 *
 * What was gathered is only ever a help: a record is taken for one where this thread's reader says that it begins.
 */
export class ReadAhead {
  /** Counts the chunks handed over, of all files. */
  chunks = 0
  /** Addresses of the first record gathered of the chunk handed over last, and behind the last one. */
  firstRecord = 0
  endOfRecords = 0
  readonly #memory: SharedMemory
  readonly #code: GatheringCode
  readonly #formOf: () => RecordForm | null
  #worker: Worker | null | undefined
  #isReady = false
  /** Of the file that is read: the chunk to hand over next, and whether there is none. */
  #chunk = 0
  #isOver = true
  #control: Int32Array = new Int32Array(WORDS)
  #slots: readonly Slot[] = []

  /** @param formOf - What the records of the file are like that is being read, `null` where that is not known yet. */
  constructor(memory: SharedMemory, code: GatheringCode, formOf: () => RecordForm | null) {
    this.#memory = memory
    this.#code = code
    this.#formOf = formOf
  }

  /**
   * Begins reading a file. The thread is started when it is first known what records are like; until it is there, this returns false.
   *
   * @param position - First octet to read.
   * @param record - Where in the file a record begins that is not all before `position`.
   * @returns False where the caller must go on reading by itself.
   */
  begin(fd: number, position: number, record: number): boolean {
    const form = this.#formOf()
    if (form === null) return false
    if (this.#worker === undefined) this.#worker = this.#start()
    const control = this.#control
    if (this.#worker === null || !this.#isReady || Atomics.load(control, Word.Busy) === 1) return false
    control.fill(0)
    control[Word.Busy] = 1
    this.#chunk = 0
    this.#isOver = false
    this.#worker.postMessage({ fd, position, record, form })
    return true
  }

  /** @returns The next chunk, valid until the next call; `undefined` at the end and where it cannot be read. */
  async next(): Promise<Uint8Array | undefined> {
    const control = this.#control
    const chunk = this.#chunk++
    Atomics.store(control, Word.Done, chunk)
    for (let looks = 0; !this.#isOver && Atomics.load(control, Word.Read) <= chunk; looks++) {
      if (looks < LOOKS || Atomics.wait(control, Word.Read, chunk, PATIENCE) !== 'timed-out') continue
      await turn()
    }
    if (this.#isOver) return undefined
    const { octets, records, lengths } = this.#slots[chunk % SLOTS] as Slot
    const [length = 0, recordLength = 0] = lengths
    if (length <= 0) {
      this.#isOver = true
      return undefined
    }
    this.chunks++
    this.firstRecord = records.byteOffset
    this.endOfRecords = this.firstRecord + recordLength
    return octets.subarray(0, length)
  }

  /** Ends reading; nothing is written to the memory behind this. */
  async stop(): Promise<void> {
    const control = this.#control
    this.#isOver = true
    Atomics.store(control, Word.Stop, 1)
    while (Atomics.load(control, Word.Busy) === 1 && this.#worker !== null) {
      Atomics.wait(control, Word.Busy, 1, PATIENCE)
      await turn()
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    this.#isOver = true
    await worker?.terminate()
  }

  /** @returns `null` where there is no more memory, or no thread to be had. */
  #start(): Worker | null {
    const memory = this.#memory
    const control = memory.take(WORDS)
    const header = memory.take(HEADER_LENGTH / 4)
    const slots = Array.from({ length: SLOTS }, () => {
      const octets = memory.take(CHUNK_LENGTH / 4)
      const records = memory.take(MOST_RECORDS * this.#code.recordWords)
      const lengths = memory.take(2)
      if (octets === null || records === null || lengths === null) return null
      return { octets: octetsOf(octets), records, lengths }
    }).filter((slot) => slot !== null)
    if (control === null || header === null || slots.length < SLOTS) return null
    this.#control = control
    this.#slots = slots
    const workerData = { Word, control, header: octetsOf(header), slots, code: this.#code, memory: memory.memory }
    try {
      // Few runs need it, and loading it takes 2 ms.
      const threads = process.getBuiltinModule('node:worker_threads')
      const worker = new threads.Worker(new URL('./read-ahead-thread.cjs', import.meta.url), {
        workerData,
        execArgv: [],
        env: {},
      })
      worker.once('online', () => {
        this.#isReady = true
      })
      worker.on('error', () => {
        this.#worker = null
        this.#isOver = true
      })
      worker.unref()
      return worker
    } catch {
      return null
    }
  }
}

function octetsOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

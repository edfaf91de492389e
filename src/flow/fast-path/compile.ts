import type { RecordStretch } from '../../capture/record-stretch.ts'
import type { SharedMemory } from '../../core/shared-memory.ts'
import type { SamplePool } from '../samples.ts'

/** What the modules of wasm/ have in common. */
export interface TakingCode {
  /** Sets the secret start of hashes. */
  setSeed(seed: number): void
  /** Turns to a flow table. */
  useTable(roots: number): void
  setSamples(mostASide: number, wanted: number): void
  /** Of the last call: records taken, the nanoseconds of the last of them, and whether samples were left out. */
  readonly taken: WebAssembly.Global<number>
  readonly takenNsec: WebAssembly.Global<number>
  readonly unsampled: WebAssembly.Global<number>
}

/** @param code - Of a `*.generated.ts`. */
export function compile(code: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(code), (character) => character.charCodeAt(0)))
}

/** Makes functions of compiled code. @param memory - That they work on. */
export function link<Code>(module: WebAssembly.Module, memory: SharedMemory): Code {
  return new WebAssembly.Instance(module, { env: { memory: memory.memory } }).exports as Code
}

/** Prepares for a call that takes records into a flow table. @param roots - Of the table, and `samples` its samples. */
export function prepare(code: TakingCode, roots: Int32Array, samples: SamplePool): void {
  code.useTable(roots.byteOffset)
  code.setSamples(samples.mostASide, samples.wanted)
}

/**
 * Notes what a call has taken of a stretch.
 *
 * @param next - Address of the first octet not taken.
 * @returns False where nothing was taken.
 */
export function noteTaken(code: TakingCode, stretch: RecordStretch, next: number, samples: SamplePool): boolean {
  stretch.at = next - stretch.buffer.byteOffset
  stretch.taken = code.taken.value
  stretch.timeNsec = code.takenNsec.value
  if (stretch.taken === 0) return false
  if (code.unsampled.value !== 0) samples.reduced = true
  return true
}

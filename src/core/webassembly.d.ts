// The part of the WebAssembly JavaScript interface that is used: TypeScript has it with the types of browsers only.
declare namespace WebAssembly {
  class Memory {
    readonly buffer: SharedArrayBuffer
    constructor(descriptor: { initial: number; maximum: number; shared: true })
    /** Adds pages of 64 KiB. @throws {RangeError} */
    grow(pages: number): number
  }
  class Module {
    constructor(code: Uint8Array)
  }
  class Instance {
    readonly exports: object
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
  }
  class Global<T> {
    value: T
  }
}

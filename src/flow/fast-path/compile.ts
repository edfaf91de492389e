import type { SharedMemory } from '../../core/shared-memory.ts'

/**
 * Makes functions of compiled code.
 *
 * @param code - Of a `*.generated.ts`.
 * @param memory - That they work on.
 */
export function compile<Code>(code: string, memory: SharedMemory): Code {
  const octets = Uint8Array.from(atob(code), (character) => character.charCodeAt(0))
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(octets), { env: { memory: memory.memory } })
  return exports as Code
}

import { describe, expect, test, vi } from 'vitest'
import { SharedMemory } from '../../src/core/shared-memory.ts'

/** Octets of the pages that a memory begins with. */
const FIRST_PAGES = 256 * 65_536

function memoryOf(): SharedMemory {
  const memory = SharedMemory.create()
  if (memory === null) throw new Error('no shared memory on this machine')
  return memory
}

/** The array, which there must be. */
function taken(memory: SharedMemory, length: number): Int32Array {
  const array = memory.take(length)
  if (array === null) throw new Error(`no room for ${length} words`)
  return array
}

describe('SharedMemory', () => {
  test('gives arrays of zeros that begin a cache line, do not overlap and are never at 0', () => {
    const memory = memoryOf()
    const arrays = [1, 16, 17, 259, 4096, 3].map((length) => taken(memory, length))
    let last = 1
    for (const array of arrays) {
      expect(array.byteOffset % 64).toBe(0)
      expect(array.byteOffset).toBeGreaterThanOrEqual(last)
      expect(array.every((word) => word === 0)).toBe(true)
      last = array.byteOffset + array.byteLength
      array.fill(-1)
    }
    expect(arrays.map(({ length }) => length)).toEqual([1, 16, 17, 259, 4096, 3])
  })

  test('keeps older arrays valid when it grows', () => {
    const memory = memoryOf()
    const old = taken(memory, 100).fill(7)
    const size = memory.memory.buffer.byteLength
    const large = taken(memory, FIRST_PAGES / 4)
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(size)
    large.fill(9)
    expect(old.every((word) => word === 7)).toBe(true)
    old[0] = 8
    // The same octets, seen through the memory as it is now.
    expect(new Int32Array(memory.memory.buffer, old.byteOffset, 2)).toEqual(Int32Array.of(8, 7))
    expect(large.at(-1)).toBe(9)
  })

  test('gives an array again that was given back, of zeros', () => {
    const memory = memoryOf()
    const first = taken(memory, 64).fill(5)
    memory.give(first)
    expect(taken(memory, 65).byteOffset).not.toBe(first.byteOffset)
    const again = taken(memory, 64)
    expect(again.byteOffset).toBe(first.byteOffset)
    expect(again.every((word) => word === 0)).toBe(true)
    expect(taken(memory, 64).byteOffset).not.toBe(first.byteOffset)
  })

  test('has nothing to give beyond its limit, and goes on with what fits', () => {
    const memory = memoryOf()
    expect(memory.take(2 ** 30)).toBeNull()
    expect(taken(memory, 8)).toHaveLength(8)
  })

  test.each([
    [
      'cannot reserve it',
      class {
        constructor() {
          throw new RangeError('WebAssembly.Memory(): could not allocate memory')
        }
      },
    ],
    ['has no WebAssembly', undefined],
  ])('is not there where the machine %s', (_, Memory) => {
    vi.stubGlobal('WebAssembly', Memory === undefined ? undefined : { ...WebAssembly, Memory })
    expect(SharedMemory.create()).toBeNull()
    vi.unstubAllGlobals()
    expect(SharedMemory.create()).not.toBeNull()
  })
})

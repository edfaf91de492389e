import { describe, expect, test } from 'vitest'
import { SharedMemory } from '../../src/core/shared-memory.ts'
import { TableMemory } from '../../src/core/table-memory.ts'

function memoryOf(): SharedMemory {
  const memory = SharedMemory.create()
  if (memory === null) throw new Error('no shared memory on this machine')
  return memory
}

describe('TableMemory', () => {
  test('notes in its roots where arrays are', () => {
    const table = new TableMemory(memoryOf(), 3)
    const array = table.array(10)
    table.setRoot(1, array.byteOffset)
    expect(table.roots).toEqual(Int32Array.of(0, array.byteOffset, 0))
  })

  test('gives all back at its end, for the next table to use, and an array that was replaced before', () => {
    const memory = memoryOf()
    const first = new TableMemory(memory, 4)
    const arrays = [first.array(100), first.array(200)]
    const addresses = [first.roots?.byteOffset, ...arrays.map(({ byteOffset }) => byteOffset)]
    first.free(arrays[0] as Int32Array)
    const larger = first.array(400).fill(3)
    first.dispose()
    const second = new TableMemory(memory, 4)
    const reused = [second.array(100), second.array(200), second.array(400)]
    expect([second.roots?.byteOffset, ...reused.map(({ byteOffset }) => byteOffset)]).toEqual([
      ...addresses,
      larger.byteOffset,
    ])
    expect(reused[2]?.every((word) => word === 0)).toBe(true)
    // Given back once, not twice: the next one is another.
    expect(second.array(100).byteOffset).not.toBe(reused[0]?.byteOffset)
  })

  test('stands alone without a shared memory: arrays of its own, and no roots', () => {
    const table = new TableMemory()
    const array = table.array(5)
    expect([array.length, array.byteOffset, table.roots]).toEqual([5, 0, null])
    table.setRoot(0, 7)
    table.free(array)
    table.dispose()
  })

  test('has no roots any more once an array found no room in the shared memory', () => {
    const memory = memoryOf()
    const table = new TableMemory(memory, 4)
    const inside = table.array(16)
    // More than the memory holds at most, and less than an array can have.
    const outside = table.array(2 ** 28 + 16)
    expect(outside.buffer).not.toBe(inside.buffer)
    expect(table.roots).toBeNull()
    expect(table.array(16).byteOffset).toBe(0)
  })
})

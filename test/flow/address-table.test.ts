import { describe, expect, test } from 'vitest'
import { ipToWords } from '../../src/core/ip.ts'
import { AddressTable } from '../../src/flow/address-table.ts'
import fc from '../support/property.ts'

const acquire = (table: AddressTable, ip: string): number => table.acquire(...ipToWords(ip))

describe('AddressTable', () => {
  test('gives an address one number, and its text back', () => {
    const table = new AddressTable()
    const first = acquire(table, 'fd00::1')
    expect(acquire(table, 'fd00::1')).toBe(first)
    expect(acquire(table, 'fd00::2')).not.toBe(first)
    expect(table.text(first)).toBe('fd00::1')
    expect(table.size).toBe(2)
  })

  test('compares words, signed or unsigned', () => {
    const table = new AddressTable()
    const id = table.acquire(0xfd000000, 0, 0, 0xffffffff)
    expect(table.equals(id, 0xfd000000 | 0, 0, 0, -1)).toBe(true)
    expect(table.equals(id, 0xfd000000, 0, 0, 0xffffffff)).toBe(true)
    expect(table.equals(id, 0xfd000000, 0, 1, 0xffffffff)).toBe(false)
  })

  test('frees a number with its last reference', () => {
    const table = new AddressTable()
    const id = acquire(table, 'fd00::1')
    acquire(table, 'fd00::1')
    table.release(id)
    expect(table.size).toBe(1)
    table.release(id)
    expect(table.size).toBe(0)
    expect(acquire(table, 'fd00::9')).toBe(id)
    expect(table.text(id)).toBe('fd00::9')
  })

  test('agrees with a Map under any order of taking and giving back', () => {
    const step = fc.record({ take: fc.boolean(), n: fc.integer({ min: 0, max: 200 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000 }), (steps) => {
        const table = new AddressTable()
        const held = new Map<number, { id: number; references: number }>()
        for (const { take, n } of steps) {
          const known = held.get(n)
          if (take) {
            const id = table.acquire(0xfd000000, 0, n * 0x10000, n)
            if (known !== undefined) expect(id).toBe(known.id)
            held.set(n, { id, references: (known?.references ?? 0) + 1 })
          } else if (known !== undefined) {
            table.release(known.id)
            if (--known.references === 0) held.delete(n)
          }
        }
        expect(table.size).toBe(held.size)
        expect(new Set([...held.values()].map(({ id }) => id)).size).toBe(held.size)
        for (const [n, { id }] of held) expect(table.equals(id, 0xfd000000, 0, n * 0x10000, n)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { grid, gridPieces } from '../../../src/report/table/grid.ts'
import fc from '../../support/property.ts'

const plain = (text: string) => text

describe('grid()', () => {
  const columns = [
    { title: 'n', min: 1, align: 'right' as const },
    { title: 'name', min: 6 },
  ]

  test('lays out title, rule, rows and notes', () => {
    const rows = [
      { cells: ['1', 'a\nb'], note: { label: '!', text: 'a note of several words' } },
      { cells: ['10', 'c'] },
    ]
    expect(grid(columns, rows, 20, plain).split('\n')).toEqual([
      ' n  name',
      '────────────────────',
      ' 1  a',
      '    b',
      '    ! a note of',
      '    several words',
      '10  c',
    ])
  })

  test('puts a note with wide characters behind its label', () => {
    const rows = [{ cells: ['1', 'a'], note: { label: 'x', text: '東京 東京' } }]
    expect(grid(columns, rows, 12, plain).split('\n').slice(3)).toEqual(['   x 東京', '   東京'])
  })

  test('fits any content into any width', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\p{C}\s]/gu, ' '))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 4 }),
        fc.integer({ min: 20, max: 60 }),
        (cells, width) => {
          const ascii = cells.map((row) => ({ cells: row.map((text) => text.replace(/[^\x20-\x7e]/g, '東')) }))
          for (const line of grid(columns, ascii, width, plain).split('\n')) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test('lays out long tables as the library lays out short ones', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '東', '\n'), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (some) => {
        const rows = some.map((cells) => ({ cells }))
        const short = grid(columns, rows, 24, plain).split('\n').slice(2).map(stripEnd)
        // The first hundred rows go through the library.
        const before = Array.from({ length: 100 }, () => ({ cells: some[0] ?? [] }))
        const long = grid(columns, [...before, ...rows], 24, plain)
          .split('\n')
          .slice(-short.length)
          .map(stripEnd)
        expect(long).toEqual(short)
      }),
      { numRuns: 40 },
    )
  })

  test('breaks no number with its unit and no word while others can give', () => {
    const wide = [
      { title: 'text', min: 4 },
      { title: 'rule', min: 4 },
      { title: 'bytes', min: 4, whole: true as const },
    ]
    const rows = [{ cells: ['one two three four five', 'no-postrouting', '80 / 200 B'] }]
    expect(grid(wide, rows, 40, plain).split('\n').slice(2)).toEqual([
      'one two       no-postrouting  80 / 200 B',
      'three four',
      'five',
    ])
  })

  test('puts a heading above its row', () => {
    const rows = [{ cells: ['1', 'a'] }, { cells: ['2', 'b'], heading: 'n1.pcap' }]
    expect(grid(columns, rows, 12, plain).split('\n').slice(2)).toEqual(['1  a', 'n1.pcap', '2  b'])
  })

  test('lays out cells of many lines quickly, and like others', () => {
    const text = (words: number) => 'one two '.repeat(words).trimEnd()
    const tall = [{ cells: ['1', text(3000)] }]
    const started = performance.now()
    const lines = grid(columns, tall, 12, plain).split('\n').slice(2)
    // Generous: laid out by the library alone it takes minutes.
    expect(performance.now() - started).toBeLessThan(5000)
    expect(lines).toHaveLength(3000)
    expect(lines.slice(0, 5)).toEqual(
      grid(columns, [{ cells: ['1', text(5)] }], 12, plain)
        .split('\n')
        .slice(2),
    )
  })

  test('gives a long table in pieces', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ cells: [String(i), 'x'] }))
    expect([...gridPieces(columns, rows, 40, plain)].every((piece) => piece.length < 2000)).toBe(true)
  })
})

function stripEnd(line: string): string {
  return line.trimEnd()
}

import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import picocolors from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { grid, gridPieces } from '../../src/report/table/grid.ts'
import { wrap } from '../../src/report/table/wrap.ts'

const plain = (text: string) => text

describe('wrap()', () => {
  test.each([
    ['fits', 'one two', 7, ['one two']],
    ['breaks at a space', 'one two', 6, ['one', 'two']],
    ['cuts a word that is too long', 'abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['cuts an address at a separator', 'fe80::e43c:46ff:fed7:5ad9', 22, ['fe80::e43c:46ff:fed7:', '5ad9']],
    ['keeps the lines it is given', 'one\ntwo three', 5, ['one', 'two', 'three']],
    ['counts wide characters twice', '東京 東京', 4, ['東京', '東京']],
  ])('%s', (_, text, width, expected) => {
    expect(wrap(text, width)).toEqual(expected)
  })

  test('never exceeds the width and never loses a word', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]+( [!-~]+)*$/), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrap(text, width)
        expect(lines.every((line) => line.length <= width)).toBe(true)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })
})

describe('wrap() of coloured text', () => {
  const { bold, dim, red } = picocolors.createColors(true)
  const word = fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,5}$/)
  const part = fc.tuple(
    fc.constantFrom(plain, bold, dim, (text: string) => bold(red(text))),
    word,
  )

  test('breaks as without colours, and every line ends its own', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.integer({ min: 3, max: 30 }), (parts, width) => {
        const bare = parts.map(([, text]) => text).join(' ')
        const lines = wrap(parts.map(([paint, text]) => paint(text)).join(' '), width)
        expect(lines.map(stripVTControlCharacters)).toEqual(wrap(bare, width))
        // What is coloured is so on each of its lines, and nothing else is.
        const shown = lines.flatMap(cells).filter(([character]) => character !== ' ')
        const wanted = cells(parts.map(([paint, text]) => paint(text)).join(' ')).filter(
          ([character]) => character !== ' ',
        )
        expect(shown).toEqual(wanted)
      }),
    )
  })

  /** Characters of one line with the colours they have. */
  function cells(line: string): [string, string][] {
    let on = ''
    return line.split(/(\x1b\[\d+m)/).flatMap((piece): [string, string][] => {
      if (!piece.startsWith('\x1b')) return [...piece].map((character) => [character, on])
      on = piece === '\x1b[22m' || piece === '\x1b[39m' ? '' : on + piece
      return []
    })
  }
})

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

  test('gives a long table in pieces', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ cells: [String(i), 'x'] }))
    expect([...gridPieces(columns, rows, 40, plain)].every((piece) => piece.length < 2000)).toBe(true)
  })
})

function stripEnd(line: string): string {
  return line.trimEnd()
}

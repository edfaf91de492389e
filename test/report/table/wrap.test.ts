import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { wrap } from '../../../src/report/table/wrap.ts'
import fc from '../../support/property.ts'

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

describe('wrap() of wide characters', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'é', 'e\u0301', '東', '👩‍💻', '🇩🇪', '-', ' ') })

  test('never exceeds the width, and never cuts or loses a letter', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 2, max: 12 }), (text, width) => {
        const lines = wrap(text, width)
        const split = (each: string) => [...new Intl.Segmenter().segment(each)].map(({ segment }) => segment)
        expect(lines.every((line) => stringWidth(line) <= width)).toBe(true)
        expect(lines.flatMap(split).filter((letter) => letter !== ' ')).toEqual(
          split(text).filter((letter) => letter !== ' '),
        )
      }),
    )
  })

  test.each([
    ['a word', 'é'.repeat(100_000)],
    ['words', 'é '.repeat(50_000)],
  ])('takes time by the length of %s', (_, text) => {
    const started = performance.now()
    expect(wrap(text, 60).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    // Generous: a second power of the length takes a minute and more.
    expect(performance.now() - started).toBeLessThan(8000)
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

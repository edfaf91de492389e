import { expect, test } from 'vitest'
import { TextEncodingFilter } from '../../../src/capture/tcpdump-text/text-encoding.ts'
import { octets } from '../../support/text-decode.ts'

function through(input: Uint8Array, size: number): string {
  const filter = new TextEncodingFilter()
  const found: number[] = []
  for (let at = 0; at < input.length; at += size) found.push(...filter.push(input.slice(at, at + size)))
  found.push(...filter.finish())
  return new TextDecoder().decode(Uint8Array.from(found))
}

function utf16(text: string, bigEndian: boolean, mark: boolean): Uint8Array {
  const units = (mark ? '\ufeff' : '') + text
  return Uint8Array.from(
    [...units].flatMap((char) => {
      const code = char.charCodeAt(0)
      return bigEndian ? [code >> 8, code & 255] : [code & 255, code >> 8]
    }),
  )
}

const TEXT = '11:56 IP ü > b\n'

test.each([
  ['UTF-8', octets(TEXT)],
  ['UTF-8 with a mark', Uint8Array.from([0xef, 0xbb, 0xbf, ...octets(TEXT)])],
  ['UTF-16, little endian', utf16(TEXT, false, true)],
  ['UTF-16, big endian', utf16(TEXT, true, true)],
  ['UTF-16 without a mark', utf16(TEXT, false, false)],
  ['UTF-16 big endian without a mark', utf16(TEXT, true, false)],
])('%s, in chunks of every size', (_, input) => {
  for (let size = 1; size <= input.length; size++) expect(through(input, size)).toBe(TEXT)
})

test('a text shorter than a mark passes', () => {
  expect(through(octets('ab'), 1)).toBe('ab')
  expect(through(new Uint8Array(0), 1)).toBe('')
})

import { expect, test } from 'vitest'
import { destinations } from '../../src/cli/output.ts'

test.each([
  ['nothing asked for', undefined, [], [{ format: 'table', file: null }]],
  ['a format', 'json', [], [{ format: 'json', file: null }]],
  ['a format and a file', 'json', ['out'], [{ format: 'json', file: 'out' }]],
  ['a file whose ending tells', undefined, ['out.html'], [{ format: 'html', file: 'out.html' }]],
  ['a file whose ending tells nothing', undefined, ['out.x'], [{ format: 'table', file: 'out.x' }]],
  ['standard output by name', 'json', ['-'], [{ format: 'json', file: null }]],
  ['a named file alone', undefined, ['junit:r.xml'], [{ format: 'junit', file: 'r.xml' }]],
  [
    'a named file beside a format for standard output',
    'table',
    ['junit:r.xml'],
    [
      { format: 'table', file: null },
      { format: 'junit', file: 'r.xml' },
    ],
  ],
  [
    'several named files and a plain one',
    'json',
    ['junit:a', 'c', 'ndjson:b'],
    [
      { format: 'json', file: 'c' },
      { format: 'junit', file: 'a' },
      { format: 'ndjson', file: 'b' },
    ],
  ],
  ['a colon that names no format', undefined, ['C:out.json'], [{ format: 'json', file: 'C:out.json' }]],
] as const)('%s', (_, format, outputs, expected) => {
  expect(destinations(format, outputs)).toEqual(expected)
})

test.each([
  ['no name', '', /-o names no file/],
  ['a folder', import.meta.dirname, /cannot be written: it is a folder/],
  [
    'a folder that is not there',
    'no/such/x.json',
    /no\/such\/x\.json: cannot be written: the folder does not exist \(mkdir -p no\/such\)/,
  ],
  ['a file as a folder', 'package.json/x.json', /cannot be written: a part of the path is no folder/],
  ['a named one', 'junit:no/such/x.xml', /^no\/such\/x\.xml: /],
])('a place that cannot be is refused before anything is read: %s', (_, output, message) => {
  expect(() => destinations(undefined, [output])).toThrow(message)
})

test('two plain files are refused, with the way out', () => {
  expect(() => destinations(undefined, ['a.json', 'b.xml'])).toThrow(/write -o json:b\.xml/)
})

import { describe, expect, test } from 'vitest'
import { destination, destinations } from '../../src/cli/output.ts'

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
  ['standard output by name and format', undefined, ['json:-'], [{ format: 'json', file: null }]],
  [
    'several files whose endings tell',
    undefined,
    ['r.html', 'r.md', 'sarif:s'],
    [
      { format: 'html', file: 'r.html' },
      { format: 'markdown', file: 'r.md' },
      { format: 'sarif', file: 's' },
    ],
  ],
  ['a file with a colon, by its path', undefined, ['./day:1.json'], [{ format: 'json', file: './day:1.json' }]],
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

test.each([
  ['two plain files beside --format', 'json', ['a.json', 'b.xml'], /write -o json:a\.json/],
  ['two plain files, one with an ending that tells nothing', undefined, ['a.json', 'b.out'], /write -o json:b\.out/],
  ['a format that is none', undefined, ['jsn:a.x'], /^-o jsn:a\.x: "jsn" is no format: it is one of table, json, /],
  ['a file named twice', undefined, ['json:a', 'junit:./a'], /^"\.\/a" cannot take two outputs/],
  ['standard output named twice', 'json', ['-', 'junit:-'], /^Standard output cannot take two outputs/],
] as const)('refused, with the way out: %s', (_, format, outputs, message) => {
  expect(() => destinations(format, outputs)).toThrow(message)
})

describe('destination()', () => {
  const RECORD = ['table', 'json', 'ndjson'] as const

  test.each([
    ['nothing asked for', undefined, undefined, { format: 'table', file: null }],
    ['the ending of the file', undefined, ['d.json'], { format: 'json', file: 'd.json' }],
    ['the format beside the file', undefined, ['ndjson:d'], { format: 'ndjson', file: 'd' }],
    ['an ending of a format that the command has not', undefined, ['d.xml'], { format: 'table', file: 'd.xml' }],
  ] as const)('%s', (_, format, outputs, expected) => {
    expect(destination(format, outputs, RECORD)).toEqual(expected)
  })

  test('takes one output, in a format of the command', () => {
    expect(() => destination('json', ['json:a', 'table:b'], RECORD)).toThrow('give -o once')
    expect(() => destination(undefined, ['junit:a'], RECORD)).toThrow('is no format: it is one of table, json, ndjson')
  })
})

import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { errorText } from '../../src/cli/errors.ts'
import { splitInputs } from '../../src/cli/inputs.ts'
import { outputWidth, useColor } from '../../src/cli/io.ts'
import { writeWarnings } from '../../src/cli/warnings.ts'
import { CaptureError, UsageError } from '../../src/core/errors.ts'

afterEach(() => vi.unstubAllEnvs())

const io = (columns?: number) => ({
  stdin: new PassThrough(),
  stdout: Object.assign(new PassThrough(), columns === undefined ? {} : { columns }),
  stderr: new PassThrough(),
})

test('outputWidth() asks the terminal, then COLUMNS where it does not know, and bears no less than 40', () => {
  vi.stubEnv('COLUMNS', '')
  expect(outputWidth(io(132))).toBe(132)
  expect(outputWidth(io())).toBe(100)
  vi.stubEnv('COLUMNS', '77')
  expect(outputWidth(io())).toBe(77)
  expect(outputWidth(io(20))).toBe(40)
  expect(outputWidth(io(0))).toBe(77)
  vi.stubEnv('COLUMNS', '0')
  expect(outputWidth(io(0))).toBe(100)
})

describe('useColor()', () => {
  test.each([
    ['the option wins', true, { NO_COLOR: '1' }, false, true],
    ['NO_COLOR', undefined, { NO_COLOR: '1', FORCE_COLOR: '' }, true, false],
    ['FORCE_COLOR', undefined, { NO_COLOR: '', FORCE_COLOR: '1' }, false, true],
    ['a terminal', undefined, { NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm' }, true, true],
    ['a dumb terminal', undefined, { NO_COLOR: '', FORCE_COLOR: '', TERM: 'dumb' }, true, false],
    ['a pipe', undefined, { NO_COLOR: '', FORCE_COLOR: '' }, false, false],
  ])('%s', (_, option, environment, isTTY, expected) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    expect(useColor({ isTTY }, option)).toBe(expected)
  })
})

describe('errorText()', () => {
  test('is the message of an error of ours, escaped, with its own lines', () => {
    expect(errorText(new UsageError('a\u001b[31m\n  ^'), false)).toBe('masqcheck: a\\x1b[31m\n  ^\n')
    expect(errorText(new CaptureError('CAPTURE_EMPTY', 'x.pcap', 'It is empty', 0), false)).toBe(
      'masqcheck: x.pcap: It is empty (at octet 0)\n',
    )
  })

  test('shows the stack of anything else only when asked', () => {
    expect(errorText(new TypeError('oops'), false)).toBe(
      'masqcheck: internal error: oops (run again with --verbose for details, and please report it)\n',
    )
    expect(errorText(new TypeError('oops'), true)).toMatch(/\n {4}at /)
  })
})

describe('splitInputs()', () => {
  test.each([
    [['a.pcap'], ['m'], { captures: ['a.pcap'], cluster: ['m'] }],
    [[], ['m', 'a.pcap'], { captures: ['a.pcap'], cluster: ['m'] }],
    [['a.pcap'], undefined, { captures: ['a.pcap'], cluster: [] }],
  ])('captures %o, --cluster %o', (captures, cluster, expected) => {
    expect(splitInputs(captures, cluster === undefined ? {} : { cluster })).toEqual(expected)
  })

  test('refuses to work on nothing', () => {
    expect(() => splitInputs([], {})).toThrow(UsageError)
    expect(() => splitInputs([''], {})).toThrow('An empty text names no file')
    expect(() => splitInputs(['a.pcap'], { cluster: [''] })).toThrow('An empty text names no file')
  })
})

test('writeWarnings() shows the first ten, all with --verbose, none with --quiet', () => {
  const warnings = Array.from({ length: 12 }, (_, i) => ({ code: 'x', file: 'a', line: i + 1, message: 'm\u001b' }))
  const lines = (options: object): string[] => {
    const streams = io()
    writeWarnings(warnings, streams, options)
    return String(streams.stderr.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
  }
  expect(lines({})).toHaveLength(11)
  expect(lines({}).at(0)).toBe('masqcheck: warning: a (line 1): m\\x1b')
  expect(lines({}).at(-1)).toBe('masqcheck: and 2 more warnings, --verbose shows all')
  expect(lines({ verbose: true })).toHaveLength(12)
  expect(lines({ quiet: true })).toEqual([])
})

import { describe, expect, test } from 'vitest'
import { calibrate, learnHead } from '../../../src/capture/tcpdump-text/calibration.ts'
import { HeadLine } from '../../../src/capture/tcpdump-text/head-line.ts'
import { LineBuffer } from '../../../src/capture/tcpdump-text/line-buffer.ts'
import { LinePrefix } from '../../../src/capture/tcpdump-text/line-prefix.ts'
import { parseCommandLine } from '../../../src/capture/tcpdump-text/tcpdump-command.ts'
import { octets } from '../../support/text-decode.ts'

const BODY = 'IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1'

/** What times at the start of lines mean, with or without a command. */
function meaning(times: readonly string[], command: string | null = null, whole = true): string {
  const lines = new LineBuffer()
  lines.push(octets(times.map((time) => `${time}${BODY}\n`).join('')))
  if (whole) lines.finish()
  lines.advance()
  const head = new HeadLine()
  head.read(lines.bytes, lines.start, lines.end)
  const parsed = command === null ? null : (parseCommandLine(command) ?? null)
  const found = calibrate(head, LinePrefix.NONE, parsed, lines, { zone: undefined, logTime: undefined })
  return found === 'wait'
    ? 'wait'
    : `${found.clock.meaning}${found.reversed ? ' reversed' : ''}${found.zoneAssumed ? ' zone assumed' : ''}`
}

describe('calibrate()', () => {
  test.each([
    [['11:56:28.960087 ', '11:56:28.970087 '], null, 'time-of-day'],
    [['1754049388.960087 '], null, 'epoch'],
    [['2025-08-01 11:56:28.960087 '], null, 'dated zone assumed'],
    [[''], null, 'none'],
    [['000000 ', '000056 '], null, 'since-previous'],
    [[' 00:00:00.000000 ', ' 00:00:00.020000 ', ' 00:00:00.010000 '], null, 'since-previous'],
    [[' 00:00:00.000000 ', ' 00:00:00.010000 ', ' 00:00:00.020000 '], null, 'since-first'],
    // The space in front is lost, or never was there (before 4.8).
    [['00:00:00.000000 ', '00:00:00.020000 ', '00:00:00.010000 '], null, 'since-previous'],
    [['00:00:00.000123 ', '00:00:00.020000 ', '00:00:00.010000 '], null, 'since-previous'],
    // The first second after midnight.
    [['00:00:00.000123 ', '00:00:00.010000 ', '00:00:00.020000 '], null, 'time-of-day'],
    [['00:00:00.000000 ', '00:00:00.010000 '], '# tcpdump -n', 'time-of-day'],
    [['00:00:00.000000 ', '00:00:00.010000 '], '# tcpdump -ttt', 'since-previous'],
    [['00:00:00.000000 ', '00:00:00.010000 '], '# tcpdump -ttttt', 'since-first'],
    [['11:56:28.3 '.replace('3', '300000'), '11:56:28.200000 ', '11:56:28.100000 '], null, 'time-of-day reversed'],
    [['1754049388.960087 ', '1754049387.960087 ', '1754049386.960087 '], null, 'epoch reversed'],
  ])('%j with %j: %s', (times, command, expected) => {
    expect(meaning(times, command)).toBe(expected)
  })

  test('waits for more of the text only while it could change the answer', () => {
    expect(meaning(['11:56:28.960087 '], null, false)).toBe('wait')
    expect(meaning(['11:56:28.960087 ', '11:56:28.970087 '], null, false)).toBe('time-of-day')
    expect(meaning(['11:56:28.960087 ', '11:56:28.950087 '], null, false)).toBe('wait')
    expect(meaning([' 00:00:00.000000 ', ' 00:00:00.100000 '], null, false)).toBe('wait')
    expect(meaning([''], null, false)).toBe('none')
  })
})

describe('learnHead()', () => {
  const [, indented] = LinePrefix.candidates(`    11:56:28.960087 ${BODY}`)
  const loose =
    LinePrefix.candidates(`12:11:56:28.960087 ${BODY}`).find(({ prefix }) => prefix.isLoose)?.prefix ?? LinePrefix.NONE
  const prefix = indented?.prefix ?? LinePrefix.NONE

  test.each([
    [`11:56:28.960087 ${BODY}`, LinePrefix.NONE, null, true],
    ['11:56:28.960087 something that only a time stands in front of', LinePrefix.NONE, null, true],
    ['11:56:28.960087 something that only a time stands in front of', prefix, null, false],
    [`11:56:28.960087 ${BODY}`, prefix, null, true],
    [BODY, LinePrefix.NONE, null, true],
    [BODY, loose, null, false],
    ['1.1.1.1.1 > 2.2.2.2.2: Flags [S]', LinePrefix.NONE, null, true],
    ['1.1.1.1.1 > 2.2.2.2.2: Flags [S]', prefix, null, false],
    [BODY, LinePrefix.NONE, '# tcpdump -n', false],
    [BODY, LinePrefix.NONE, '# tcpdump -t', true],
    [`    1  ${BODY}`, LinePrefix.NONE, null, true],
    ['    1  a list', LinePrefix.NONE, null, false],
    [` 11:56:28.960087 ${BODY}`, LinePrefix.NONE, null, false],
    [` 00:00:00.960087 ${BODY}`, LinePrefix.NONE, null, true],
    ['prose', LinePrefix.NONE, null, false],
  ])('%j', (line, chain, command, expected) => {
    const parsed = command === null ? null : (parseCommandLine(command) ?? null)
    expect(learnHead(new HeadLine(), line, chain, parsed)).toBe(expected)
  })
})

import { expect, test } from 'vitest'
import { LineBuffer } from '../../../src/capture/tcpdump-text/line-buffer.ts'
import { LinePrefix } from '../../../src/capture/tcpdump-text/line-prefix.ts'
import {
  countsFromPrevious,
  descends,
  isNewestFirst,
  SURVEY_LENGTH,
  surveyTimes,
} from '../../../src/capture/tcpdump-text/time-survey.ts'
import { octets } from '../../support/text-decode.ts'

function survey(text: string, prefix: LinePrefix, whole = true): number[] {
  const lines = new LineBuffer()
  lines.push(octets(text))
  if (whole) lines.finish()
  lines.advance()
  return surveyTimes(lines, prefix)
}

test('surveyTimes() reads the times of whole lines, with or without a prefix', () => {
  const text = '00:00:01.500000 IP a\n\tdump\n00:00:02.500000 IP b\n00:00:03.5'
  expect(survey(text, LinePrefix.NONE)).toEqual([1.5, 2.5])
  expect(survey('00:00:01.500000 IP a\n00:00:02.500000 IP b', LinePrefix.NONE, false)).toEqual([1.5])
  const quoted = '> 00:00:01.500000 IP 1.1.1.1 > 2.2.2.2: x\n> -00:00:02.500000 IP b\n'
  const prefix = LinePrefix.candidates(quoted)[1]?.prefix ?? LinePrefix.NONE
  expect(survey(quoted, prefix)).toEqual([1.5, -2.5])
})

test('surveyTimes() looks no further than its limit', () => {
  const line = '00:00:01.500000 IP a\n'
  const times = survey(line.repeat(SURVEY_LENGTH), LinePrefix.NONE)
  expect(times.length).toBe(Math.floor(SURVEY_LENGTH / line.length))
})

test.each([
  [[3, 2, 1], true],
  [[3, 2, 2, 1], true],
  [[3, 2], false],
  [[3, 3, 3], false],
  [[3, 2, 2.5], false],
  [[1, 2, 3], false],
])('isNewestFirst(%j) is %j', (times, expected) => {
  expect(isNewestFirst(times)).toBe(expected)
})

test('descends() holds as long as no packet is later', () => {
  expect([descends([]), descends([1]), descends([2, 2, 1]), descends([1, 2])]).toEqual([true, true, true, false])
})

test.each([
  [[0, 0.5, 0.1], true],
  [[0, 0.02, 0.02, 0.02], true],
  [[0, 0.1, 0.2, 0.3], false],
  [[0, 0.1, 0.1, 0.3], false],
  [[0], false],
])('countsFromPrevious(%j) is %j', (times, expected) => {
  expect(countsFromPrevious(times)).toBe(expected)
})

import { expect, test } from 'vitest'
import { TimeZone } from '../../../src/capture/tcpdump-text/time-zone.ts'
import { UsageError } from '../../../src/core/errors.ts'

const seconds = (year: number, month: number, day: number, hour: number, minute = 0): number =>
  Date.UTC(year, month - 1, day, hour, minute) / 1000

test.each([
  ['UTC', seconds(2025, 8, 1, 12), 0],
  ['Europe/Berlin', seconds(2025, 8, 1, 12), 7200],
  ['Europe/Berlin', seconds(2025, 1, 1, 12), 3600],
  ['America/New_York', seconds(2025, 8, 1, 12), -14400],
  ['Asia/Kathmandu', seconds(2025, 8, 1, 12), 20700],
  ['Australia/Lord_Howe', seconds(2025, 1, 1, 12), 39600],
])('%s, %i: %i seconds ahead of UTC', (name, local, offset) => {
  expect(local - new TimeZone(name).toUtc(local)).toBe(offset)
})

test('follows the clock being set forward and back', () => {
  const berlin = new TimeZone('Europe/Berlin')
  expect(berlin.toUtc(seconds(2025, 3, 30, 1, 59))).toBe(seconds(2025, 3, 30, 0, 59))
  expect(berlin.toUtc(seconds(2025, 3, 30, 3, 1))).toBe(seconds(2025, 3, 30, 1, 1))
  expect(berlin.toUtc(seconds(2025, 10, 26, 1, 59))).toBe(seconds(2025, 10, 25, 23, 59))
  expect(berlin.toUtc(seconds(2025, 10, 26, 3, 1))).toBe(seconds(2025, 10, 26, 2, 1))
})

test('refuses a zone that the runtime does not know', () => {
  expect(() => new TimeZone('Mars/Olympus')).toThrow(UsageError)
})

test('takes times no date can have', () => {
  expect(new TimeZone('Europe/Berlin').toUtc(9e15)).toBe(9e15)
})

import { describe, expect, test } from 'vitest'
import { RTT_MIN, SIDE_WORDS, SIDES } from '../../src/flow/flow-record.ts'
import { forgetTiming, timeAcknowledgment, timeSegment } from '../../src/flow/round-trip.ts'

/** Words of one flow; `least` gives the shortest round trip of a side in microseconds, −1 for none. */
function flowWords(): { words: Int32Array; least: (side: 0 | 1) => number } {
  const words = new Int32Array(256)
  return { words, least: (side) => (words[SIDES + side * SIDE_WORDS + RTT_MIN] ?? 0) - 1 }
}

describe('the round trip of data', () => {
  test('is the time from a segment to the acknowledgment that covers it', () => {
    const { words, least } = flowWords()
    const kind = timeSegment(words, 0, 0, 0, 101, 5000)
    expect(timeAcknowledgment(words, 0, kind, 0, 100, 5100)).toBe(kind)
    expect(least(0)).toBe(-1)
    expect(timeAcknowledgment(words, 0, kind, 0, 101, 5200)).toBe(0)
    expect(least(0)).toBe(200)
    expect(least(1)).toBe(-1)
  })

  test('of no time at all is told from none', () => {
    const { words, least } = flowWords()
    timeAcknowledgment(words, 0, timeSegment(words, 0, 0, 1, 10, 700), 1, 10, 700)
    expect(least(1)).toBe(0)
  })

  test('keeps the shortest of several', () => {
    const { words, least } = flowWords()
    for (const [sent, acknowledged] of [
      [1000, 1300],
      [2000, 2050],
      [3000, 3900],
    ] as const) {
      timeAcknowledgment(words, 0, timeSegment(words, 0, 0, 0, sent, sent), 0, sent, acknowledged)
    }
    expect(least(0)).toBe(50)
  })

  test('times one segment at a time (RFC 6298, 3), of whichever side', () => {
    const { words, least } = flowWords()
    const first = timeSegment(words, 0, 0, 0, 100, 1000)
    expect(timeSegment(words, 0, first, 0, 200, 1500)).toBe(first)
    expect(timeSegment(words, 0, first, 1, 50, 1600)).toBe(first)
    timeAcknowledgment(words, 0, first, 0, 200, 1900)
    expect(least(0)).toBe(900)
  })

  test('is forgotten by the side that repeats itself, and by no other (Karn)', () => {
    const { words, least } = flowWords()
    const kind = timeSegment(words, 0, 0, 0, 100, 1000)
    expect(forgetTiming(kind, 1)).toBe(kind)
    timeAcknowledgment(words, 0, forgetTiming(kind, 0), 0, 100, 1100)
    expect(least(0)).toBe(-1)
  })

  test('is none where the acknowledgment was captured before the segment', () => {
    const { words, least } = flowWords()
    timeAcknowledgment(words, 0, timeSegment(words, 0, 0, 0, 100, 1000), 0, 100, 999)
    expect(least(0)).toBe(-1)
  })

  test('runs on where clock and numbers pass 2³¹', () => {
    const { words, least } = flowWords()
    const kind = timeSegment(words, 0, 0, 0, 0x7fff_fffe, 0x7fff_ffff | 0)
    timeAcknowledgment(words, 0, kind, 0, 0x8000_0005, 0x8000_0063 | 0)
    expect(least(0)).toBe(100)
  })
})

import { describe, expect, test } from 'vitest'
import { FlowClock, microsOf } from '../../src/flow/flow-times.ts'
import { tcpView } from '../support/flow-packets.ts'

const at = (sec: number, nsec: number) => tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', at: [sec, nsec] })

describe('FlowClock', () => {
  test('keeps nanoseconds over a hundred days, before and after the first packet', () => {
    const clock = new FlowClock()
    clock.read(at(1_700_000_000, 5))
    for (const [sec, nsec] of [
      [1_700_000_000, 999_999_999],
      [1_708_640_000, 123_456_789],
      [1_699_999_999, 1],
      [1_691_360_000, 987_654_321],
    ] as const) {
      const t = clock.read(at(sec, nsec))
      expect([clock.seconds(t), clock.nanoseconds(t)]).toEqual([sec, nsec])
    }
  })

  test('stays within its range for any time a file can hold', () => {
    const clock = new FlowClock()
    clock.read(at(0, 0))
    for (const sec of [0xffffffff, 2 ** 52, -(2 ** 31)]) {
      const nsec = clock.nanoseconds(clock.read(at(sec, 999_999_999)))
      expect(nsec).toBeGreaterThanOrEqual(0)
      expect(nsec).toBeLessThan(1e9)
    }
  })
})

test('microsOf() is exact for whole microseconds, and wraps at 2³²', () => {
  for (const micros of [0, 3, 1_000_001, 2 ** 32 + 7, 86_400_000_000]) expect(microsOf(micros * 1000)).toBe(micros | 0)
  expect(microsOf(1_499)).toBe(1)
  expect(microsOf(1_501)).toBe(2)
})

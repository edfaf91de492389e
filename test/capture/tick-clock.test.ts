import { expect, test } from 'vitest'
import { TickClock } from '../../src/capture/pcapng/tick-clock.ts'
import fc from '../support/property.ts'

const ticks = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

function timeOf(clock: TickClock, value: bigint): [number, number] {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, Number(value >> 32n), true)
  view.setUint32(4, Number(value & 0xffffffffn), true)
  clock.read(view, 0, true)
  return [clock.sec, clock.nsec]
}

test('TickClock.read() is exact for every power of 10, as far as seconds are exact in a double', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 19 }), ticks, (exponent, value) => {
      const rate = 10n ** BigInt(exponent)
      const seconds = value / rate
      fc.pre(seconds < 2n ** 53n)
      const nanoseconds = ((value % rate) * 1_000_000_000n) / rate
      expect(timeOf(new TickClock(exponent), value)).toEqual([Number(seconds), Number(nanoseconds)])
    }),
    { numRuns: 5000 },
  )
})

test('TickClock.read() is right to a nanosecond for powers of 2, and keeps nanoseconds below a second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 63 }), ticks, (exponent, value) => {
      const seconds = value >> BigInt(exponent)
      fc.pre(seconds < 2n ** 53n)
      const fraction = value & ((1n << BigInt(exponent)) - 1n)
      const nanoseconds = Number((fraction * 1_000_000_000n) >> BigInt(exponent))
      const [sec, nsec] = timeOf(new TickClock(0x80 | exponent), value)
      expect(sec).toBe(Number(seconds))
      expect(Math.abs(nsec - nanoseconds)).toBeLessThanOrEqual(1)
      expect(nsec).toBeLessThan(1_000_000_000)
    }),
    { numRuns: 5000 },
  )
})

test('TickClock.isSupported() refuses what 64 bits cannot count', () => {
  expect([0, 6, 19, 0x80, 0x80 | 63].map(TickClock.isSupported)).toEqual([true, true, true, true, true])
  expect([20, 127, 0x80 | 64, 255].map(TickClock.isSupported)).toEqual([false, false, false, false])
})

test('TickClock.ticksPerSecond is 0 for ticks longer than a millisecond, shorter than a nanosecond, or a power of 2 of a second', () => {
  const rates = [3, 6, 9, 0, 2, 10, 19, 0x80, 0x80 | 20].map((resolution) => new TickClock(resolution).ticksPerSecond)
  expect(rates).toEqual([1e3, 1e6, 1e9, 0, 0, 0, 0, 0, 0])
})

import { describe, expect, test } from 'vitest'
import { SectionClock, type TimeMeaning } from '../../../src/capture/tcpdump-text/section-clock.ts'
import { TimeStamp } from '../../../src/capture/tcpdump-text/time-stamp.ts'
import { TimeZone } from '../../../src/capture/tcpdump-text/time-zone.ts'
import { octets } from '../../support/text-decode.ts'

function times(
  meaning: TimeMeaning,
  printed: readonly string[],
  options: ConstructorParameters<typeof SectionClock>[1] = {},
): (number | null)[] {
  const clock = new SectionClock(meaning, options)
  const stamp = new TimeStamp()
  return printed.map((text) => {
    const bytes = octets(`${text} `)
    stamp.read(bytes, 0, bytes.length)
    clock.advance(stamp)
    return clock.known ? Number((clock.sec + clock.nsec / 1e9).toFixed(6)) : null
  })
}

describe('SectionClock', () => {
  test('adds a day when the time of day falls by more than half of one, and takes it back for a late packet', () => {
    expect(
      times('time-of-day', [
        '23:59:59.900000',
        '00:00:00.100000',
        '23:59:59.950000',
        '00:00:00.200000',
        '00:00:00.150000',
      ]),
    ).toEqual([86399.9, 86400.1, 86399.95, 86400.2, 86400.15])
  })

  test('sums up differences to the packet before, negative ones too', () => {
    expect(
      times('since-previous', [' 00:00:00.000000', ' 00:00:00.600000', ' 00:00:00.600000', '-00:00:00.300000']),
    ).toEqual([0, 0.6, 1.2, 0.9])
  })

  test('takes differences to the first packet as they are', () => {
    expect(times('since-first', [' 00:00:00.000000', ' 00:00:01.500000', '-00:00:00.500000'])).toEqual([0, 1.5, -0.5])
  })

  test('reads dated times in the zone, or as UTC', () => {
    const utc = Date.UTC(2025, 7, 1, 11, 56, 28) / 1000
    expect(times('dated', ['2025-08-01 11:56:28.000000'])).toEqual([utc])
    expect(times('dated', ['2025-08-01 11:56:28.000000'], { zone: new TimeZone('Europe/Berlin') })).toEqual([
      utc - 7200,
    ])
  })

  test('a damaged time repeats the one before, and is not known', () => {
    expect(times('epoch', ['1754049388.000001', '[timestamp overflow]', '1754049389.000001'])).toEqual([
      1754049388.000001,
      null,
      1754049389.000001,
    ])
  })

  test('a log entry in front gives the date: that of the packet, which may be the day before', () => {
    const clock = new SectionClock('time-of-day', { logged: true })
    const stamp = new TimeStamp()
    const bytes = octets('23:59:59.000000 ')
    stamp.read(bytes, 0, bytes.length)
    clock.advance(stamp, { sec: Date.UTC(2025, 7, 2, 0, 0, 1) / 1000, offset: 0 })
    expect([clock.kind, clock.sec]).toEqual(['absolute', Date.UTC(2025, 7, 1, 23, 59, 59) / 1000])
    clock.advance(stamp, { sec: Date.UTC(2025, 7, 1, 22, 0, 1) / 1000, offset: 7200 })
    expect(clock.sec).toBe(Date.UTC(2025, 7, 1, 21, 59, 59) / 1000)
  })

  test.each([
    ['none', 'none'],
    ['time-of-day', 'time-of-day'],
    ['epoch', 'absolute'],
    ['dated', 'absolute'],
    ['since-previous', 'relative'],
    ['since-first', 'relative'],
  ] as const)('%s is of kind %s', (meaning, kind) => {
    expect(new SectionClock(meaning).kind).toBe(kind)
  })
})

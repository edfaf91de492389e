import { expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { NewestFirst } from '../../../src/capture/tcpdump-text/newest-first.ts'
import { SectionClock } from '../../../src/capture/tcpdump-text/section-clock.ts'
import { TimeStamp } from '../../../src/capture/tcpdump-text/time-stamp.ts'
import { octets } from '../../support/text-decode.ts'

function hold(times: readonly string[]): NewestFirst {
  const held = new NewestFirst(new SectionClock('time-of-day'))
  for (const time of times) {
    const stamp = new TimeStamp()
    stamp.read(octets(`${time} `), 0, time.length + 1)
    held.note(stamp)
    const record = new CaptureRecord()
    record.buffer = octets(`..${time}..`)
    Object.assign(record, { start: 2, headEnd: 10, end: 2 + time.length, interfaceIndex: 3 })
    held.add(record)
  }
  return held
}

function taken(held: NewestFirst): string[] {
  const record = new CaptureRecord()
  const found: string[] = []
  while (held.take(record)) {
    const text = new TextDecoder().decode(record.buffer.subarray(record.start, record.end))
    found.push(`${text} ${record.timeSec}.${record.timeNsec} ${record.headEnd} ${record.interfaceIndex}`)
  }
  return found
}

test('hands the packets over oldest first, midnight and all', () => {
  const held = hold(['00:00:00.200000', '00:00:00.100000', '23:59:59.900000'])
  expect(taken(held)).toEqual([
    '23:59:59.900000 86399.900000000 8 3',
    '00:00:00.100000 86400.100000000 8 3',
    '00:00:00.200000 86400.200000000 8 3',
  ])
  expect(held.gaveUp).toBe(false)
})

test('keeps the order where a packet is later than the one before', () => {
  const held = hold(['00:00:03.000000', '00:00:02.000000', '00:00:05.000000'])
  expect(held.gaveUp).toBe(true)
  expect(taken(held).map((line) => line.slice(0, 8))).toEqual(['00:00:03', '00:00:02', '00:00:05'])
})

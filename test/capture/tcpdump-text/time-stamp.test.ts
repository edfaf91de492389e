import { describe, expect, test } from 'vitest'
import { startsWith, TimeForm, TimeStamp } from '../../../src/capture/tcpdump-text/time-stamp.ts'
import { octets } from '../../support/text-decode.ts'

function read(text: string): TimeStamp | null {
  const stamp = new TimeStamp()
  const bytes = octets(text)
  return stamp.read(bytes, 0, bytes.length) ? stamp : null
}

describe('TimeStamp.read()', () => {
  test.each([
    ['11:56:28.960087 IP', TimeForm.Clock, 42988, 960087000, 16],
    ['11:56:28.960087123 IP', TimeForm.Clock, 42988, 960087123, 19],
    ['11:56:28.960087', TimeForm.Clock, 42988, 960087000, 15],
    ['1754049388.960087 IP', TimeForm.Epoch, 1754049388, 960087000, 18],
    ['1754049388.960087123 IP', TimeForm.Epoch, 1754049388, 960087123, 21],
    ['2025-08-01 11:56:28.960087 IP', TimeForm.Dated, Date.UTC(2025, 7, 1, 11, 56, 28) / 1000, 960087000, 27],
    [' 00:00:00.000123 IP', TimeForm.Delta, 0, 123000, 17],
    ['-00:00:01.000123 IP', TimeForm.Delta, 1, 123000, 17],
    ['000123 IP', TimeForm.OldDelta, 0, 123000, 7],
    ['2. 000123 IP', TimeForm.OldDelta, 2, 123000, 10],
  ])('%j', (text, form, sec, nsec, end) => {
    expect(read(text)).toMatchObject({ form, sec, nsec, end, valid: true, negative: text.startsWith('-') })
  })

  test.each([
    ['11:56:28.1000000 IP', TimeForm.Clock, 17],
    ['1418145370.2147483648 IP', TimeForm.Epoch, 22],
    ['11:56:28.1000000 [invalid microseconds] IP', TimeForm.Clock, 40],
    ['[Error converting time] IP', TimeForm.None, 24],
    ['[timestamp overflow] IP', TimeForm.None, 21],
  ])('%j is a time that cannot be read, and is stepped over', (text, form, end) => {
    expect(read(text)).toMatchObject({ form, end, valid: false })
  })

  test.each([
    '',
    'IP 10.0.0.1',
    '24:00:00.000000 IP',
    '11:60:28.960087 IP',
    '11:56:28.96008 IP',
    '11:56:28,960087 IP',
    '11:56:28.960087: IP',
    '2025-13-01 11:56:28.960087 IP',
    '2025-08-01T11:56:28.960087 IP',
    '12345 IP',
    '172.17.0.4.53938 > ',
    '[other] IP',
  ])('%j is no time', (text) => {
    expect(read(text)).toBeNull()
  })

  test('reads one time after another as if each were the first', () => {
    const reused = new TimeStamp()
    const texts = ['00:00:00.5', '11:56:28.960087 IP', '11:56:28.960099 IP', '11:56:29.000001 IP', '11:57:29.000001 IP']
    for (const text of [...texts, '11:57:29 000001 IP', '\0\0\0\0\0\0\0\0.000001 IP', '11:57:29.000002 IP']) {
      const bytes = octets(text)
      const alone = new TimeStamp()
      expect(reused.read(bytes, 0, bytes.length)).toBe(alone.read(bytes, 0, bytes.length))
      if (alone.end > 0) expect(reused).toEqual(alone)
    }
  })

  test('reads nothing past the end, at any cut', () => {
    for (const text of [
      '11:56:28.960087 IP',
      '2025-08-01 11:56:28.960087 IP',
      '1754049388.960087 IP',
      '2. 000123 IP',
    ]) {
      const bytes = octets(`${text}${text}`)
      for (let end = 0; end <= text.length; end++) {
        const alone = new TimeStamp()
        const followed = new TimeStamp()
        expect(followed.read(bytes, 0, end)).toBe(alone.read(bytes.slice(0, end), 0, end))
        expect(followed).toEqual(alone)
      }
    }
  })
})

test('startsWith() compares octets before the end only', () => {
  const bytes = octets('abcdef')
  expect(startsWith(bytes, 1, 6, 'bcd')).toBe(true)
  expect(startsWith(bytes, 1, 3, 'bcd')).toBe(false)
  expect(startsWith(bytes, 1, 6, 'bce')).toBe(false)
})

describe('an epoch time of the same second', () => {
  const read = (stamp: TimeStamp, text: string): boolean => {
    const bytes = new TextEncoder().encode(text)
    return stamp.readSameSecond(bytes, 0, bytes.length)
  }
  const stampOf = (text: string): TimeStamp => {
    const stamp = new TimeStamp()
    const bytes = new TextEncoder().encode(text)
    stamp.read(bytes, 0, bytes.length)
    return stamp
  }

  test('is recognised, its fraction read anew', () => {
    const stamp = stampOf('1754049388.960087 IP')
    expect(read(stamp, '1754049388.970088 IP')).toBe(true)
    expect(stamp).toMatchObject({ form: TimeForm.Epoch, valid: true, sec: 1754049388, nsec: 970088000, end: 18 })
  })

  test.each([
    '1754049389.960087 IP',
    '1754049288.960087 IP',
    '1854049388.960087 IP',
    '1754049388',
    '17540493889.960087 IP',
    '1754049388.96 IP',
    '',
  ])('is not %j', (text) => {
    expect(read(stampOf('1754049388.960087 IP'), text)).toBe(false)
  })

  test('is none before the first', () => {
    expect(new TimeStamp().readSameSecond(new Uint8Array([...new Uint8Array(11), ...octets('000000 ')]), 0, 18)).toBe(
      false,
    )
  })
})

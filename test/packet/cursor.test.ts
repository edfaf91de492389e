import { expect, test } from 'vitest'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { Cursor } from '../../src/packet/cursor.ts'
import { hex } from '../support/packet-octets.ts'
import { recordOf } from '../support/packet-record.ts'

function cursorOf(options: { captured: number; originalLength: number }): Cursor {
  const cursor = new Cursor()
  cursor.enter(recordOf(hex('00010203040506070809'), { ...options, before: hex('ffff'), after: hex('ffffff') }))
  return cursor
}

test('Cursor.room() tells what the snap length cut from what the lengths leave no room for', () => {
  const cursor = cursorOf({ captured: 4, originalLength: 10 })
  expect(cursor.room(4)).toBe(DecodeStatus.Ok)
  expect(cursor.room(5)).toBe(DecodeStatus.Truncated)
  expect(cursor.room(10)).toBe(DecodeStatus.Truncated)
  expect(cursor.room(11)).toBe(DecodeStatus.Malformed)
})

test('Cursor.enter() takes the captured length where the file claims less on the wire', () => {
  const cursor = cursorOf({ captured: 10, originalLength: 4 })
  expect(cursor.room(10)).toBe(DecodeStatus.Ok)
  expect(cursor.room(11)).toBe(DecodeStatus.Malformed)
})

test('Cursor.endAt() cuts padding off, and keeps the captured end before the wire end', () => {
  const padded = cursorOf({ captured: 10, originalLength: 10 })
  padded.endAt(padded.at + 6)
  expect(padded.room(6)).toBe(DecodeStatus.Ok)
  expect(padded.room(7)).toBe(DecodeStatus.Malformed)

  const cut = cursorOf({ captured: 4, originalLength: 10 })
  cut.endAt(cut.at + 6)
  expect(cut.room(4)).toBe(DecodeStatus.Ok)
  expect(cut.room(6)).toBe(DecodeStatus.Truncated)
  expect(cut.room(7)).toBe(DecodeStatus.Malformed)
})

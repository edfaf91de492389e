import { describe, expect, test } from 'vitest'
import { CaptureRecord, Direction, LINKTYPE_TCPDUMP_TEXT } from '../../../src/capture/record.ts'
import { HeadLine } from '../../../src/capture/tcpdump-text/head-line.ts'
import { LineBuffer } from '../../../src/capture/tcpdump-text/line-buffer.ts'
import { OpenPacket } from '../../../src/capture/tcpdump-text/open-packet.ts'
import { octets } from '../../support/text-decode.ts'

const TEXT = '11:56:28.960087 eth0  Out IP head\n\tsecond\n\tthird\n'

function opened(): { packet: OpenPacket; lines: LineBuffer } {
  const lines = new LineBuffer()
  lines.push(octets(TEXT))
  lines.advance()
  const head = new HeadLine()
  head.read(lines.bytes, lines.start, lines.end)
  const packet = new OpenPacket()
  packet.openInPlace(head, lines)
  return { packet, lines }
}

function closed(packet: OpenPacket, lines: LineBuffer): { text: string; head: string; record: CaptureRecord } {
  const record = new CaptureRecord()
  packet.close(record, lines)
  const text = (end: number): string => new TextDecoder().decode(record.buffer.subarray(record.start, end))
  expect(record.view.byteLength).toBeGreaterThanOrEqual(record.end)
  expect(record.view.getUint8(record.start)).toBe(record.buffer[record.start])
  return { text: text(record.end), head: text(record.headEnd), record }
}

describe('OpenPacket', () => {
  test('a packet of one line stands where it was read, from the label on', () => {
    const { packet, lines } = opened()
    const { text, head, record } = closed(packet, lines)
    expect([text, head]).toEqual(['IP head', 'IP head'])
    expect(record.buffer).toBe(lines.bytes)
    expect(record).toMatchObject({ linkType: LINKTYPE_TCPDUMP_TEXT, direction: Direction.Out, sllPacketType: 4 })
    expect(packet.isOpen).toBe(false)
  })

  test('is the current line until another line or other octets follow', () => {
    const { packet, lines } = opened()
    expect(packet.isLine(lines)).toBe(true)
    lines.advance()
    expect(packet.isLine(lines)).toBe(false)
    const { packet: gathered, lines: same } = opened()
    gathered.gather(same)
    expect(gathered.isLine(same)).toBe(false)
  })

  test('further lines are gathered behind it, cleaned or not, whatever becomes of the line buffer', () => {
    const { packet, lines } = opened()
    lines.advance()
    packet.extend(lines.bytes.subarray(lines.start, lines.end), lines)
    lines.push(octets('more\n'))
    lines.advance()
    packet.extend(lines.bytes.subarray(lines.start, lines.end), lines)
    packet.extend(octets('cleaned'), lines)
    expect(closed(packet, lines)).toMatchObject({ text: 'IP head\n\tsecond\n\tthird\ncleaned', head: 'IP head' })
  })

  test('a cleaned head line is copied, and does not disturb the record before it', () => {
    const { packet, lines } = opened()
    const head = new HeadLine()
    const first = octets('11:56:28.960087 IP first')
    head.read(first, 0, first.length)
    packet.openCopy(head, first)
    const record = new CaptureRecord()
    packet.close(record, lines)
    const second = octets('11:56:28.960088 IP second, longer')
    head.read(second, 0, second.length)
    packet.openCopy(head, second)
    expect(new TextDecoder().decode(record.buffer.subarray(record.start, record.end))).toBe('IP first')
    expect(closed(packet, lines).text).toBe('IP second, longer')
  })

  test('keeps a bounded number of octets', () => {
    const { packet, lines } = opened()
    const line = new Uint8Array(100_000).fill(0x61)
    for (let i = 0; i < 50; i++) packet.extend(line, lines)
    expect(closed(packet, lines).text.length).toBeLessThan(1_100_000)
  })

  test.each([
    ['In', Direction.In],
    ['B', Direction.In],
    ['M', Direction.In],
    ['P', Direction.Unknown],
    ['?', Direction.Unknown],
  ])('packet type %s', (word, direction) => {
    const head = new HeadLine()
    const bytes = octets(`eth0  ${word.padEnd(3)} IP head`)
    head.read(bytes, 0, bytes.length)
    const packet = new OpenPacket()
    packet.openCopy(head, bytes)
    expect(closed(packet, new LineBuffer()).record.direction).toBe(direction)
  })
})

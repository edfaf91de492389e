import { describe, expect, test } from 'vitest'
import { LineBuffer, MAX_LINE_LENGTH } from '../../../src/capture/tcpdump-text/line-buffer.ts'
import { octets } from '../../support/text-decode.ts'

function linesOf(
  chunks: readonly Uint8Array[],
  lines: LineBuffer = new LineBuffer(),
): { text: string; number: number; offset: number; cut: boolean; last: boolean }[] {
  const found: ReturnType<typeof linesOf> = []
  const drain = (): void => {
    while (lines.advance()) {
      const text = new TextDecoder().decode(lines.bytes.subarray(lines.start, lines.end))
      found.push({ text, number: lines.number, offset: lines.offset, cut: lines.cut, last: lines.unterminated })
    }
  }
  for (const chunk of chunks) {
    lines.push(chunk)
    drain()
  }
  lines.finish()
  drain()
  return found
}

describe('LineBuffer', () => {
  test('cuts lines, strips carriage returns, counts lines and octets', () => {
    expect(linesOf([octets('ab\r\n\ncd')])).toEqual([
      { text: 'ab', number: 1, offset: 0, cut: false, last: false },
      { text: '', number: 2, offset: 4, cut: false, last: false },
      { text: 'cd', number: 3, offset: 5, cut: false, last: true },
    ])
  })

  test('gives the same lines for every chunking', () => {
    const all = octets('first\r\nsecond line\n\nlast')
    const whole = linesOf([all])
    for (let size = 1; size <= all.length; size++) {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
      expect(linesOf(chunks)).toEqual(whole)
    }
  })

  test('gives the same lines where it keeps them in memory that it is offered, and where that is too small', () => {
    const all = octets('first\r\nsecond line\n\nlast line of all\n'.repeat(3))
    const memory = new Uint8Array(64).subarray(16, 48)
    for (const size of [1, 7, 30, 60]) {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
      const lines = new LineBuffer()
      lines.keepIn(memory)
      expect(linesOf(chunks, lines)).toEqual(linesOf([all]))
    }
  })

  test('keeps lines in the offered memory whenever they have room there', () => {
    const memory = new Uint8Array(64).subarray(16, 48)
    const lines = new LineBuffer()
    lines.keepIn(memory)
    const isThere = [10, 30, 10].map((length) => {
      lines.push(new Uint8Array(length).fill(0x0a))
      const there = lines.bytes.buffer === memory.buffer
      while (length !== 10 && lines.advance());
      return there
    })
    expect(isThere).toEqual([true, false, true])
  })

  test('goes on behind lines that were passed over', () => {
    const lines = new LineBuffer()
    lines.push(octets('one\ntwo\nthree\nfour\n'))
    lines.advance()
    lines.passOver(8, 2)
    expect(lines.advance()).toBe(true)
    expect([lines.start, lines.end, lines.number]).toEqual([8, 13, 3])
  })

  test('cuts an endless line and drops the rest of it without keeping it', () => {
    const lines = new LineBuffer()
    const chunk = new Uint8Array(64 * 1024).fill(0x61)
    let found = 0
    for (let i = 0; i < 64; i++) {
      lines.push(chunk)
      while (lines.advance()) {
        found++
        expect(lines.cut).toBe(true)
        expect(lines.end - lines.start).toBe(MAX_LINE_LENGTH)
      }
      expect(lines.bytes.buffer.byteLength).toBeLessThan(4 * MAX_LINE_LENGTH)
    }
    lines.push(octets('\nnext\n'))
    expect(lines.advance()).toBe(true)
    expect(new TextDecoder().decode(lines.bytes.subarray(lines.start, lines.end))).toBe('next')
    expect(found).toBe(1)
  })

  test('yields a line again that was taken back, also after more octets', () => {
    const lines = new LineBuffer()
    lines.push(octets('one\ntwo\n'))
    lines.advance()
    lines.advance()
    lines.unread()
    lines.push(octets('three\n'))
    lines.advance()
    expect([lines.number, new TextDecoder().decode(lines.bytes.subarray(lines.start, lines.end))]).toEqual([2, 'two'])
  })

  test('says how much is buffered ahead', () => {
    const lines = new LineBuffer()
    lines.push(octets('one\ntwo'))
    lines.advance()
    expect([lines.hasAhead(7), lines.hasAhead(8), lines.ended]).toEqual([true, false, false])
    lines.finish()
    expect(lines.hasAhead(8)).toBe(true)
  })
})

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { writeText } from '../../src/cli/output.ts'
import { FileSink, StreamSink } from '../../src/cli/sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-sink-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('FileSink', () => {
  test('writes a file whole, in place of the old one', async () => {
    const file = join(folder, 'a.txt')
    writeFileSync(file, 'old')
    await writeText(['new ', 'text'], new FileSink(file))
    expect(readFileSync(file, 'utf8')).toBe('new text')
  })

  test('leaves the old file, and nothing else, when making the text fails', async () => {
    const file = join(folder, 'b.txt')
    writeFileSync(file, 'old')
    const before = readdirSync(folder)
    function* failing(): Generator<string> {
      yield 'half'
      throw new Error('broken')
    }
    await expect(writeText(failing(), new FileSink(file))).rejects.toThrow('broken')
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(before)
  })

  test.each([
    ['a folder that does not exist', join(folder, 'no/such/file'), /the folder does not exist/],
    ['a folder in its place', join(folder, 'taken'), /cannot be written/],
  ])('says why it cannot write: %s', async (_, file, message) => {
    mkdirSync(join(folder, 'taken'), { recursive: true })
    await expect(writeText(['x'], new FileSink(file))).rejects.toThrow(message)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('writes more than the stream buffers', async () => {
    const file = join(folder, 'c.txt')
    const piece = 'x'.repeat(100_000)
    await writeText(
      Array.from({ length: 50 }, () => piece),
      new FileSink(file),
    )
    expect(readFileSync(file, 'utf8')).toHaveLength(5_000_000)
  })
})

describe('StreamSink', () => {
  test('joins pieces and hands them on', async () => {
    const stream = new PassThrough()
    await writeText(['a', 'b'], new StreamSink(stream))
    expect(stream.read().toString()).toBe('ab')
  })

  test.each(['plain', 'café', 'ÿ', '東京 🐝'])('writes %s as UTF-8', async (text) => {
    const stream = new PassThrough()
    await writeText([text], new StreamSink(stream))
    expect(stream.read()).toEqual(Buffer.from(text, 'utf8'))
  })

  test('stops without an error when the reader goes away', async () => {
    const gone = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    let made = 0
    function* endless(): Generator<string> {
      for (;;) {
        made++
        yield 'x'.repeat(10_000)
      }
    }
    await writeText(endless(), new StreamSink(gone))
    expect(made).toBeLessThan(100)
  })

  test('reports any other failure', async () => {
    const full = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
      },
    })
    await expect(writeText(['x'], new StreamSink(full))).rejects.toThrow(
      'standard output: cannot be written: no space is left',
    )
  })
})

import { truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FileStream } from '../../src/capture/file-stream.ts'
import { folderWith } from '../support/capture-folder.ts'

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff)

function fileOf(content: Uint8Array): string {
  return join(folderWith({ x: content }), 'x')
}

/** Copies of the chunks up to the end. */
async function rest(stream: FileStream): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) chunks.push(chunk.slice())
  return chunks
}

test('FileStream reads into the buffer it is offered, from then on', async () => {
  const stream = await FileStream.open(fileOf(new Uint8Array(200_000).fill(7)))
  const first = await stream.read()
  const buffer = new Uint8Array(new SharedArrayBuffer(700)).subarray(100, 600)
  stream.readInto(buffer)
  const second = await stream.read()
  expect(first?.buffer).not.toBe(buffer.buffer)
  expect([second?.buffer, second?.byteOffset, second?.length]).toEqual([buffer.buffer, 100, 500])
  expect(second?.every((octet) => octet === 7)).toBe(true)
  const left = await rest(stream)
  expect((first?.length ?? 0) + 500 + left.reduce((sum, { length }) => sum + length, 0)).toBe(200_000)
  expect(stream.bytesRead).toBe(200_000)
  await stream.close()
  expect(await stream.read()).toBeUndefined()
})

test('FileStream reads a part of a file, and no octet behind it, whatever the buffer would hold', async () => {
  const handle = await open(fileOf(CONTENT))
  onTestFinished(() => handle.close())
  const stream = new FileStream(handle, 1000, { start: 10, length: 333, keepOpen: true })
  stream.readInto(new Uint8Array(100))
  const chunks = await rest(stream)
  expect(chunks.map(({ length }) => length)).toEqual([100, 100, 100, 33])
  expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...CONTENT.subarray(10, 343)])
  await stream.close()
  expect((await handle.stat()).size).toBe(1000)
})

test('FileStream.openTail() reads the last octets', async () => {
  const path = fileOf(CONTENT)
  for (const [length, from] of [
    [7, 993],
    [5000, 0],
  ] as const) {
    const stream = await FileStream.openTail(path, length)
    expect((await rest(stream)).flatMap((chunk) => [...chunk])).toEqual([...CONTENT.subarray(from)])
    await stream.close()
  }
})

/** Stands for the thread: what it was asked, and chunks that it hands over. */
class FakeAhead {
  readonly begun: number[][] = []
  isStopped = false
  readonly #chunks: Uint8Array[]

  constructor(...chunks: Uint8Array[]) {
    this.#chunks = chunks
  }

  begin(fd: number, position: number, record: number): boolean {
    this.begun.push([fd, position, record])
    // The thread is not there at first.
    return this.begun.length > 1
  }

  async next(): Promise<Uint8Array | undefined> {
    return this.#chunks.shift()
  }

  async stop(): Promise<void> {
    this.isStopped = true
  }
}

/** A file of zeros that takes no room on the disk. */
function longFile(length: number): string {
  const path = fileOf(CONTENT)
  truncateSync(path, length)
  return path
}

const LONG = 65 * 1024 * 1024

test('FileStream lets a thread read a long file on from where it is, and reads by itself what the thread does not', async () => {
  const stream = await FileStream.open(longFile(LONG))
  const ahead = new FakeAhead(new Uint8Array(LONG - 400_000).fill(1))
  const first = (await stream.read())?.length ?? 0
  stream.readAhead(ahead, 17)
  const second = (await stream.read())?.length ?? 0
  stream.readAhead(ahead, 18)
  stream.readAhead(ahead, 19)
  expect(ahead.begun.map(([, position, record]) => [position, record])).toEqual([
    [first, 17],
    [first + second, 18],
  ])
  expect((await stream.read())?.length).toBe(LONG - 400_000)
  const left = await rest(stream)
  expect(left.flatMap((chunk) => [...new Set(chunk)])).toEqual(left.map(() => 0))
  expect(stream.bytesRead).toBe(LONG)
  await stream.close()
  expect(ahead.isStopped).toBe(true)
})

test('FileStream reads what is short, or a part of a file, by itself', async () => {
  const short = await FileStream.open(longFile(LONG / 2))
  const handle = await open(longFile(LONG))
  onTestFinished(() => handle.close())
  const part = new FileStream(handle, LONG, { length: LONG - 1, keepOpen: true })
  for (const stream of [short, part]) {
    const ahead = new FakeAhead()
    await stream.read()
    stream.readAhead(ahead, 0)
    expect(ahead.begun).toEqual([])
    await stream.close()
  }
})

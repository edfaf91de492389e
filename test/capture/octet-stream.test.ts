import { describe, expect, test } from 'vitest'
import { DamagedStream, type OctetStream, PeekedStream, StreamOver } from '../../src/capture/octet-stream.ts'

/** Chunks, and damage behind them where given; each chunk is overwritten when the next one is asked for, as files do. */
function streamOf(chunks: readonly string[], damage?: DamagedStream): OctetStream & { closed: number } {
  const buffer = new Uint8Array(64)
  let next = 0
  return {
    size: 100,
    bytesRead: 7,
    closed: 0,
    async read() {
      const chunk = chunks[next++]
      if (chunk === undefined && damage !== undefined) throw damage
      if (chunk === undefined) return undefined
      buffer.fill(0)
      return buffer.subarray(0, new TextEncoder().encodeInto(chunk, buffer).written)
    },
    async close() {
      this.closed++
    },
  }
}
const text = (octets: Uint8Array | undefined): string | undefined => octets && new TextDecoder().decode(octets)

/** All of a stream up to its end. */
async function rest(stream: OctetStream): Promise<string> {
  let all = ''
  for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) all += text(chunk)
  return all
}

test('StreamOver shows the counters of the stream inside and closes it', async () => {
  class Same extends StreamOver {
    override read(): Promise<Uint8Array | undefined> {
      return this.inner.read()
    }
  }
  const inner = streamOf(['abc'])
  const stream = new Same(inner)
  expect([stream.size, stream.bytesRead, await rest(stream)]).toEqual([100, 7, 'abc'])
  await stream.close()
  expect(inner.closed).toBe(1)
})

describe('PeekedStream', () => {
  const longer = (length: number) => (start: Uint8Array, complete: boolean) =>
    start.length >= length || complete ? text(start) : undefined

  test.each([0, 1, 3, 4, 6, 9, 10])('gives everything again after a look at %i octets', async (length) => {
    const stream = new PeekedStream(streamOf(['abc', 'def', 'ghi']))
    expect((await stream.peek(longer(length)))?.length).toBeGreaterThanOrEqual(Math.min(length, 9))
    expect(await rest(stream)).toBe('abcdefghi')
    expect(await stream.read()).toBeUndefined()
  })

  test('a second look begins at the start', async () => {
    const stream = new PeekedStream(streamOf(['abc', 'def']))
    expect([await stream.peek(longer(1)), await stream.peek(longer(4))]).toEqual(['abc', 'abcdef'])
    expect(await rest(stream)).toBe('abcdef')
  })

  test('tells once that all was seen, and takes no for an answer', async () => {
    const seen: boolean[] = []
    const stream = new PeekedStream(streamOf(['abc']))
    expect(await stream.peek((_, complete) => void seen.push(complete))).toBeUndefined()
    expect(seen).toEqual([false, false, true])
  })

  test('keeps damage for whoever reads up to it', async () => {
    const damage = new DamagedStream('cut', true)
    const stream = new PeekedStream(streamOf(['abc'], damage))
    expect(await stream.peek(longer(100))).toBe('abc')
    expect(stream.failure).toBe(damage)
    expect(text(await stream.read())).toBe('abc')
    await expect(stream.read()).rejects.toBe(damage)
  })

  test('other errors are no damage', async () => {
    const broken = streamOf([], new TypeError('a mistake of ours') as DamagedStream)
    await expect(new PeekedStream(broken).peek(longer(1))).rejects.toThrow(TypeError)
  })
})

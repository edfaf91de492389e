import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type CaptureSet, resolveInputs } from '../../src/capture/inputs.ts'
import { type FileSummary, type ReadProgress, readCaptureSet } from '../../src/capture/read.ts'
import type { CaptureMeta } from '../../src/capture/record.ts'
import { type CaptureSource, FileSource } from '../../src/capture/source.ts'
import { CaptureError } from '../../src/core/errors.ts'
import { type Collected, collect } from '../support/capture-collect.ts'
import { folderWith } from '../support/capture-folder.ts'
import { SAMPLE_TEXT, SAMPLE_TIME, samplePcap, samplePcapng } from '../support/capture-sample.ts'
import fc from '../support/property.ts'

async function records(set: { files: CaptureSet['files'] }): Promise<Collected[]> {
  const found: Collected[] = []
  await readCaptureSet(set, { record: (record) => found.push(collect(record)) })
  return found
}

const fileOf = (content: Uint8Array | string): { files: FileSource[] } => ({
  files: [new FileSource(join(folderWith({ capture: content }), 'capture'))],
})

async function errorOf(content: Uint8Array | string): Promise<CaptureError> {
  const error: unknown = await records(fileOf(content)).catch((caught: unknown) => caught)
  if (error instanceof CaptureError) return error
  throw error
}

describe('readCaptureSet()', () => {
  test('keeps lines of text where the visitor wants them, however large the chunks', async () => {
    const line = (n: number): string =>
      `11:56:28.${String(n).padStart(6, '0')} IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [.], ack 1, win 502, length 0\n`
    const text = Array.from({ length: 2000 }, (_, i) => line(i)).join('')
    const buffer = new Uint8Array(4096)
    let seen = 0
    let taken = 0
    await readCaptureSet(fileOf(text), {
      buffer,
      record: ({ number }) => {
        seen = number
      },
      take: (stretch) => {
        expect(stretch.buffer.buffer).toBe(buffer.buffer)
        if (stretch.end - stretch.at < 1000) return false
        stretch.at += line(0).length
        stretch.taken = 1
        stretch.timeNsec += 1000
        taken++
        return true
      },
    })
    expect(seen).toBe(2000)
    expect(taken).toBeGreaterThan(500)
  })

  test('tells a visitor of the file, its records and its end, in this order', async () => {
    const events: string[] = []
    const summary = await readCaptureSet(fileOf(samplePcapng(2)), {
      file: ({ format, compression }: CaptureMeta) => events.push(`${format} ${compression.length}`),
      record: ({ number }) => events.push(`record ${number}`),
      end: ({ packets }: FileSummary) => events.push(`end ${packets}`),
    })
    expect(events).toEqual(['pcapng 0', 'record 1', 'record 2', 'end 2'])
    expect(summary).toMatchObject({ interrupted: false, files: [{ packets: 2, warnings: [], skipped: {} }] })
    expect(summary.files[0]?.meta.interfaces).toMatchObject([{ name: 'eth0' }])
  })

  test('reads text as well', async () => {
    expect(await records(fileOf(SAMPLE_TEXT))).toHaveLength(2)
  })

  test('numbers interfaces over all files of a set', async () => {
    const folder = folderWith({
      a: samplePcapng(1, SAMPLE_TIME, 'eth0'),
      b: samplePcapng(1, SAMPLE_TIME, 'eth1'),
      c: samplePcapng(1),
    })
    const files = ['a', 'b', 'c'].map((name) => new FileSource(join(folder, name)))
    expect((await records({ files })).map(({ interfaceIndex, number }) => [interfaceIndex, number])).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
    ])
  })

  test('reports progress, with the size where it is known', async () => {
    const file = samplePcap(5)
    const steps: ReadProgress[] = []
    await readCaptureSet(
      { files: [new FileSource(join(folderWith({ x: file }), 'x'), file.length)] },
      { record: () => undefined },
      { onProgress: (progress) => steps.push(progress) },
    )
    expect(steps.at(-1)).toEqual({ bytesRead: file.length, totalBytes: file.length, packets: expect.any(Number) })
  })

  test('reads a truncated file up to the damage, and warns', async () => {
    const summary = await readCaptureSet(fileOf(samplePcap(5).slice(0, -10)), { record: () => undefined })
    expect(summary.files[0]).toMatchObject({ packets: 4, warnings: [{ code: 'capture-truncated' }] })
  })

  test('does not mind a capture without packets', async () => {
    expect(await records(fileOf(samplePcap(0)))).toEqual([])
  })

  test.each([
    ['nothing', new Uint8Array(0), 'CAPTURE_EMPTY'],
    ['JSON', '{"a": 1}', 'CAPTURE_UNKNOWN_FORMAT'],
    ['half a file header', samplePcap().slice(0, 10), 'CAPTURE_CORRUPT'],
    ['half a record', samplePcap().slice(0, 50), 'CAPTURE_CORRUPT'],
    ['half a block', samplePcapng().slice(0, 20), 'CAPTURE_CORRUPT'],
    ['a record of impossible length', samplePcap(1).fill(0xff, 32, 36), 'CAPTURE_CORRUPT'],
  ])('fails on %s', async (_, content, code) => {
    expect(await errorOf(content)).toMatchObject({ code, file: expect.stringContaining('capture') })
  })

  test('fails on a file that is not there, or is a folder', async () => {
    const missing = readCaptureSet({ files: [new FileSource('/nowhere/x.pcap')] }, { record: () => undefined })
    await expect(missing).rejects.toMatchObject({ code: 'CAPTURE_NOT_FOUND' })
    const folder = readCaptureSet({ files: [new FileSource(folderWith({}))] }, { record: () => undefined })
    await expect(folder).rejects.toMatchObject({ code: 'CAPTURE_UNREADABLE' })
  })

  test.skipIf(process.getuid?.() === 0)('fails on a file that may not be read', async () => {
    const path = join(folderWith({ x: samplePcap() }), 'x')
    chmodSync(path, 0)
    await expect(records({ files: [new FileSource(path)] })).rejects.toMatchObject({ code: 'CAPTURE_UNREADABLE' })
  })

  test('lets what a visitor throws pass, and closes the file', async () => {
    const failing = readCaptureSet(fileOf(samplePcap()), {
      record: () => {
        throw new Error('the visitor failed')
      },
    })
    await expect(failing).rejects.toThrow('the visitor failed')
  })

  test('stops at the signal, with what was read until then, also while it waits for input', async () => {
    const stdin = new PassThrough()
    stdin.write(samplePcap(3))
    const [set] = await resolveInputs(['-'], { stdin })
    const abort = new AbortController()
    let seen = 0
    const reading = readCaptureSet(
      set ?? { files: [] },
      {
        record: () => {
          seen++
          if (seen === 2) setTimeout(() => abort.abort(), 10)
        },
      },
      { signal: abort.signal },
    )
    const summary = await reading
    expect(summary.interrupted).toBe(true)
    expect(summary.files[0]).toMatchObject({ warnings: [] })
    expect(summary.files[0]?.packets).toBe(seen)
  })

  test('reads nothing when the signal came before', async () => {
    const summary = await readCaptureSet(
      fileOf(samplePcap()),
      { record: () => undefined },
      { signal: AbortSignal.abort() },
    )
    expect(summary).toEqual({ files: [], interrupted: true })
  })
})

describe('a visitor that takes records by itself', () => {
  /** Hands over one chunk, of a buffer of its own. */
  function sourceOf(octets: Uint8Array): CaptureSource {
    const chunks = [octets]
    const stream = { size: null, bytesRead: 0, read: async () => chunks.shift(), close: async () => undefined }
    return { name: 'x', path: null, size: null, reopens: false, open: async () => stream, close: async () => undefined }
  }

  test('finds octets in its buffer, also those of chunks longer than the buffer', async () => {
    const buffer = new Uint8Array(new SharedArrayBuffer(700)).subarray(100, 600)
    const seen: Collected[] = []
    const offered: number[] = []
    const file = samplePcap(40)
    const summary = await readCaptureSet(
      { files: [sourceOf(file)] },
      {
        buffer,
        record: (record) => seen.push(collect(record)),
        take: (stretch) => {
          if (stretch.buffer.buffer !== buffer.buffer) return false
          expect(stretch.buffer.byteOffset + stretch.end).toBeLessThanOrEqual(600)
          offered.push(stretch.end - stretch.at)
          return false
        },
      },
    )
    expect(offered.length).toBeGreaterThan(5)
    expect(seen).toEqual(await records({ files: [sourceOf(file)] }))
    expect(summary.files[0]).toMatchObject({ packets: 40, warnings: [] })
  })

  test('takes what it likes, and gets the rest as records', async () => {
    const buffer = new Uint8Array(new SharedArrayBuffer(1_000_000))
    const seen: number[] = []
    let taken = 0
    const summary = await readCaptureSet(
      { files: [sourceOf(samplePcap(60))] },
      {
        buffer,
        record: ({ number }) => seen.push(number),
        // Samples are each an octet longer than the one before; the last one stays.
        take: (stretch) => {
          const length = 60 + (seen.at(-1) ?? 0)
          if (stretch.buffer.buffer !== buffer.buffer || stretch.at + 16 + length >= stretch.end) return false
          stretch.at += 16 + length
          stretch.taken = 1
          taken++
          seen.push((seen.at(-1) ?? 0) + 1)
          return true
        },
      },
    )
    expect(taken).toBeGreaterThan(20)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect(summary.files[0]).toMatchObject({ packets: 60, warnings: [] })
  })

  test('is asked rarely while it takes none', async () => {
    let asked = 0
    const take = (): boolean => ++asked < 0
    await readCaptureSet(
      { files: [sourceOf(samplePcap(2000))] },
      { buffer: new Uint8Array(new SharedArrayBuffer(4_000_000)), record: () => undefined, take },
    )
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(2000 / 8)
  })

  test('is not asked where octets are read a second time', async () => {
    const take = (): boolean => expect.unreachable()
    const summary = await readCaptureSet(
      { files: [sourceOf(samplePcap(5))] },
      { buffer: new Uint8Array(1000), record: () => undefined, take },
      { crossCheck: true },
    )
    expect(summary.files[0]?.packets).toBe(5)
  })
})

describe('standard input', () => {
  const inputs = { pcap: samplePcap(6), pcapng: samplePcapng(6), text: new TextEncoder().encode(SAMPLE_TEXT) }

  async function pipe(chunks: readonly Uint8Array[]): Promise<Collected[]> {
    const [set] = await resolveInputs(['-'], { stdin: Readable.from(chunks) })
    return records(set ?? { files: [] })
  }

  test.each(Object.entries(inputs))('gives the same records of %s however slowly it comes', async (_, octets) => {
    const expected = await records(fileOf(octets))
    expect(expected.length).toBeGreaterThan(1)
    expect(await pipe([...octets].map((octet) => Uint8Array.of(octet)))).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(octets.length), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), octets.length]
        const chunks = edges.slice(1).map((edge, i) => octets.slice(edges[i], edge))
        expect(await pipe(chunks.filter((chunk) => chunk.length > 0))).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  test('is empty when nothing comes', async () => {
    await expect(resolveInputs(['-'], { stdin: Readable.from([]) })).rejects.toMatchObject({ code: 'CAPTURE_EMPTY' })
  })

  test('that breaks off is read up to there', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield samplePcap(4)
      throw new Error('the pipe broke')
    }
    const [set] = await resolveInputs(['-'], { stdin: Readable.from(broken()) })
    const summary = await readCaptureSet(set ?? { files: [] }, { record: () => undefined })
    expect(summary.files[0]).toMatchObject({
      packets: 4,
      warnings: [{ message: expect.stringContaining('the pipe broke') }],
    })
  })
})

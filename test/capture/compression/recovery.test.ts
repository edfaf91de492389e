import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { describe, expect, test } from 'vitest'
import { resolveInputs } from '../../../src/capture/inputs.ts'
import { readCaptureSet } from '../../../src/capture/read.ts'
import { collect } from '../../support/capture-collect.ts'
import { folderWith } from '../../support/capture-folder.ts'
import { randomOf } from '../../support/capture-random.ts'
import { SAMPLE_TIME } from '../../support/capture-sample.ts'
import { zip } from '../../support/capture-zip.ts'
import { pcap } from '../../support/pcap-writer.ts'

/** Frames that pack to about half, so that compressed octets stand for places in the capture. */
const CAPTURE = pcap(
  Array.from({ length: 1800 }, (_, i) => {
    const random = randomOf(i)
    return { time: [SAMPLE_TIME + i, i], frame: Uint8Array.from({ length: 90 }, () => 0x80 | random(16)) } as const
  }),
)

const tool =
  (name: string, ...args: string[]) =>
  (): Uint8Array | undefined => {
    try {
      return new Uint8Array(execFileSync(name, args, { input: CAPTURE, stdio: ['pipe', 'pipe', 'ignore'] }))
    } catch {
      return undefined
    }
  }

/** How a capture is packed; `undefined` where the program for it is not installed. */
const FORMS: readonly (readonly [string, () => Uint8Array | undefined])[] = [
  ['gzip', () => new Uint8Array(gzipSync(CAPTURE))],
  ['gzip of gzip', () => new Uint8Array(gzipSync(gzipSync(CAPTURE)))],
  ['a file in a zip archive', () => zip([{ name: 'a.pcap', content: CAPTURE, deflated: true }])],
  ['lz4', () => new Uint8Array(compressFrameSync(Buffer.from(CAPTURE), { contentChecksum: true }))],
  ['lz4 of one large block', tool('lz4', '-q', '-c', '-B7')],
  ['lz4 of linked blocks', tool('lz4', '-q', '-c', '-B4', '-BD')],
  ['zstd', tool('zstd', '-q', '-c', '--check')],
  ['xz', tool('xz', '-c')],
  ['bzip2', tool('bzip2', '-c', '-1')],
]

/** Octets of the block that damage takes with it, in formats that make a block from all its octets together. */
const LOST_BLOCK: Readonly<Record<string, number>> = { zstd: 128 * 1024, bzip2: 100_000 }
/** Octets of a record. */
const FRAME = 16 + 90

interface Reading {
  readonly frames: readonly string[]
  readonly warnings: readonly string[]
  readonly error?: unknown
}

async function read(input: readonly string[] | readonly Uint8Array[]): Promise<Reading> {
  const frames: string[] = []
  const warnings: string[] = []
  try {
    const isPath = typeof input[0] === 'string'
    const sets = await resolveInputs(isPath ? (input as string[]) : ['-'], {
      stdin: Readable.from(isPath ? [] : input),
    })
    for (const set of sets) {
      const record = (r: Parameters<typeof collect>[0]): void =>
        void frames.push(Buffer.from(collect(r).octets).toString('hex'))
      const { files } = await readCaptureSet(set, { record })
      warnings.push(...files.flatMap((file) => file.warnings.map(({ code }) => code)))
    }
    return { frames, warnings }
  } catch (error) {
    return { frames, warnings, error }
  }
}

const readFile = (content: Uint8Array): Promise<Reading> => read([join(folderWith({ x: content }), 'x')])

/** Frames of the capture, hex. */
const WHOLE = await read([CAPTURE])

const damagedAt = (content: Uint8Array, at: number): Uint8Array => {
  const damaged = content.slice()
  for (let i = at; i < at + 8; i++) damaged[i] = ~(damaged[i] ?? 0)
  return damaged
}

/** Frames at the start that are those of the capture. */
function soundFrames({ frames }: Reading): number {
  const wrong = frames.findIndex((frame, i) => frame !== WHOLE.frames[i])
  return wrong < 0 ? frames.length : wrong
}

describe.each(FORMS)('damage in the middle of %s', (form, pack) => {
  const content = pack()

  test.skipIf(content === undefined)('is read up to, and told', async () => {
    const packed = content ?? new Uint8Array(0)
    const lost = LOST_BLOCK[form] ?? 0
    for (const part of [0.2, 0.5, 0.8]) {
      const reading = await readFile(damagedAt(packed, Math.floor(packed.length * part)))
      expect(soundFrames(reading)).toBeGreaterThan(Math.floor((part - 0.1) * WHOLE.frames.length - lost / FRAME) - 1)
      if (reading.frames.length > 0) expect(reading.warnings.join()).toMatch(/capture-(?:damaged|truncated)/)
      else expect(reading.error).toMatchObject({ code: 'CAPTURE_CORRUPT' })
    }
  })

  test.skipIf(content === undefined)('takes away nothing that a cut at the same place leaves', async () => {
    const packed = content ?? new Uint8Array(0)
    if (form.includes('zip archive')) return
    for (let at = 1000; at < packed.length - 20; at += 14_999) {
      const cut = await readFile(packed.slice(0, at))
      const damaged = await readFile(damagedAt(packed, at))
      expect(soundFrames(damaged)).toBeGreaterThanOrEqual(soundFrames(cut))
    }
  })

  test.skipIf(content === undefined)('is the same however the octets arrive', async () => {
    const packed = content ?? new Uint8Array(0)
    if (form.includes('zip archive')) return
    const damaged = damagedAt(packed, packed.length >> 1)
    const expected = await readFile(damaged)
    for (const length of [61, 4096, packed.length]) {
      const chunks = Array.from({ length: Math.ceil(packed.length / length) }, (_, i) =>
        damaged.slice(i * length, (i + 1) * length),
      )
      const { frames, warnings } = await read(chunks)
      expect({ frames: frames.length, warnings }).toEqual({
        frames: expected.frames.length,
        warnings: expected.warnings,
      })
    }
  })
})

describe('a damaged tar archive in gzip', () => {
  const member = (name: string, content: Uint8Array): Buffer[] => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('0000644', 100)
    header.write(`${content.length.toString(8).padStart(11, '0')} `, 124)
    header.write(' '.repeat(8), 148)
    header.write('0', 156)
    header.write('ustar\u000000', 257)
    const sum = header.reduce((total, octet) => total + octet, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148)
    return [header, Buffer.from(content), Buffer.alloc(-content.length & 511)]
  }
  const small = CAPTURE.slice(0, 24 + 5 * FRAME)
  const archive = Buffer.concat([...member('a.pcap', small), ...member('b.pcap', small), ...member('c.pcap', CAPTURE)])

  test.each([0.2, 0.5, 0.9])(
    'gives the files in front of the damage, and the start of the one it is in (%d)',
    async (part) => {
      const packed = new Uint8Array(gzipSync(archive))
      const { frames, warnings, error } = await readFile(damagedAt(packed, Math.floor(packed.length * part)))
      expect(error).toBeUndefined()
      const wanted = [...WHOLE.frames.slice(0, 5), ...WHOLE.frames.slice(0, 5), ...WHOLE.frames]
      const sound = frames.findIndex((frame, i) => frame !== wanted[i])
      expect(sound < 0 ? frames.length : sound).toBeGreaterThan(WHOLE.frames.length * (part - 0.1))
      expect(warnings.length).toBeGreaterThan(0)
    },
  )

  test('gives all files where the damage lies behind them', async () => {
    const packed = new Uint8Array(gzipSync(Buffer.concat([...member('a.pcap', small), ...member('b.pcap', small)])))
    const { frames } = await readFile(packed.slice(0, -6))
    expect(frames).toEqual([...WHOLE.frames.slice(0, 5), ...WHOLE.frames.slice(0, 5)])
  })
})

describe('a checksum that does not fit', () => {
  const last = (content: Uint8Array, fromEnd: number): Uint8Array => {
    const damaged = content.slice()
    damaged[damaged.length - fromEnd] = (damaged[damaged.length - fromEnd] ?? 0) ^ 1
    return damaged
  }

  test.each([
    ['gzip', () => new Uint8Array(gzipSync(CAPTURE)), 5],
    ['lz4', () => new Uint8Array(compressFrameSync(Buffer.from(CAPTURE), { contentChecksum: true })), 1],
    ['zstd', tool('zstd', '-q', '-c', '--check'), 1],
  ] as const)('of %s is told, with all that was read', async (_, pack, fromEnd) => {
    const packed = pack()
    if (packed === undefined) return
    const { frames, warnings } = await readFile(last(packed, fromEnd))
    expect(frames).toEqual(WHOLE.frames)
    expect(warnings).toEqual(['capture-damaged'])
  })

  test('of a stored file in a zip archive is told', async () => {
    const archive = zip([{ name: 'a.pcap', content: CAPTURE }])
    const { frames, warnings } = await readFile(damagedAt(archive, 20_000))
    expect(frames.length).toBeGreaterThan(WHOLE.frames.length - 3)
    expect(warnings).toContain('capture-damaged')
  })

  test('of the blocks of lz4 keeps the block back', async () => {
    const packed = tool('lz4', '-q', '-c', '-B4', '-BX')()
    if (packed === undefined) return
    const { frames, warnings } = await readFile(damagedAt(packed, packed.length - 2000))
    expect(frames).toEqual(WHOLE.frames.slice(0, frames.length))
    expect(frames.length).toBeGreaterThan(0)
    expect(warnings).toContain('capture-damaged')
  })
})

describe('xz', () => {
  const xz = tool('xz', '-c')()

  test.skipIf(xz === undefined)('of several streams, with padding between them, is read whole', async () => {
    const packed = xz ?? new Uint8Array(0)
    const text = new Uint8Array([...packed, ...new Uint8Array(8), ...packed])
    // The second capture begins where a record of the first would: all octets were unpacked if its start is told.
    const { frames, warnings } = await readFile(text)
    expect(frames.slice(0, WHOLE.frames.length)).toEqual(WHOLE.frames)
    expect(frames.length + warnings.length).toBeGreaterThan(WHOLE.frames.length)
  })

  test.skipIf(xz === undefined)(
    'inside xz does not wait for itself, nor a file for another that is held open',
    async () => {
      const packed = xz ?? new Uint8Array(0)
      const twice = new Uint8Array(execFileSync('xz', ['-c'], { input: packed }))
      expect((await readFile(twice)).frames).toEqual(WHOLE.frames)
      const path = join(folderWith({ x: packed }), 'x')
      const sets = await resolveInputs(['-', path], { stdin: Readable.from([packed]) })
      let records = 0
      for (const set of sets.toReversed()) await readCaptureSet(set, { record: () => records++ })
      expect(records).toBe(2 * WHOLE.frames.length)
    },
  )

  test.skipIf(xz === undefined)('with a check that is not read says so', async () => {
    const packed = tool('xz', '-c', '--check=sha256')() ?? new Uint8Array(0)
    expect((await readFile(packed)).error).toMatchObject({
      code: 'CAPTURE_CORRUPT',
      message: expect.stringContaining('--check=crc64'),
    })
  })
})

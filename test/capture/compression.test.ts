import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { describe, expect, test } from 'vitest'
import { DEFAULT_EXPANSION_LIMITS, type ExpansionLimits } from '../../src/capture/expansion.ts'
import { resolveInputs } from '../../src/capture/inputs.ts'
import { type FileSummary, readCaptureSet } from '../../src/capture/read.ts'
import { FileSource } from '../../src/capture/source.ts'
import { collect } from '../support/capture-collect.ts'
import { folderWith } from '../support/capture-folder.ts'
import { PACKED_NAMES, packedOctets } from '../support/capture-packed.ts'
import { SAMPLE_TEXT, samplePcap, samplePcapng } from '../support/capture-sample.ts'
import { concat, hex, toOctets } from '../support/packet-octets.ts'
import { hasProgram } from '../support/programs.ts'

const packed = (): readonly (readonly [string, Uint8Array])[] => [
  ['gzip', new Uint8Array(gzipSync(samplePcap(3)))],
  ...PACKED_NAMES.map((name) => [name, packedOctets(name)] as const),
]

async function read(content: Uint8Array, limits?: ExpansionLimits): Promise<{ octets: string[]; file: FileSummary }> {
  const source = new FileSource(join(folderWith({ x: content }), 'x'), content.length)
  const octets: string[] = []
  const visitor = {
    record: (record: Parameters<typeof collect>[0]) => octets.push(Buffer.from(collect(record).octets).toString('hex')),
  }
  const { files } = await readCaptureSet({ files: [source] }, visitor, { limits })
  const [file] = files
  if (file === undefined) throw new Error('No file was read')
  return { octets, file }
}

const PLAIN = await readPlain()
async function readPlain(): Promise<string[]> {
  const [set] = await resolveInputs(['-'], { stdin: Readable.from([samplePcap(3)]) })
  const octets: string[] = []
  await readCaptureSet(set ?? { files: [] }, {
    record: (r) => octets.push(Buffer.from(collect(r).octets).toString('hex')),
  })
  return octets
}

describe('a compressed capture', () => {
  test.each(packed())('of %s is the capture itself', async (name, content) => {
    const { octets, file } = await read(content)
    expect(octets).toEqual(PLAIN)
    expect(file).toMatchObject({ meta: { compression: [name], format: 'pcap' }, bytes: content.length, warnings: [] })
  })

  test.each(packed())('of %s comes through standard input, octet by octet', async (name, content) => {
    const [set] = await resolveInputs(['-'], {
      stdin: Readable.from([...content].map((octet) => Uint8Array.of(octet))),
    })
    const { files } = await readCaptureSet(set ?? { files: [] }, { record: () => undefined })
    expect(files[0]).toMatchObject({ packets: 3, meta: { compression: [name] } })
  })

  test.each(packed())('of %s fails clearly, or is read in part, at every cut', async (_, content) => {
    for (let cut = 6; cut < content.length; cut += 7) {
      const result = await read(content.slice(0, cut)).catch((error: unknown) => error)
      if (result instanceof Error) expect(result).toMatchObject({ code: 'CAPTURE_CORRUPT' })
      else expect(PLAIN).toEqual(expect.arrayContaining((result as { octets: string[] }).octets))
    }
  })

  test.each(packed())('of %s withstands overwritten octets', async (_, content) => {
    for (let at = 4; at < content.length; at += 5) {
      const bad = content.slice()
      bad.fill(0xa5, at, at + 2)
      const result = await read(bad).catch((error: unknown) => error)
      if (result instanceof Error) {
        expect(result).toMatchObject({ code: expect.stringMatching(/^CAPTURE_(CORRUPT|UNKNOWN_FORMAT|EMPTY)$/) })
      }
    }
  })

  test('of several gzip members is read whole, and stays whole with octets behind it', async () => {
    const file = samplePcap(3)
    const members = concat(gzipSync(file.slice(0, 70)), gzipSync(file.slice(70, 71)), gzipSync(file.slice(71)))
    expect((await read(members)).octets).toEqual(PLAIN)
    expect((await read(concat(members, new Uint8Array(512)))).octets).toEqual(PLAIN)
  })

  test('of several frames is read whole', async () => {
    const file = samplePcap(3)
    const frames = concat(
      compressFrameSync(Buffer.from(file.slice(0, 99))),
      hex('502a4d18 04000000 00000000'),
      compressFrameSync(Buffer.from(file.slice(99))),
    )
    expect((await read(frames)).octets).toEqual(PLAIN)
    const zstd = packedOctets('zstd')
    expect((await read(concat(hex('512a4d18 03000000 010203'), zstd))).octets).toEqual(PLAIN)
    expect((await read(concat(packedOctets('bzip2'), packedOctets('bzip2')))).file.packets).toBeGreaterThan(3)
  })

  test('may be compressed again, but not without end', async () => {
    let content: Uint8Array = samplePcap(3)
    for (let i = 0; i < 4; i++) content = new Uint8Array(gzipSync(content))
    expect((await read(content)).file).toMatchObject({
      packets: 3,
      meta: { compression: ['gzip', 'gzip', 'gzip', 'gzip'] },
    })
    await expect(read(new Uint8Array(gzipSync(content)))).rejects.toMatchObject({ code: 'CAPTURE_LIMIT' })
  })

  test('of a cut gzip file is read up to the cut', async () => {
    const whole = new Uint8Array(gzipSync(samplePcap(400)))
    const { file } = await read(whole.slice(0, whole.length - 40))
    expect(file.packets).toBeGreaterThan(300)
    expect(file.warnings).toMatchObject([
      { code: 'capture-truncated', message: expect.stringContaining('gzip data ends early') },
    ])
  })

  test.each([
    ['pcapng', samplePcapng(4), 4],
    ['text', toOctets(SAMPLE_TEXT), 2],
  ])('may be %s', async (format, content, packets) => {
    expect((await read(new Uint8Array(gzipSync(content)))).file).toMatchObject({ packets, meta: { format } })
  })

  test('of something else is no capture', async () => {
    await expect(read(new Uint8Array(gzipSync('{"a": 1}')))).rejects.toMatchObject({ code: 'CAPTURE_UNKNOWN_FORMAT' })
    await expect(read(new Uint8Array(gzipSync('')))).rejects.toMatchObject({ code: 'CAPTURE_EMPTY' })
  })
})

describe('a bomb', () => {
  const zeros = concat(samplePcap(1), new Uint8Array(40 * 2 ** 20))

  test('stops at the limit of octets, with the limit named', async () => {
    const limits = { ...DEFAULT_EXPANSION_LIMITS, maxOctets: 2 ** 20 }
    await expect(read(new Uint8Array(gzipSync(zeros)), limits)).rejects.toMatchObject({
      code: 'CAPTURE_LIMIT',
      message: expect.stringContaining('1048576 octets'),
    })
  })

  test('of zstd cannot make the decoder take a window of gigabytes', async () => {
    const frame = hex('28b52ffd 00 a8 010000')
    await expect(read(frame)).rejects.toMatchObject({
      code: 'CAPTURE_CORRUPT',
      message: expect.stringMatching(/window|memory/i),
    })
  })

  test('of lz4 cannot claim a block of gigabytes', async () => {
    await expect(read(hex('04224d18 6440a7 ffffff7f 00'))).rejects.toMatchObject({ code: 'CAPTURE_CORRUPT' })
  })
})

const TOOLS = [
  ['gzip', ['-c']],
  ['xz', ['-c', '-T2', '--block-size=65536']],
  ['zstd', ['-q', '-c', '-19']],
  ['lz4', ['-q', '-c', '-BD', '-B4']],
  ['bzip2', ['-c', '-1']],
] as const

describe.each(TOOLS)('the program %s', (tool, args) => {
  test.skipIf(!hasProgram(tool))('packs a capture of many blocks that is read whole', async () => {
    const file = samplePcap(1200)
    const content = execFileSync(tool, [...args], { input: file, maxBuffer: 2 ** 26 })
    expect((await read(new Uint8Array(content))).file).toMatchObject({ packets: 1200, warnings: [] })
  })
})

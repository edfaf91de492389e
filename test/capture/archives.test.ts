import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import tar from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { DEFAULT_EXPANSION_LIMITS, type ExpansionLimits } from '../../src/capture/expansion.ts'
import { resolveInputs } from '../../src/capture/inputs.ts'
import { readCaptureSet } from '../../src/capture/read.ts'
import { folderWith } from '../support/capture-folder.ts'
import { SAMPLE_TEXT, SAMPLE_TIME, samplePcap, samplePcapng } from '../support/capture-sample.ts'
import { zip } from '../support/capture-zip.ts'
import { toOctets } from '../support/packet-octets.ts'

type Members = readonly (readonly [name: string, content: Uint8Array])[]

const MEMBERS: Members = [
  ['a.pcap', samplePcap(3)],
  ['logs/b.pcapng', samplePcapng(4)],
  ['c.pcap.gz', new Uint8Array(gzipSync(samplePcap(5)))],
  ['d.txt', toOctets(SAMPLE_TEXT)],
  ['README.md', toOctets('Nothing to see here\n')],
  ['empty', new Uint8Array(0)],
]
const PACKETS = { 'a.pcap': 3, 'logs/b.pcapng': 4, 'c.pcap.gz': 5, 'd.txt': 2 }
const SKIPPED = { 'README.md': 'not-a-capture', empty: 'empty' }

async function tarOf(members: Members): Promise<Uint8Array> {
  const pack = tar.pack()
  for (const [name, content] of members) pack.entry({ name }, Buffer.from(content))
  pack.entry({ name: 'folder', type: 'directory' })
  pack.entry({ name: 'link', type: 'symlink', linkname: '/etc/passwd' })
  pack.finalize()
  return new Uint8Array(await buffer(pack))
}

const zipOf = (members: Members): Uint8Array => zip(members.map(([name, content]) => ({ name, content })))

interface Result {
  readonly packets: Record<string, number>
  readonly skipped: Record<string, string>
  readonly warnings: readonly string[]
}

/** What an archive holds, with the archive's own name left out. */
async function look(content: Uint8Array, options: { limits?: ExpansionLimits; stdin?: boolean } = {}): Promise<Result> {
  const path = join(folderWith({ 'x.archive': content }), 'x.archive')
  const name = options.stdin ? '-' : path
  const short = (file: string): string => file.replace(`${name}:`, '')
  const skipped: Record<string, string> = {}
  const sets = await resolveInputs([name], {
    stdin: Readable.from([content]),
    limits: options.limits ?? DEFAULT_EXPANSION_LIMITS,
    onSkipped: (file, reason) => {
      skipped[short(file)] = reason
    },
  })
  const packets: Record<string, number> = {}
  const warnings: string[] = []
  for (const set of sets) {
    const { files } = await readCaptureSet(set, { record: () => undefined })
    for (const { meta, packets: count, warnings: found } of files) {
      packets[short(meta.file)] = count
      warnings.push(...found.map(({ code }) => code))
    }
  }
  return { packets, skipped, warnings }
}

const ARCHIVES: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
  ['zip', async () => zipOf(MEMBERS)],
  ['tar', () => tarOf(MEMBERS)],
  ['tar.gz', async () => new Uint8Array(gzipSync(await tarOf(MEMBERS)))],
  ['zip.gz', async () => new Uint8Array(gzipSync(zipOf(MEMBERS)))],
]

describe.each(ARCHIVES)('an archive of captures: %s', (_, build) => {
  test('is looked into, and what is no capture is set aside', async () => {
    expect(await look(await build())).toEqual({ packets: PACKETS, skipped: SKIPPED, warnings: [] })
  })

  test('may come through standard input', async () => {
    expect(await look(await build(), { stdin: true })).toMatchObject({ packets: PACKETS })
  })

  test('fails clearly, or is read in part, at every cut', async () => {
    const whole = await build()
    for (let cut = 20; cut < whole.length; cut += 97) {
      const result = await look(whole.slice(0, cut)).catch((error: unknown) => error)
      if (result instanceof Error) expect(result).toMatchObject({ code: expect.stringMatching(/^CAPTURE_/) })
    }
  })

  test('stops at the limit of files', async () => {
    const limits = { ...DEFAULT_EXPANSION_LIMITS, maxEntries: 3 }
    await expect(look(await build(), { limits })).rejects.toMatchObject({
      code: 'CAPTURE_LIMIT',
      message: expect.stringContaining('more than 3 files'),
    })
  })

  test('leaves nothing behind on disk', async () => {
    await look(await build())
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`masqcheck-${process.pid}-`))).toEqual([])
  })
})

describe('archives', () => {
  test('in archives are looked into, but not without end', async () => {
    const inner = await tarOf([['a.pcap', samplePcap(3)]])
    const outer = zipOf([['inner.tgz', new Uint8Array(gzipSync(inner))]])
    expect((await look(outer)).packets).toEqual({ 'inner.tgz:a.pcap': 3 })
    let nested = outer
    for (let i = 0; i < 3; i++) nested = zipOf([['x.zip', nested]])
    await expect(look(nested)).rejects.toMatchObject({
      code: 'CAPTURE_LIMIT',
      message: expect.stringContaining('nested'),
    })
  })

  test('with a rotated set inside are one capture', async () => {
    const members: Members = [
      ['cap.pcap1', samplePcap(3, SAMPLE_TIME + 10)],
      ['cap.pcap', samplePcap(3, SAMPLE_TIME)],
    ]
    for (const content of [zipOf(members), await tarOf(members)]) {
      const path = join(folderWith({ x: content }), 'x')
      const sets = await resolveInputs([path])
      expect(sets.map(({ files }) => files.map(({ name }) => name))).toEqual([
        [`${path}:cap.pcap`, `${path}:cap.pcap1`],
      ])
      expect((await readCaptureSet(sets[0] ?? { files: [] }, { record: () => undefined })).files).toHaveLength(2)
    }
  })

  test('without a capture are none', async () => {
    const content = zipOf([['README.md', toOctets('nothing')]])
    await expect(look(content)).rejects.toMatchObject({ code: 'CAPTURE_UNKNOWN_FORMAT' })
    await expect(look(zipOf([]))).rejects.toMatchObject({ code: 'CAPTURE_UNKNOWN_FORMAT' })
    const folder = folderWith({ 'x.zip': content, 'a.pcap': samplePcap() })
    const skipped: string[] = []
    const sets = await resolveInputs([folder], {
      onSkipped: (file, reason) => skipped.push(`${file.slice(folder.length + 1)} ${reason}`),
    })
    expect(sets).toHaveLength(1)
    expect(skipped).toEqual(['x.zip:README.md not-a-capture', 'x.zip archive-without-captures'])
  })

  test('may give their files any name: names are labels, not places', async () => {
    const members: Members = [
      ['../../evil.pcap', samplePcap(1)],
      ['/etc/evil.pcap', samplePcap(2)],
      ['a\\b.pcap', samplePcap(3)],
    ]
    for (const content of [zipOf(members), await tarOf(members)]) {
      expect(Object.values((await look(content)).packets)).toEqual([1, 2, 3])
    }
  })

  test('with encrypted files are read but for these', async () => {
    const content = zip([
      { name: 'secret.pcap', content: samplePcap(1), encrypted: true },
      { name: 'open.pcap', content: samplePcap(2) },
    ])
    expect(await look(content)).toMatchObject({ packets: { 'open.pcap': 2 }, skipped: { 'secret.pcap': 'encrypted' } })
  })

  test('that lie about a size are not believed', async () => {
    const content = zip([{ name: 'a.pcap', content: samplePcap(2), claimedSize: 2 ** 31 }])
    await expect(look(content)).rejects.toMatchObject({ code: expect.stringMatching(/^CAPTURE_(CORRUPT|LIMIT)$/) })
  })

  test('cut before the table of contents of a zip are refused, with a way to rescue them', async () => {
    const content = zipOf(MEMBERS)
    for (const length of [40, content.length >> 1, content.length - 22])
      await expect(look(content.slice(0, length))).rejects.toMatchObject({
        code: 'CAPTURE_CORRUPT',
        message: expect.stringMatching(/^\S*x\.archive: .*ends before its table of contents: .*zip -FF/),
      })
  })

  test('that would fill the disk stop at a limit', async () => {
    const limits = { ...DEFAULT_EXPANSION_LIMITS, maxSpool: 400 }
    for (const content of [await tarOf(MEMBERS), new Uint8Array(gzipSync(zipOf(MEMBERS)))]) {
      await expect(look(content, { limits })).rejects.toMatchObject({
        code: 'CAPTURE_LIMIT',
        message: expect.stringContaining('400 octets'),
      })
    }
  })
})

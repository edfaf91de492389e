import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CrossChecker } from '../../src/capture/cross-check.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import { readCaptureSet } from '../../src/capture/read.ts'
import { FileSource } from '../../src/capture/source.ts'
import { documentSchema } from '../../src/report/records/schemas.ts'
import { CORPORA, capturesOf } from '../support/capture-corpus.ts'
import { folderWith } from '../support/capture-folder.ts'
import { SAMPLE_TEXT, samplePcap, samplePcapng } from '../support/capture-sample.ts'
import { concat, hex, uints } from '../support/packet-octets.ts'
import { runCli } from '../support/report-cli.ts'

async function check(content: Uint8Array | string) {
  const path = join(folderWith({ x: content }), 'x')
  const { files } = await readCaptureSet(
    { files: [new FileSource(path)] },
    { record: () => undefined },
    { crossCheck: true },
  )
  const result = files[0]?.crossCheck
  return { records: result?.records, unchecked: result?.unchecked }
}

describe('a second reading through pcap-parser', () => {
  test.each([
    ['little-endian', samplePcap(40)],
    ['big-endian', samplePcap(40, 0, { bigEndian: true })],
    ['cut by a snap length', samplePcap(40, 0, { snapLength: 68 })],
  ])('agrees on a file that is %s', async (_, content) => {
    expect(await check(content)).toEqual({ records: 40, unchecked: null })
  })

  test.each([
    ['nanoseconds', samplePcap(4, 0, { nano: true }), /nanoseconds/],
    ['pcapng', samplePcapng(4), /classic pcap only/],
    ['text', SAMPLE_TEXT, /classic pcap only/],
    ['another version', samplePcap(4).fill(3, 6, 7), /version 2\.3/],
    [
      "Kuznetzov's records",
      concat(
        hex('a1b2cd34 0002 0004 00000000 00000000 0000ffff 00000001'),
        uints([32, 1], [32, 1], [32, 1], [32, 1]),
        hex('00000003 0800 0000 ff'),
      ),
      /patched/,
    ],
  ])('says that it could not check %s', async (_, content, reason) => {
    expect(await check(content)).toEqual({ records: 0, unchecked: expect.stringMatching(reason) })
  })

  test('is told among the warnings of the file', async () => {
    const source = new FileSource(join(folderWith({ x: samplePcap(40) }), 'x'))
    const { files } = await readCaptureSet({ files: [source] }, { record: () => undefined }, { crossCheck: true })
    expect(files[0]?.warnings).toMatchObject([
      { code: 'cross-checked', message: expect.stringContaining('40 records') },
    ])
  })

  test('checks a damaged file up to the damage, and no lying length makes it grow', async () => {
    const file = samplePcap(2000)
    const view = new DataView(file.buffer)
    let at = 24
    for (let i = 0; i < 100; i++) at += 16 + view.getUint32(at + 8, true)
    view.setUint32(at + 8, 0x7fff_ffff, true)
    expect(await check(file)).toEqual({ records: 100, unchecked: `damaged from octet ${at} on` })
    expect(await check(samplePcap(9).slice(0, -1))).toEqual({
      records: 8,
      unchecked: expect.stringContaining('damaged'),
    })
  })

  test.each([
    ['the time', 24, /Record 1: .*the time: 1754049388\.000000 here, 1754049389\.000000 with/],
    ['the original length', 36, /Record 1: .*the original length: 60 here, 61 with/],
    ['octet 3', 43, /Record 1: .*octet 3: /],
  ])('fails on %s', (_, at, message) => {
    // Disagreement cannot be had from one file: the package is given another one.
    const ours = samplePcap(3)
    const theirs = ours.slice()
    theirs[at] = (theirs[at] ?? 0) + 1
    const reader = new PcapReader('x.pcap')
    const checker = new CrossChecker('x.pcap', reader)
    checker.push(theirs)
    reader.push(ours)
    reader.end()
    expect(reader.next()).toBe(true)
    expect(() => checker.check(reader.record)).toThrow(expect.objectContaining({ code: 'CROSS_CHECK_FAILED' }))
    expect(() => new CrossChecker('x', reader)).not.toThrow()
    expect(() => recheck(theirs, ours)).toThrow(message)
  })

  test('fails on a record that only one of the two has', () => {
    expect(() => recheck(samplePcap(2), samplePcap(3))).toThrow(/Record 3: .*present here, absent with/)
    expect(() => recheck(samplePcap(3), samplePcap(2))).toThrow(/Record 3: .*absent here, present with/)
  })

  test.skipIf(CORPORA.length === 0)('agrees on every capture of the corpora that it can read', async () => {
    let checked = 0
    for (const path of CORPORA.flatMap(capturesOf)) {
      const result = await check(readFileSync(path))
      if (result.unchecked !== null)
        expect([basename(path), result.unchecked]).toEqual([basename(path), expect.not.stringContaining('damaged')])
      else checked++
    }
    expect(checked).toBeGreaterThan(100)
  })
})

describe('the record of a capture', () => {
  async function records(...argv: readonly string[]): Promise<unknown[]> {
    const folder = folderWith({
      'a.pcap': samplePcap(9),
      'b.pcap': samplePcap(9).slice(0, -1),
      'c.pcapng': samplePcapng(4),
    })
    const { stdout } = await runCli([
      'analyze',
      ...['a.pcap', 'b.pcap', 'c.pcapng'].map((name) => join(folder, name)),
      ...argv,
    ])
    const { captures } = documentSchema.parse(JSON.parse(stdout))
    return captures.map(({ crossCheck }) => crossCheck)
  }
  const all = ['--format', 'json', '--pod-cidr', '10.244.0.0/16', '--fail-on', 'never']

  test('says how many records both readers read alike, and why not all', async () => {
    expect(await records('--cross-check', ...all)).toEqual([
      { records: 9, unchecked: [] },
      {
        records: 8,
        unchecked: [{ file: expect.stringContaining('b.pcap'), reason: expect.stringContaining('damaged') }],
      },
      {
        records: 0,
        unchecked: [
          { file: expect.stringContaining('c.pcapng'), reason: expect.stringContaining('classic pcap only') },
        ],
      },
    ])
  })

  test('says nothing of it where nobody asked', async () => {
    expect(await records(...all)).toEqual([undefined, undefined, undefined])
  })
})

function recheck(theirs: Uint8Array, ours: Uint8Array): void {
  const reader = new PcapReader('x.pcap')
  const checker = new CrossChecker('x.pcap', reader)
  checker.push(theirs)
  reader.push(ours)
  reader.end()
  while (reader.next()) checker.check(reader.record)
  checker.end()
}

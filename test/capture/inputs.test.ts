import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { DEFAULT_EXPANSION_LIMITS } from '../../src/capture/expansion.ts'
import { type CaptureSet, type InputOptions, resolveInputs } from '../../src/capture/inputs.ts'
import { readCaptureSet } from '../../src/capture/read.ts'
import { folderWith } from '../support/capture-folder.ts'
import { SAMPLE_TEXT, SAMPLE_TIME, samplePcap, samplePcapng } from '../support/capture-sample.ts'

type Files = Readonly<Record<string, Uint8Array | string>>

/** Resolves names relative to a folder; what comes back is relative to it again. */
async function find(files: Files, args: readonly string[], options: InputOptions = {}) {
  const folder = folderWith(files)
  const skipped: Record<string, string> = {}
  const short = (name: string): string => (name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : name)
  const sets = await resolveInputs(
    args.map((arg) => (arg === '-' ? arg : join(folder, arg))),
    {
      ...options,
      at: (options.at ?? []).map((at) => at.replace('@/', `${folder}/`)),
      onSkipped: (file, reason) => {
        skipped[short(file)] = reason
      },
    },
  )
  return { folder, sets, skipped, names: sets.map((set: CaptureSet) => set.files.map(({ name }) => short(name))) }
}

const PCAP = samplePcap()
const CAPTURES: Files = {
  'b.pcap': PCAP,
  'a.txt': SAMPLE_TEXT,
  'sub/c.pcapng': samplePcapng(),
  'sub/deep/d.pcap': PCAP,
}

describe('resolveInputs() finds', () => {
  test('files, in the order they are named', async () => {
    const { names, sets } = await find(CAPTURES, ['b.pcap', 'a.txt'])
    expect(names).toEqual([['b.pcap'], ['a.txt']])
    expect(
      sets.map(({ format, declaredPoint, cluster, timeZone }) => [format, declaredPoint, cluster, timeZone]),
    ).toEqual([
      ['pcap', null, [], null],
      ['text', null, [], null],
    ])
  })

  test('files of folders, in natural order', async () => {
    const files = { ...CAPTURES, 'n10.txt': SAMPLE_TEXT, 'n9.txt': SAMPLE_TEXT }
    expect((await find(files, ['.'])).names.flat()).toEqual([
      'a.txt',
      'b.pcap',
      'n9.txt',
      'n10.txt',
      'sub/c.pcapng',
      'sub/deep/d.pcap',
    ])
  })

  test('files of globs', async () => {
    expect((await find(CAPTURES, ['*.pcap'])).names).toEqual([['b.pcap']])
    expect((await find(CAPTURES, ['**/*.pcap*'])).names.flat()).toEqual(['b.pcap', 'sub/c.pcapng', 'sub/deep/d.pcap'])
  })

  test('a file whose name looks like a glob', async () => {
    expect((await find({ 'x[1].pcap': PCAP }, ['x[1].pcap'])).names).toEqual([['x[1].pcap']])
  })

  test('standard input', async () => {
    const { sets, names } = await find({}, ['-'], { stdin: Readable.from([PCAP]), at: ['-=node/n1'] })
    expect(names).toEqual([['-']])
    expect(sets[0]).toMatchObject({ declaredPoint: 'node/n1', pointBasis: 'option' })
  })

  test('a pipe, as the shell makes one of <(ssh node tcpdump -w - …)', async () => {
    const pipe = join(folderWith({}), 'pipe')
    execFileSync('mkfifo', [pipe])
    const writer = spawn('sh', ['-c', `cat > '${pipe}'`], { stdio: ['pipe', 'ignore', 'ignore'] })
    writer.stdin.end(PCAP)
    const [set] = await resolveInputs([pipe])
    if (set === undefined) throw new Error('no capture')
    const { files } = await readCaptureSet(set, { record: () => undefined })
    expect(files).toMatchObject([{ packets: 3, meta: { file: pipe, format: 'pcap' } }])
  })

  test('each file once', async () => {
    const { names, skipped } = await find(CAPTURES, ['b.pcap', '.', 'sub'])
    expect(names.flat()).toEqual(['b.pcap', 'a.txt', 'sub/c.pcapng', 'sub/deep/d.pcap'])
    expect(skipped).toMatchObject({ 'b.pcap': 'given-twice', 'sub/c.pcapng': 'given-twice' })
  })

  test('what lies behind links, and the way out of a ring of them', async () => {
    const folder = folderWith({ 'real/a.pcap': PCAP })
    mkdirSync(join(folder, 'links'))
    symlinkSync(join(folder, 'real'), join(folder, 'links/real'))
    symlinkSync(folder, join(folder, 'real/up'))
    symlinkSync('nowhere', join(folder, 'links/broken'))
    expect(await resolveInputs([join(folder, 'links')])).toHaveLength(1)
  })
})

describe('resolveInputs() sets aside', () => {
  test('what is no capture in a folder, with the reason', async () => {
    const files = {
      'a.pcap': PCAP,
      '.hidden.pcap': PCAP,
      '.git/x.pcap': PCAP,
      'README.md': '# Captures\n',
      'nodes.json': '{"items": []}',
      'empty.pcap': '',
      'cut.pcap.gz': Uint8Array.of(0x1f, 0x8b, 8, 0, 0),
    }
    const { names, skipped } = await find(files, ['.'])
    expect(names).toEqual([['a.pcap']])
    expect(skipped).toEqual({
      '.hidden.pcap': 'hidden',
      '.git': 'hidden',
      'README.md': 'not-a-capture',
      'nodes.json': 'not-a-capture',
      'empty.pcap': 'empty',
      'cut.pcap.gz': 'unreadable',
    })
  })

  test('a folder without captures, if there are captures elsewhere', async () => {
    const { names, skipped } = await find({ ...CAPTURES, 'meta/nodes.json': '{}' }, ['b.pcap', 'meta'])
    expect(names).toEqual([['b.pcap']])
    expect(Object.values(skipped)).toContain('no-captures')
  })
})

describe('resolveInputs() fails on', () => {
  test.each([
    ['a missing file', ['nope.pcap'], 'CAPTURE_NOT_FOUND'],
    ['a glob that matches nothing', ['*.cap'], 'CAPTURE_NOT_FOUND'],
    ['an empty file', ['empty'], 'CAPTURE_EMPTY'],
    ['a file that is no capture', ['meta/nodes.json'], 'CAPTURE_UNKNOWN_FORMAT'],
    ['a folder that holds none', ['meta'], 'CAPTURE_NOT_FOUND'],
    ['a file taken for a folder', ['empty/x'], 'CAPTURE_NOT_FOUND'],
  ])('%s', async (_, args, code) => {
    await expect(find({ empty: '', 'meta/nodes.json': '{}' }, args)).rejects.toMatchObject({ code })
  })

  test('no argument, and standard input where there is none', async () => {
    await expect(resolveInputs([])).rejects.toMatchObject({ code: 'USAGE' })
    await expect(resolveInputs(['-'])).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a folder of more files than the limit', async () => {
    const limits = { ...DEFAULT_EXPANSION_LIMITS, maxEntries: 3 }
    await expect(find(CAPTURES, ['.'], { limits })).rejects.toMatchObject({ code: 'CAPTURE_LIMIT' })
  })
})

describe('points', () => {
  test.each([
    ['by name', ['a.txt=external'], [null, 'external']],
    ['by path', ['@/b.pcap=pod/default/curl'], ['pod/default/curl', null]],
    ['for all but one', ['node/n1', 'a.txt=external'], ['node/n1', 'external']],
  ])('are given %s', async (_, at, expected) => {
    const { sets } = await find(CAPTURES, ['b.pcap', 'a.txt'], { at })
    expect(sets.map(({ declaredPoint }) => declaredPoint)).toEqual(expected)
  })

  test('for no capture, or of no known form, are refused', async () => {
    await expect(find(CAPTURES, ['b.pcap'], { at: ['x.pcap=node/n1'] })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(find(CAPTURES, ['b.pcap'], { at: ['eth0'] })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('captures.yaml', () => {
  const YAML = `cluster: meta
timezone: Europe/Berlin
captures:
  - file: b.pcap
    point: node/n1:eth0
    description: On the node
  - file: 'sub/**/*.pcap*'
    point: external
    timezone: UTC
`
  const files: Files = { ...CAPTURES, 'captures.yaml': YAML, 'meta/tcpdump.txt': SAMPLE_TEXT }

  test('speaks of the captures beside it and below, and names metadata that is none of them', async () => {
    const { folder, sets, names, skipped } = await find(files, ['.'])
    expect(names.flat()).toEqual(['a.txt', 'b.pcap', 'sub/c.pcapng', 'sub/deep/d.pcap'])
    const cluster = [resolve(folder, 'meta')]
    expect(sets).toMatchObject([
      { declaredPoint: null, pointBasis: null, timeZone: 'Europe/Berlin', cluster },
      { declaredPoint: 'node/n1:eth0', pointBasis: 'captures.yaml', description: 'On the node', cluster },
      { declaredPoint: 'external', timeZone: 'UTC' },
      { declaredPoint: 'external', timeZone: 'UTC' },
    ])
    expect(skipped).toEqual({ meta: 'cluster-metadata' })
  })

  test('speaks of a file that is named alone', async () => {
    expect((await find(files, ['b.pcap'])).sets).toMatchObject([{ declaredPoint: 'node/n1:eth0' }])
  })

  test('yields to --at', async () => {
    const { sets } = await find(files, ['b.pcap'], { at: ['pod/default/curl'] })
    expect(sets).toMatchObject([{ declaredPoint: 'pod/default/curl', pointBasis: 'option' }])
  })

  test('stands, as an argument, for the captures it names', async () => {
    const { sets } = await find(files, ['captures.yaml'])
    expect(sets.map(({ declaredPoint }) => declaredPoint)).toEqual(['node/n1:eth0', 'external', 'external'])
  })

  test.each([
    [
      'a file that is not there',
      'captures:\n  - file: gone.pcap\n',
      'captures.yaml:2: There is no capture "gone.pcap"',
    ],
    ['a pattern that matches nothing', 'captures:\n  - file: "*.cap"\n', 'captures.yaml:2: No file matches "*.cap"'],
    ['what cannot be understood', 'captures: 5\n', 'captures.yaml:1: captures:'],
  ])('may not name %s', async (_, yaml, message) => {
    await expect(find({ ...CAPTURES, 'captures.yaml': yaml }, ['.'])).rejects.toMatchObject({
      code: 'CAPTURES_YAML_BAD',
      message: expect.stringContaining(message),
    })
  })

  test('may not name a file that is no capture', async () => {
    const bad = { 'captures.yaml': 'captures:\n  - file: x.json\n', 'x.json': '{}', 'a.pcap': PCAP }
    await expect(find(bad, ['.'])).rejects.toMatchObject({ code: 'CAPTURE_UNKNOWN_FORMAT' })
  })
})

describe('rotated files', () => {
  const rotated: Files = {
    'cap.pcap2': samplePcap(4, SAMPLE_TIME + 20),
    'cap.pcap': samplePcap(4, SAMPLE_TIME),
    'cap.pcap1': samplePcap(4, SAMPLE_TIME + 10),
    'other.pcap': samplePcap(4, SAMPLE_TIME),
  }
  const SET = ['cap.pcap', 'cap.pcap1', 'cap.pcap2']

  test('are one capture, in order of time', async () => {
    const { names, sets } = await find(rotated, ['.'])
    expect(names).toEqual([SET, ['other.pcap']])
    const times: number[] = []
    await readCaptureSet(sets[0] ?? { files: [] }, { record: ({ timeSec }) => times.push(timeSec) })
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times).toHaveLength(12)
  })

  test('are one capture however they are named', async () => {
    expect((await find(rotated, ['cap.pcap1', 'cap.pcap2', 'cap.pcap'])).names).toEqual([SET])
  })

  test('are one capture when a ring was written round', async () => {
    const ring = {
      'r0.pcap0': samplePcap(3, SAMPLE_TIME + 90),
      'r0.pcap1': samplePcap(3, SAMPLE_TIME),
      'r0.pcap2': samplePcap(3, SAMPLE_TIME + 30),
    }
    expect((await find(ring, ['.'])).names).toEqual([['r0.pcap1', 'r0.pcap2', 'r0.pcap0']])
  })

  test('may end with one that holds nothing yet', async () => {
    expect((await find({ ...rotated, 'cap.pcap3': samplePcap(0) }, ['.'])).names[0]).toEqual([...SET, 'cap.pcap3'])
  })

  test('of dumpcap are one capture with one table of interfaces', async () => {
    const ring = {
      'ring_00001_20250801115628.pcapng': samplePcapng(3, SAMPLE_TIME),
      'ring_00002_20250801115728.pcapng': samplePcapng(3, SAMPLE_TIME + 60),
    }
    const { sets } = await find(ring, ['.'])
    expect(sets).toHaveLength(1)
    const indexes = new Set<number>()
    await readCaptureSet(sets[0] ?? { files: [] }, { record: ({ interfaceIndex }) => indexes.add(interfaceIndex) })
    expect([...indexes]).toEqual([0])
  })

  test('of large size are known by their two ends', async () => {
    const large = (from: number) => samplePcap(2600, from)
    const files = { 'big.pcap': large(SAMPLE_TIME), 'big.pcap1': large(SAMPLE_TIME + 2600) }
    expect(files['big.pcap'].length).toBeGreaterThan(3.3 * 2 ** 20)
    expect((await find(files, ['.'])).names).toEqual([['big.pcap', 'big.pcap1']])
    const overlapping = { 'big.pcap': large(SAMPLE_TIME), 'big.pcap1': large(SAMPLE_TIME + 2500) }
    expect((await find(overlapping, ['.'])).names).toHaveLength(2)
  })

  test.each([
    ['their times overlap', { 'c.pcap': samplePcap(9, SAMPLE_TIME), 'c.pcap1': samplePcap(9, SAMPLE_TIME + 4) }, []],
    ['link types differ', { 'c.pcap': PCAP, 'c.pcap1': samplePcap(3, SAMPLE_TIME + 9, { linkType: 113 }) }, []],
    ['formats differ', { 'c.pcap': PCAP, 'c.pcap1': samplePcapng(3, SAMPLE_TIME + 9) }, []],
    ['they are text', { c: SAMPLE_TEXT, c1: SAMPLE_TEXT }, []],
    ['folders differ', { 'x/c.pcap': PCAP, 'y/c.pcap1': samplePcap(3, SAMPLE_TIME + 9) }, []],
    ['points differ', { 'c.pcap': PCAP, 'c.pcap1': samplePcap(3, SAMPLE_TIME + 9) }, ['c.pcap=external']],
    ['they are nodes', { 'node1.pcap': PCAP, 'node2.pcap': samplePcap(3, SAMPLE_TIME + 9) }, []],
    ['they are devices', { eth0: PCAP, eth1: samplePcap(3, SAMPLE_TIME + 9) }, []],
    ['one cannot be read', { 'c.pcap': PCAP, 'c.pcap1.gz': Uint8Array.of(0x1f, 0x8b, 8, 0) }, []],
  ] as const)('are captures of their own where %s', async (_, files, at) => {
    const { names } = await find(files, ['.'], { at })
    expect(names.every((set) => set.length === 1)).toBe(true)
    expect(names.length).toBeGreaterThan(0)
  })
})

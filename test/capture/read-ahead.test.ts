import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { ReadAhead, type RecordForm } from '../../src/capture/read-ahead.ts'
import { SharedMemory } from '../../src/core/shared-memory.ts'
import { compile } from '../../src/flow/fast-path/compile.ts'
import { CODE } from '../../src/flow/fast-path/frames.generated.ts'
import { Random } from '../fuzz/random.ts'
import { beginAhead, openFileOf } from '../support/ahead-stream.ts'
import { pcapngOf, pcapOf } from '../support/fast-path-files.ts'
import { randomTraffic } from '../support/fast-path-traffic.ts'

const PCAP: RecordForm = { gather: 'gatherPcap', options: [1000] }
const FILE_HEADER = 24
const RECORD_WORDS = 16

function makeReadAhead(formOf: () => RecordForm | null = () => PCAP): ReadAhead {
  const memory = SharedMemory.create()
  if (memory === null) throw new Error('no shared memory on this machine')
  const ahead = new ReadAhead(memory, { module: compile(CODE), seed: 1, recordWords: RECORD_WORDS }, formOf)
  onTestFinished(() => ahead.close())
  return ahead
}

async function fdOf(octets: Uint8Array): Promise<number> {
  const handle = await openFileOf(octets)
  onTestFinished(() => handle.close())
  return handle.fd
}

function noise(length: number): Uint8Array {
  const random = new Random(length)
  return Uint8Array.from({ length }, () => random.below(256))
}

/** Digest of what comes up to the end. */
async function digestOfRest(ahead: ReadAhead): Promise<string> {
  const hash = createHash('sha256')
  for (let chunk = await ahead.next(); chunk !== undefined; chunk = await ahead.next()) hash.update(chunk)
  return hash.digest('hex')
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex')

test('ReadAhead hands over a file from a position to its end, through its ring several times, and another one after that', async () => {
  const ahead = makeReadAhead()
  for (const [length, position] of [
    [5_000_000, 1234],
    [3_000_001, 0],
    [100, 100],
  ] as const) {
    const octets = noise(length)
    expect(await beginAhead(ahead, await fdOf(octets), position, position)).toBe(true)
    expect(await digestOfRest(ahead)).toBe(digestOf(octets.subarray(position)))
    expect(await ahead.next()).toBeUndefined()
    await ahead.stop()
  }
})

const FRAMES = randomTraffic({ seed: 3, packets: 12_000, oddness: 0 })
const MILLISECONDS: RecordForm = { gather: 'gatherPcapng', options: [0, 1000] }

test.each<[string, RecordForm, Uint8Array, (view: DataView, at: number) => number]>([
  ['pcap', PCAP, pcapOf(FRAMES), (view, at) => (at === 0 ? FILE_HEADER : 16 + view.getUint32(at + 8, true))],
  [
    'pcapng',
    MILLISECONDS,
    pcapngOf(FRAMES.map((frame) => ({ ...frame, second: BigInt(frame.sec) }))),
    (view, at) => view.getUint32(at + 4, true),
  ],
])(
  'ReadAhead names the plain records of each chunk of %s where they begin, those behind a cut record, too',
  async (_, form, file, lengthAt) => {
    const view = new DataView(file.buffer, file.byteOffset, file.length)
    const starts: number[] = []
    for (let at = 0; at < file.length; at += lengthAt(view, at)) starts.push(at)
    const known = new Set(starts)
    const ahead = makeReadAhead(() => form)
    // The record at `first` began before the octets that are wanted, its header among them.
    const first = starts[6] as number
    expect(await beginAhead(ahead, await fdOf(file), first + 7, first)).toBe(true)
    let position = first + 7
    let gathered = 0
    for (let chunk = await ahead.next(); chunk !== undefined; chunk = await ahead.next()) {
      const words = new Uint32Array(chunk.buffer, ahead.firstRecord, (ahead.endOfRecords - ahead.firstRecord) / 4)
      for (let at = 0; at < words.length; at += RECORD_WORDS) {
        expect(known.has((words[at] as number) - chunk.byteOffset + position)).toBe(true)
        gathered++
      }
      position += chunk.length
    }
    expect(position).toBe(file.length)
    expect(ahead.chunks).toBeGreaterThan(2)
    expect(gathered).toBeGreaterThan(0.9 * starts.length)
  },
)

test('ReadAhead reads on where nothing tells where a record begins', async () => {
  const octets = noise(2_000_000)
  const ahead = makeReadAhead()
  expect(await beginAhead(ahead, await fdOf(octets), 1000, 0)).toBe(true)
  expect(await digestOfRest(ahead)).toBe(digestOf(octets.subarray(1000)))
})

test('ReadAhead that is stopped writes nothing more, hands over nothing, and can begin again', async () => {
  const octets = noise(6_000_000)
  const ahead = makeReadAhead()
  const fd = await fdOf(octets)
  expect(await beginAhead(ahead, fd, 0, 0)).toBe(true)
  const chunk = (await ahead.next()) as Uint8Array
  expect(ahead.begin(fd, 0, 0)).toBe(false)
  await ahead.stop()
  const before = digestOf(chunk)
  chunk.fill(1)
  expect(await ahead.next()).toBeUndefined()
  expect([...new Set(chunk)]).toEqual([1])
  expect(ahead.begin(fd, 0, 0)).toBe(true)
  expect(digestOf((await ahead.next()) as Uint8Array)).toBe(before)
})

test('ReadAhead ends where a file cannot be read', async () => {
  const ahead = makeReadAhead()
  const handle = await openFileOf(noise(10))
  const { fd } = handle
  await handle.close()
  expect(await beginAhead(ahead, fd, 0, 0)).toBe(true)
  expect(await ahead.next()).toBeUndefined()
})

test('ReadAhead begins nothing before it is known what the records are like, and nothing once it is closed', async () => {
  let form: RecordForm | null = null
  const ahead = makeReadAhead(() => form)
  const fd = await fdOf(noise(100))
  expect(ahead.begin(fd, 0, 0)).toBe(false)
  form = PCAP
  expect(await beginAhead(ahead, fd, 0, 0)).toBe(true)
  await ahead.close()
  expect(await ahead.next()).toBeUndefined()
  expect(ahead.begin(fd, 0, 0)).toBe(false)
})

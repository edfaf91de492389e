import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ContainerReader } from '../../src/capture/container-reader.ts'
import { detect } from '../../src/capture/detect.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import { PcapngReader } from '../../src/capture/pcapng.ts'
import { readAll } from '../support/capture-collect.ts'
import { CORPORA, capturesOf } from '../support/capture-corpus.ts'
import { randomOf } from '../support/capture-random.ts'

/** Octets between two cuts. */
const CUT_STEP = 7
/** Files beyond this size are cut less often, for the work grows with its square; octets. */
const LARGE = 32 * 1024
const OVERWRITES = 25

/** Fractions of a second beyond a second are carried over here and printed as they are there. */
const ODD_TIMES: ReadonlySet<string> = new Set(['timestamp_invalid_micro.pcap', 'timestamp_invalid_nano.pcap'])

function readerOf(octets: Uint8Array): ContainerReader {
  const detected = detect(octets, true)
  if (detected?.kind !== 'capture') throw new Error(`Not a capture but ${detected?.kind}`)
  return detected.format === 'pcapng' ? new PcapngReader('corpus') : new PcapReader('corpus')
}

/** Reads what may be damaged. @returns How many records came of it. */
function survive(octets: Uint8Array, cuts: readonly number[] = []): number {
  const detected = detect(octets.subarray(0, 16), false)
  const isPcapng = detected?.kind === 'capture' && detected.format === 'pcapng'
  const reader = isPcapng ? new PcapngReader('damaged') : new PcapReader('damaged')
  let count = 0
  const drain = (): void => {
    while (reader.next()) {
      count++
      const { start, end, buffer, view } = reader.record
      if (start < 0 || end < start || end > buffer.length || view.byteLength !== buffer.length) {
        throw new RangeError(`A record from ${start} to ${end} in ${buffer.length} octets`)
      }
    }
  }
  const edges = [0, ...[...cuts].sort((a, b) => a - b), octets.length]
  edges.slice(1).forEach((edge, i) => {
    reader.push(octets.subarray(edges[i], edge))
    drain()
  })
  reader.end()
  drain()
  if (reader.warnings.length > 10) throw new RangeError(`${reader.warnings.length} warnings`)
  return count
}

/** Output of a program; `undefined` where there is no such program. Some exit with an error behind the last good packet. */
function outputOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 }).toString()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

const hasTshark = outputOf('tshark', ['--version']) !== undefined
const hasCapinfos = outputOf('capinfos', ['--version']) !== undefined

describe.skipIf(CORPORA.length === 0)('every capture of the corpora (needs ../shared beside the checkout)', () => {
  test('is there', () => {
    expect(CORPORA.flatMap(capturesOf).length).toBeGreaterThan(100)
  })

  test('is read without a warning', () => {
    for (const path of CORPORA.flatMap(capturesOf)) {
      const octets = readFileSync(path)
      const reader = readerOf(octets)
      readAll(reader, octets)
      expect([basename(path), reader.warnings]).toEqual([basename(path), []])
    }
  })

  test.skipIf(!hasCapinfos)('has the number of packets and octets that capinfos tells (needs capinfos)', () => {
    const paths = CORPORA.flatMap(capturesOf)
    const table = outputOf('capinfos', ['-T', '-r', '-M', '-c', '-d', ...paths]) ?? ''
    const told = table.split('\n').filter(Boolean)
    const ours = paths.map((path) => {
      const octets = readFileSync(path)
      const records = readAll(readerOf(octets), octets)
      return [path, records.length, records.reduce((sum, { originalLength }) => sum + originalLength, 0)].join('\t')
    })
    expect(ours).toEqual(told)
  })

  test.skipIf(!hasTshark)(
    'gives the records that tshark gives, one from each kind of file (needs tshark)',
    () => {
      const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len'].flatMap((field) => ['-e', field])
      const kinds = new Map<string, string>()
      for (const path of CORPORA.flatMap(capturesOf)) {
        const octets = readFileSync(path)
        const reader = readerOf(octets)
        readAll(reader, octets)
        kinds.set(`${octets.subarray(0, 4).toString('hex')} ${reader.interfaces.map(({ linkType }) => linkType)}`, path)
      }
      expect(kinds.size).toBeGreaterThan(8)
      for (const path of [...kinds.values()].filter((each) => !ODD_TIMES.has(basename(each)))) {
        const octets = readFileSync(path)
        const records = readAll(readerOf(octets), octets)
        const lines = records.map((record) => `${record.time}\t${record.originalLength}\t${record.octets.length}`)
        const told = outputOf('tshark', ['-n', '-r', path, '-T', 'fields', ...fields])
          ?.split('\n')
          .filter(Boolean)
        expect([basename(path), ...lines]).toEqual([basename(path), ...(told ?? [])])
      }
    },
    120_000,
  )

  test('cut anywhere, gives a beginning of its records, and no exception', () => {
    for (const path of CORPORA.flatMap(capturesOf)) {
      const octets = readFileSync(path)
      const whole = survive(octets)
      const step = octets.length > LARGE ? Math.ceil(octets.length / 50) : CUT_STEP
      for (let cut = 0; cut < octets.length; cut += step) {
        expect(survive(octets.subarray(0, cut))).toBeLessThanOrEqual(whole)
      }
    }
  }, 120_000)

  test('with random octets overwritten, is read without an exception or a record beyond its buffer', () => {
    for (const path of CORPORA.flatMap(capturesOf)) {
      const octets = readFileSync(path)
      const random = randomOf(octets.length)
      const rounds = octets.length > LARGE ? 3 : OVERWRITES
      for (let round = 0; round < rounds; round++) {
        const bad = Uint8Array.from(octets)
        for (let i = 0; i <= random(20); i++) bad[random(bad.length)] = random(256)
        const cuts = Array.from({ length: random(6) }, () => random(bad.length))
        survive(bad, cuts)
      }
    }
  }, 120_000)

  test('with random octets overwritten, loses few of its other records', () => {
    let kept = 0
    let all = 0
    for (const path of CORPORA.flatMap(capturesOf)) {
      const octets = readFileSync(path)
      const records = readAll(readerOf(octets), octets)
      if (records.length < 50 || octets.length > 200_000) continue
      const frames = new Set(records.map(({ octets: frame }) => Buffer.from(frame).toString('latin1')))
      const random = randomOf(7)
      const bad = Uint8Array.from(octets)
      // Behind the headers of the file, which nothing can replace.
      for (let i = 0; i < 10; i++) bad[400 + random(bad.length - 400)] = random(256)
      for (const { octets: frame } of readAll(readerOf(bad), bad))
        if (frames.delete(Buffer.from(frame).toString('latin1'))) kept++
      all += kept === 0 ? 0 : new Set(records.map(({ octets: frame }) => Buffer.from(frame).toString('latin1'))).size
    }
    expect(all).toBeGreaterThan(1000)
    expect(kept / all).toBeGreaterThan(0.9)
  })

  test('keeps memory in bounds whatever the lengths say', () => {
    const before = process.memoryUsage().arrayBuffers
    for (const path of CORPORA.flatMap(capturesOf).slice(0, 60)) {
      const bad = Uint8Array.from(readFileSync(path))
      const random = randomOf(bad.length)
      for (let at = 24; at + 4 < bad.length; at += 40 + random(200))
        new DataView(bad.buffer).setUint32(at, 0x0003_ffff, true)
      survive(bad, [bad.length >> 1])
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 2 ** 20)
  })
})

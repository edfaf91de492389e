import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveInputs } from '../../src/capture/inputs.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { readFlows } from '../../src/flow/read-flows.ts'
import { readAll } from '../support/capture-collect.ts'
import { CORPORA, capturesOf } from '../support/capture-corpus.ts'
import { folderWith } from '../support/capture-folder.ts'
import { concat } from '../support/packet-octets.ts'

const FILE_HEADER = 24
const RECORD_HEADER = 16

/** Cuts a classic pcap between records into files of `count` packets, named as `tcpdump -C` does. */
function rotate(octets: Uint8Array, count: number): Record<string, Uint8Array> {
  const reader = new PcapReader('whole')
  const edges: number[] = []
  let at = FILE_HEADER
  readAll(reader, octets).forEach(({ octets: frame }, i) => {
    if (i % count === 0) edges.push(at)
    at += RECORD_HEADER + frame.length
  })
  const header = octets.slice(0, FILE_HEADER)
  return Object.fromEntries(
    edges.map((edge, i) => [
      `cap.pcap${i === 0 ? '' : i}`,
      concat(header, octets.slice(edge, edges[i + 1] ?? octets.length)),
    ]),
  )
}

/** Flows without the places of their packets in files, which are what a split changes. */
async function flowsOf(folder: string): Promise<{ sets: number; flows: unknown[] }> {
  const sets = await resolveInputs([folder])
  const flows: Flow[] = []
  await readFlows(sets, {}, (flow) => flows.push(flow))
  const bare = flows.map(({ samples, icmpErrors, ...flow }) => ({
    ...flow,
    samples: samples.map(({ file: _, record: __, ...sample }) => sample),
    icmpErrors: icmpErrors.map(({ record: _, ...error }) => error),
  }))
  return { sets: sets.length, flows: bare.sort((a, b) => a.id - b.id) }
}

describe.skipIf(CORPORA.length === 0)('a capture in rotated files (needs ../shared beside the checkout)', () => {
  test('gives the flows of the capture in one file', { timeout: 120_000 }, async () => {
    let compared = 0
    for (const path of CORPORA.flatMap(capturesOf)) {
      const octets = Uint8Array.from(readFileSync(path))
      const isPcap = octets[0] === 0xd4 || octets[0] === 0xa1
      const files = isPcap ? rotate(octets, 7) : {}
      const isSplit = Object.keys(files).length > 1
      if (!isSplit || octets.length > 100_000) continue
      const split = await flowsOf(folderWith(files))
      // Times that step back between files make captures of their own, and rightly so.
      if (split.sets > 1) continue
      const whole = await flowsOf(folderWith({ 'cap.pcap': octets }))
      expect([basename(path), split.flows]).toEqual([basename(path), whole.flows])
      compared++
    }
    expect(compared).toBeGreaterThan(40)
  })

  test('is one set also where files are many', async () => {
    const path = join(CORPORA[0] ?? '', 'syn-loss-wrap-rst.pcap')
    const files = rotate(Uint8Array.from(readFileSync(path)), 2)
    expect((await resolveInputs([folderWith(files)]))[0]?.files.length).toBe(Object.keys(files).length)
  })
})

import { describe, expect, test } from 'vitest'
import type { ContainerReader } from '../../src/capture/container-reader.ts'
import { detect } from '../../src/capture/detect.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import { PcapngReader } from '../../src/capture/pcapng.ts'
import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { FlowTable } from '../../src/flow/flow-table.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import { TcpdumpTextDecoder } from '../../src/packet/from-tcpdump-text.ts'
import type { PacketDecoder } from '../../src/packet/packet-view.ts'
import { Random } from './random.ts'
import { type Seed, sharedSeeds } from './seeds.ts'

const CUT_STEP = 7
const OVERWRITES = 12
/** Longer inputs are cut as often as one of this length, for the work grows with its square; octets. */
const LARGE = 3 * 1024
/** So slow is nothing that works through its octets once; milliseconds. */
const SLOWEST = 3000

/** One for all: it is empty again at the end of each. */
const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: () => undefined })

/** Reads and decodes octets into flows. @returns Packets decoded. */
function decode(name: string, octets: Uint8Array, whole: Uint8Array): number {
  const [reader, decoder] = readerOf(name, whole)
  let packets = 0
  const drain = (): void => {
    while (reader.next()) {
      const count = decoder.decode(reader.record)
      for (let i = 0; i < count; i++) {
        const view = decoder.views[i]
        if (view?.status === 0) {
          table.add(view)
          packets++
        }
      }
    }
  }
  reader.push(octets.subarray(0, octets.length >> 1))
  drain()
  reader.push(octets.subarray(octets.length >> 1))
  drain()
  reader.end()
  drain()
  table.end()
  return packets
}

function readerOf(name: string, octets: Uint8Array): [ContainerReader, PacketDecoder] {
  const detected = detect(octets, true)
  const format = detected?.kind === 'capture' ? detected.format : 'text'
  if (format === 'text') {
    const reader = new TcpdumpTextReader(name)
    return [reader, new TcpdumpTextDecoder({ interfaces: reader.interfaces })]
  }
  return [format === 'pcap' ? new PcapReader(name) : new PcapngReader(name), new FrameDecoder()]
}

/** All captures, and of the texts one in eight: they are many and alike. */
function seeds(): Seed[] {
  return sharedSeeds().filter(({ name }, i) => !name.endsWith('.txt') || i % 8 === 0)
}

describe.skipIf(sharedSeeds().length === 0)('every shared capture (../shared), decoded into flows', () => {
  test('cut at every seventh octet, gives at most what the whole gives', { timeout: 240_000 }, () => {
    let cuts = 0
    for (const { name, octets } of seeds()) {
      const whole = decode(name, octets, octets)
      const step = Math.max(CUT_STEP, CUT_STEP * Math.ceil(octets.length / LARGE) ** 2)
      for (let cut = 0; cut < octets.length; cut += step) {
        // A cut fragment is no packet, and what it was part of none either: never more than the whole.
        expect([name, cut, decode(name, octets.subarray(0, cut), octets) <= whole + 1]).toEqual([name, cut, true])
        cuts++
      }
    }
    expect(cuts).toBeGreaterThan(5000)
  })

  test('with octets overwritten, comes to an end in time and memory', { timeout: 240_000 }, () => {
    const before = process.memoryUsage().arrayBuffers
    for (const [i, { name, octets }] of seeds().entries()) {
      const random = new Random(i)
      for (let round = 0; round < OVERWRITES; round++) {
        const bad = Uint8Array.from(octets)
        for (let k = random.below(20); k >= 0; k--) bad[random.below(bad.length)] = random.below(256)
        const start = performance.now()
        decode(name, bad, octets)
        expect([name, performance.now() - start < SLOWEST]).toEqual([name, true])
      }
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * 2 ** 20)
  })
})

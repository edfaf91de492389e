/**
 * Run by `node --expose-gc`: prints how many octets of heap one record costs a reader, at the least of several rounds.
 * Arguments: `pcap` or `pcapng`, and `positive-control` to make an object of three fields for every record.
 */

import type { ContainerReader } from '../../src/capture/container-reader.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import { PcapngReader } from '../../src/capture/pcapng.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { printOctetsEach } from './allocation-rounds.ts'
import { BlockWriter } from './capture-blocks.ts'
import { sampleFrame, samplePcap } from './capture-sample.ts'
import { concat } from './packet-octets.ts'

const PACKETS = 1_000_000
const RECORDS = 1000

const [format, control] = process.argv.slice(2)
const { head, records } =
  format === 'pcapng' ? pcapngFile() : { head: samplePcap(0), records: samplePcap(RECORDS).subarray(24) }

function pcapngFile(): { head: Uint8Array; records: Uint8Array } {
  const writer = new BlockWriter()
  const options = writer.options([2, writer.u32(1)])
  const packets = Array.from({ length: RECORDS }, (_, i) =>
    writer.packet(sampleFrame(60 + i, i), {
      id: i & 1,
      ticks: 1_754_049_388_123_456_789n + BigInt(i),
      options: i & 2 ? options : new Uint8Array(0),
    }),
  )
  const nanoseconds = writer.interface(writer.options([9, Uint8Array.of(9)]))
  return { head: concat(writer.section(), nanoseconds, writer.interface()), records: concat(...packets) }
}

let kept: object = {}

function readRound(reader: ContainerReader, visit: (record: CaptureRecord) => void): void {
  for (let i = 0; i < PACKETS; i += RECORDS) {
    reader.push(records)
    while (reader.next()) visit(reader.record)
  }
}

function allocate(record: CaptureRecord): void {
  kept = { sec: record.timeSec, nsec: record.timeNsec, start: record.start }
}
const visit = control === 'positive-control' ? allocate : (): void => {}

// One reader for all rounds: what a new one adds to the types that the engine has seen makes it compile again.
const reader = format === 'pcapng' ? new PcapngReader('probe') : new PcapReader('probe')
reader.push(head)
reader.next()
printOctetsEach(
  () => {
    const before = reader.record.number
    readRound(reader, visit)
    const read = reader.record.number - before
    // The last record of a pcap waits for the header behind it.
    if (read < PACKETS - 1) throw new Error(`${read} records`)
    return read
  },
  () => ({ kept: Object.keys(kept).length }),
)

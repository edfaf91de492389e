import { describe, expect, test } from 'vitest'
import { InterfaceTable } from '../../src/capture/interface-table.ts'
import { MAX_CAPTURED_LENGTH } from '../../src/capture/limits.ts'
import { PcapReader } from '../../src/capture/pcap.ts'
import { readAll, warningsOf } from '../support/capture-collect.ts'
import { concat, hex, uints } from '../support/packet-octets.ts'
import { type PcapOptions, pcap, type WrittenPacket } from '../support/pcap-writer.ts'
import fc from '../support/property.ts'

const TIME = 1_754_049_388

/** Frames that differ, and whose octets look like no record header. */
function frameOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 0x80 | ((i * 7 + seed) & 0x7f))
}

function packetsOf(count: number, length = 60): WrittenPacket[] {
  return Array.from(
    { length: count },
    (_, i) => ({ time: [TIME + i, 1000 * i], frame: frameOf(length + i, i) }) as const,
  )
}

function read(file: Uint8Array, cuts: readonly number[] = []) {
  const reader = new PcapReader('test.pcap')
  return { records: readAll(reader, file, cuts), reader, warnings: warningsOf(reader) }
}

/** A file with record headers of another length, as patched versions of libpcap wrote them. */
function patched(magic: number, extra: Uint8Array, packets: readonly WrittenPacket[]): Uint8Array {
  const header = concat(uints([32, magic], [16, 2], [16, 4], [32, 0], [32, 0], [32, 65535], [32, 1]))
  const records = packets.map(({ frame }, i) =>
    concat(uints([32, TIME + i], [32, i], [32, frame.length], [32, frame.length]), extra, frame),
  )
  return concat(header, ...records)
}

describe('PcapReader reads', () => {
  test.each<[string, PcapOptions, string]>([
    ['little-endian microseconds', {}, '1754049388.123456000'],
    ['big-endian microseconds', { bigEndian: true }, '1754049388.123456000'],
    ['little-endian nanoseconds', { nano: true }, '1754049388.123456789'],
    ['big-endian nanoseconds', { nano: true, bigEndian: true }, '1754049388.123456789'],
  ])('%s', (_, options, time) => {
    const frame = frameOf(60)
    const { records, warnings } = read(
      pcap([{ time: [TIME, options.nano ? 123_456_789 : 123_456_000], frame }], options),
    )
    expect(records).toEqual([
      {
        number: 1,
        time,
        hasTime: true,
        interfaceIndex: 0,
        linkType: 1,
        direction: null,
        originalLength: 60,
        octets: frame,
      },
    ])
    expect(warnings).toEqual([])
  })

  test('the link type without FCS and reserved bits, and the snap length', () => {
    const file = pcap(packetsOf(1), { linkType: 0x5400_0071, snapLength: 96 })
    const { reader, records } = read(file)
    expect(records[0]?.linkType).toBe(113)
    expect(reader.interfaces).toMatchObject([{ linkType: 113, snapLength: 96, name: null, timeKind: 'absolute' }])
  })

  test('records cut by the snap length as nothing unusual', () => {
    const { records, warnings } = read(pcap([{ time: TIME, frame: frameOf(1500) }], { snapLength: 68 }))
    expect(records.map(({ octets, originalLength }) => [octets.length, originalLength])).toEqual([[68, 1500]])
    expect(warnings).toEqual([])
  })

  test('a file without packets', () => {
    expect(read(pcap([]))).toMatchObject({ records: [], warnings: [] })
  })

  test('times beyond a second of fraction, by carrying them over', () => {
    const file = pcap([{ time: [TIME, 0], frame: frameOf(60) }])
    file.set([0x40, 0x42, 0x0f, 0x00], 28)
    expect(read(file).records[0]?.time).toBe(`${TIME + 1}.000000000`)
  })

  test.each([
    ["Kuznetzov's", 0xa1b2cd34, hex('00000003 0800 04 00'), 'out'],
    ["Kuznetzov's of ss990915", 0xa1b2cd34, hex('00000003 0800 04 00 00 000000'), 'out'],
    ["Kuznetzov's under the plain magic number", 0xa1b2c3d4, hex('00000003 0800 00 00'), 'in'],
    ["Nokia's", 0xa1b2c3d4, hex('01020304'), null],
  ] as const)('record headers of %s patch', (_, magic, extra, direction) => {
    const packets = packetsOf(4)
    const { records, warnings } = read(patched(magic, extra, packets))
    expect(records.map(({ octets }) => octets)).toEqual(packets.map(({ frame }) => frame))
    expect(records.map((record) => record.direction)).toEqual(packets.map(() => direction))
    expect(warnings).toEqual([])
  })

  test('a single record, and octets that might make its header longer, as a plain one that is cut off', () => {
    const packets = packetsOf(1)
    const { records, warnings } = read(concat(pcap(packets), hex('00000003')))
    expect(records[0]?.octets).toEqual(packets[0]?.frame)
    expect(warnings).toEqual(['capture-truncated@100'])
  })

  test('lengths in the order of versions before 2.3', () => {
    const file = pcap([{ time: TIME, frame: frameOf(40), originalLength: 100 }, ...packetsOf(2)])
    file[6] = 2
    const view = new DataView(file.buffer)
    for (let at = 24; at < file.length; ) {
      const captured = view.getUint32(at + 8, true)
      view.setUint32(at + 8, view.getUint32(at + 12, true), true)
      view.setUint32(at + 12, captured, true)
      at += 16 + captured
    }
    const { records } = read(file)
    expect(records.map(({ octets, originalLength }) => [octets.length, originalLength])).toEqual([
      [40, 100],
      [60, 60],
      [61, 61],
    ])
  })

  test('times far apart, and out of order', () => {
    const packets = [TIME, TIME + 3_000_000, 12, TIME].map((time, i) => ({ time, frame: frameOf(60, i) }))
    const { records, warnings } = read(pcap(packets))
    expect(records.map(({ octets }) => octets)).toEqual(packets.map(({ frame }) => frame))
    expect(warnings).toEqual([])
  })

  test('files whose every header is odd, as they stand', () => {
    const packets = packetsOf(40).map((packet) => ({ ...packet, originalLength: 0 }))
    const { records, warnings } = read(pcap(packets))
    expect(records).toHaveLength(40)
    expect(warnings).toEqual([])
  })

  test('files of one capture into one table of interfaces', () => {
    const table = new InterfaceTable()
    for (let i = 0; i < 3; i++) {
      const records = readAll(new PcapReader(`cap${i}`, table), pcap(packetsOf(2)))
      expect(records.map(({ interfaceIndex }) => interfaceIndex)).toEqual([0, 0])
    }
    expect(table.list).toHaveLength(1)
  })
})

describe('PcapReader on damage', () => {
  const packets = packetsOf(20)
  const good = pcap(packets)
  /** Where each record begins, and where the file ends. */
  const starts = [24]
  for (const { frame } of packets) starts.push((starts.at(-1) ?? 0) + 16 + frame.length)

  test('hands over every whole record of every cut, and says where the rest begins', () => {
    for (let cut = 0; cut < good.length; cut++) {
      const { records, warnings } = read(good.slice(0, cut))
      const whole = starts.slice(1).filter((end) => end <= cut).length
      expect(records).toHaveLength(whole)
      const begun = cut < 24 ? 0 : (starts[whole] ?? 0)
      expect(warnings).toEqual(cut === begun ? [] : [`capture-truncated@${begun}`])
    }
  })

  test('says what was expected and what was found', () => {
    const { reader } = read(good.slice(0, 24 + 16 + 10))
    expect(reader.warnings[0]?.message).toBe('The file ends early: expected a record of 76 octets, found 26')
  })

  test.each([
    ['far too large', 0x7fff_ffff],
    ['just too large', MAX_CAPTURED_LENGTH + 1],
    ['all ones', 0xffff_ffff],
  ])('passes over a record whose length is %s, and finds the next', (_, length) => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32((starts[5] ?? 0) + 8, length, true)
    const { records, warnings, reader } = read(bad)
    expect(records.map(({ octets }) => octets)).toEqual(packets.filter((_, i) => i !== 5).map(({ frame }) => frame))
    expect(warnings).toEqual([`capture-damaged@${starts[5]}`])
    expect(reader.warnings[0]?.message).toContain('found none for 81 octets')
  })

  test('keeps what a length that is too large, but possible, would have swallowed', () => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32((starts[5] ?? 0) + 8, 300, true)
    const { records, warnings } = read(bad)
    expect(records.map(({ octets }) => octets)).toEqual(packets.map(({ frame }) => frame))
    expect(warnings).toEqual([`capture-damaged@${starts[5]}`])
  })

  test('finds its way back from a length that is too small', () => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32((starts[5] ?? 0) + 8, 11, true)
    const { records, warnings } = read(bad)
    expect(records.slice(6).map(({ octets }) => octets)).toEqual(packets.slice(6).map(({ frame }) => frame))
    expect(records).toHaveLength(20)
    expect(warnings).toHaveLength(1)
  })

  test('finds its way back from octets that were lost', () => {
    const bad = concat(good.slice(0, (starts[3] ?? 0) + 40), good.slice((starts[7] ?? 0) + 20))
    const { records } = read(bad)
    const found = new Set(records.map(({ octets }) => octets.join()))
    const expected = packets.filter((_, i) => i < 3 || i > 7).map(({ frame }) => frame.join())
    expect(expected.filter((frame) => !found.has(frame))).toEqual([])
  })

  test('finds its way back from a run of zeros', () => {
    const bad = good.slice().fill(0, (starts[3] ?? 0) + 30, (starts[6] ?? 0) + 5)
    const { records } = read(bad)
    const found = new Set(records.map(({ octets }) => octets.join()))
    expect(packets.slice(8).filter(({ frame }) => !found.has(frame.join()))).toEqual([])
    expect(records.length).toBeLessThan(25)
  })

  test('makes nothing of octets that are no pcap file', () => {
    expect(read(frameOf(5000))).toMatchObject({ records: [], warnings: ['capture-damaged@0'] })
  })

  test('counts repeated damage instead of listing it', () => {
    const bad = good.slice()
    for (const i of [2, 6, 10, 14]) new DataView(bad.buffer).setUint32((starts[i] ?? 0) + 8, 0xffff_ffff, true)
    const { reader, records } = read(bad)
    expect(records).toHaveLength(16)
    expect(reader.warnings).toHaveLength(1)
    expect(reader.warnings[0]?.message).toContain('3 more like it')
  })

  test('gives the same records and warnings however the octets are cut into chunks', () => {
    const files = [good, good.slice(0, -7)]
    for (const [at, value] of [
      [starts[5] ?? 0, 0x7fff_ffff],
      [starts[9] ?? 0, 400],
    ] as const) {
      const bad = good.slice()
      new DataView(bad.buffer).setUint32(at + 8, value, true)
      files.push(bad)
    }
    const expected = files.map((file) => read(file))
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.array(fc.nat(good.length - 8), { maxLength: 40 }), (i, cuts) => {
        const { records, warnings } = read(files[i] ?? good, cuts)
        expect(records).toEqual(expected[i]?.records)
        expect(warnings).toEqual(expected[i]?.warnings)
      }),
      { numRuns: 300 },
    )
    const oneByOne = Array.from({ length: good.length }, (_, i) => i)
    expect(read(good, oneByOne).records).toEqual(expected[0]?.records)
  })
})

describe('PcapReader offers stretches', () => {
  /** A reader that has handed over the first record of a file. */
  function begun(file: Uint8Array): PcapReader {
    const reader = new PcapReader('test.pcap')
    reader.push(file)
    reader.next()
    return reader
  }

  test.each<[string, PcapOptions, number]>([
    ['microseconds', {}, 1e6],
    ['nanoseconds', { nano: true }, 1e9],
  ])('of plain records in %s, from the first not yet read on', (_, options, ticksPerSecond) => {
    const file = pcap(packetsOf(3), options)
    const stretch = begun(file).stretch()
    expect(stretch).toMatchObject({ format: 'pcap', linkType: 1, interfaceIndex: 0, timeSec: TIME, ticksPerSecond })
    expect(stretch).toMatchObject({ at: 24 + 16 + 60, end: file.length, clockOffset: 0 })
    expect(stretch?.buffer).toBe(file)
  })

  test('and goes on behind what was taken of one, its counters and times with it', () => {
    const reader = begun(pcap(packetsOf(5)))
    const stretch = reader.stretch()
    if (stretch === null) throw new Error('no stretch')
    stretch.at += 16 + 61 + 16 + 62
    stretch.taken = 2
    stretch.timeNsec = 77
    reader.passOver(stretch)
    expect(reader.record).toMatchObject({ number: 3, timeSec: TIME, timeNsec: 77 })
    expect(reader.next()).toBe(true)
    expect(reader.record).toMatchObject({ number: 4, timeSec: TIME + 3, originalLength: 63 })
  })

  test.each([
    ['big-endian', begun(pcap(packetsOf(3), { bigEndian: true }))],
    ['modified', begun(patched(0xa1b2cd34, hex('00000003 0800 04 00'), packetsOf(3)))],
    ['modified and under the plain magic number', begun(patched(0xa1b2c3d4, hex('00000003 0800 00 00'), packetsOf(3)))],
    ['of a version that swaps the lengths', begun(pcap(packetsOf(3)).fill(2, 6, 7))],
  ])('but none where records are %s', (_, reader) => {
    expect(reader.record.number).toBe(1)
    expect(reader.stretch()).toBeNull()
  })

  test('but none before the first record', () => {
    const reader = new PcapReader('test.pcap')
    expect(reader.stretch()).toBeNull()
    reader.push(pcap(packetsOf(1)).subarray(0, 30))
    expect(reader.next()).toBe(false)
    expect(reader.stretch()).toBeNull()
  })

  test('but none while it searches through damage', () => {
    const file = pcap(packetsOf(5))
    const second = 24 + 16 + 60
    file.fill(0xff, second, second + 40)
    const reader = new PcapReader('test.pcap')
    reader.push(file.slice(0, second + 20))
    while (reader.next());
    reader.push(file.slice(second + 20, second + 50))
    while (reader.next());
    expect(reader.stretch()).toBeNull()
    reader.push(file.slice(second + 50))
    while (reader.next());
    expect(reader.warnings).toHaveLength(1)
    expect(reader.stretch()).not.toBeNull()
  })
})

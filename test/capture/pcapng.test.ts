import { describe, expect, test } from 'vitest'
import { PcapngReader } from '../../src/capture/pcapng.ts'
import { BlockWriter } from '../support/capture-blocks.ts'
import { readAll, warningsOf } from '../support/capture-collect.ts'
import { concat, hex } from '../support/packet-octets.ts'
import fc from '../support/property.ts'

const LITTLE = new BlockWriter()
const BIG = new BlockWriter({ bigEndian: true })
const FRAME = hex('ffffffffffff 020000000001 0806 0001 0800 0604')

function read(file: Uint8Array, cuts: readonly number[] = []) {
  const reader = new PcapngReader('test.pcapng')
  return { records: readAll(reader, file, cuts), reader, warnings: warningsOf(reader) }
}

function section(writer: BlockWriter, ...blocks: readonly Uint8Array[]): Uint8Array {
  return concat(writer.section(), writer.interface(), ...blocks)
}

describe('PcapngReader reads', () => {
  test.each([
    ['little-endian', LITTLE],
    ['big-endian', BIG],
  ])('%s sections', (_, writer) => {
    const { records, warnings } = read(section(writer, writer.packet(FRAME, { ticks: 1_754_049_388_123_456n })))
    expect(records).toEqual([
      {
        number: 1,
        time: '1754049388.123456000',
        hasTime: true,
        interfaceIndex: 0,
        linkType: 1,
        direction: null,
        originalLength: FRAME.length,
        octets: FRAME,
      },
    ])
    expect(warnings).toEqual([])
  })

  test('sections of both byte orders in one file, each with interfaces of its own', () => {
    const file = concat(
      LITTLE.section(),
      LITTLE.interface(LITTLE.options([2, 'eth0'])),
      LITTLE.interface(LITTLE.options([2, 'lxc4f2a1b6c0'])),
      LITTLE.packet(FRAME, { id: 1 }),
      BIG.section(),
      BIG.interface(BIG.options([2, 'cilium_host']), 101),
      BIG.interface(BIG.options([2, 'eth0'])),
      BIG.packet(FRAME, { id: 0 }),
      BIG.packet(FRAME, { id: 1 }),
    )
    const { records, reader } = read(file)
    // The same device described again is the same interface.
    expect(records.map(({ interfaceIndex, linkType }) => [interfaceIndex, linkType])).toEqual([
      [1, 1],
      [2, 101],
      [0, 1],
    ])
    expect(reader.interfaces.map(({ name, section }) => [name, section])).toEqual([
      ['eth0', 0],
      ['lxc4f2a1b6c0', 0],
      ['cilium_host', 1],
    ])
  })

  test('two interfaces of one section that look alike as two', () => {
    const file = concat(
      section(LITTLE, LITTLE.interface()),
      section(LITTLE, LITTLE.interface(), LITTLE.packet(FRAME, { id: 1 })),
    )
    const { records, reader } = read(file)
    expect(records[0]?.interfaceIndex).toBe(1)
    expect(reader.interfaces).toHaveLength(2)
  })

  test('what a description says of its interface', () => {
    const options = LITTLE.options(
      [1, 'a comment'],
      [2, 'eth0'],
      [3, 'Node uplink'],
      [11, '\0tcp port 80'],
      [12, 'Linux 6.1.0'],
    )
    const { reader } = read(concat(LITTLE.section(), LITTLE.interface(options, 276, 96)))
    expect(reader.interfaces).toEqual([
      {
        name: 'eth0',
        description: 'Node uplink',
        linkType: 276,
        snapLength: 96,
        timeKind: 'absolute',
        section: 0,
        host: null,
        command: null,
        filter: 'tcp port 80',
      },
    ])
  })

  test('a filter given as instructions as none', () => {
    const { reader } = read(concat(LITTLE.section(), LITTLE.interface(LITTLE.options([11, '\x01\x28\0\0\0']))))
    expect(reader.interfaces[0]?.filter).toBeNull()
  })

  test.each([
    ['the default', undefined, 0n, 1_754_049_388_123_456n, '1754049388.123456000'],
    ['seconds', 0, 0n, 1_754_049_388n, '1754049388.000000000'],
    ['nanoseconds', 9, 0n, 1_754_049_388_123_456_789n, '1754049388.123456789'],
    ['picoseconds', 12, 0n, 1_754_049_388_123_456n, '1754.049388123'],
    ['powers of 2', 0x80 | 20, 0n, 1_754_049_388n * 1_048_576n + 524_288n, '1754049388.500000000'],
    ['an offset', 6, 3_600n, 1_000_000n, '3601.000000000'],
    ['a negative offset', 6, -1n, 3_000_000n, '2.000000000'],
  ])('times counted in %s', (_, resolution, offset, ticks, time) => {
    const options = LITTLE.options(...(resolution === undefined ? [] : ([[9, Uint8Array.of(resolution)]] as const)), [
      14,
      LITTLE.u64(offset),
    ])
    const { records } = read(concat(LITTLE.section(), LITTLE.interface(options), LITTLE.packet(FRAME, { ticks })))
    expect(records[0]?.time).toBe(time)
  })

  test('the direction of packets', () => {
    const flags = (value: number) => LITTLE.options([1, 'comment'], [2, LITTLE.u32(value)])
    const packets = [0, 1, 2, 0x1d].map((value) => LITTLE.packet(FRAME, { options: flags(value) }))
    const { records } = read(
      section(LITTLE, ...packets, LITTLE.packet(FRAME), LITTLE.obsoletePacket(FRAME, 0, 1n, flags(2))),
    )
    expect(records.map(({ direction }) => direction)).toEqual([null, 'in', 'out', 'in', null, 'out'])
  })

  test('simple packets: of the first interface, without a time of their own, cut to its snap length', () => {
    const kept = FRAME.slice(0, 8)
    const file = concat(
      LITTLE.section(),
      LITTLE.interface(undefined, 1, 8),
      LITTLE.packet(FRAME, { ticks: 5_000_000n }),
      LITTLE.simplePacket(kept, 20),
    )
    expect(read(file).records[1]).toMatchObject({
      time: '5.000000000',
      hasTime: false,
      originalLength: 20,
      octets: kept,
    })
  })

  test('obsolete packet blocks', () => {
    const file = section(LITTLE, LITTLE.interface(), LITTLE.obsoletePacket(FRAME, 1, 7_000_001n))
    expect(read(file).records).toMatchObject([{ time: '7.000001000', interfaceIndex: 1, octets: FRAME }])
  })

  test('past blocks that hold no packet, and counts them', () => {
    const file = section(
      LITTLE,
      LITTLE.block(4, LITTLE.u32(0, 0)),
      LITTLE.block(10, concat(LITTLE.u32(0x544c534b, 4), hex('00000000'))),
      LITTLE.block(0xbad, LITTLE.u32(32473, 1)),
      LITTLE.block(0x40000bad, LITTLE.u32(32473, 1)),
      LITTLE.block(0x7777, new Uint8Array(200)),
      LITTLE.packet(FRAME),
    )
    const { records, reader, warnings } = read(file)
    expect(records).toHaveLength(1)
    expect(warnings).toEqual([])
    expect(reader.skipped).toEqual({
      'pcapng-name-resolution-block': 1,
      'pcapng-decryption-secrets-block': 1,
      'pcapng-custom-block': 2,
      'pcapng-unknown-block': 1,
    })
  })

  test('statistics that count lost packets', () => {
    const options = LITTLE.options([4, LITTLE.u64(1000n)], [5, LITTLE.u64(3n)], [7, LITTLE.u64(4n)])
    const { reader } = read(section(LITTLE, LITTLE.block(5, concat(LITTLE.u32(0, 0, 0), options))))
    expect(reader.warnings).toMatchObject([{ code: 'capture-dropped-packets', offset: 48 }])
    expect(reader.warnings[0]?.message).toContain('7 packets')
    expect(read(section(LITTLE, LITTLE.block(5, LITTLE.u32(0, 0, 0)))).warnings).toEqual([])
  })
})

describe('PcapngReader on damage', () => {
  const frames = Array.from({ length: 12 }, (_, i) =>
    Uint8Array.from({ length: 41 + i }, (_, j) => 0x80 | ((i * 31 + j) & 0x7f)),
  )
  const parts = [LITTLE.section(), LITTLE.interface(), ...frames.map((frame) => LITTLE.packet(frame))]
  const good = concat(...parts)
  const starts = [0]
  for (const part of parts) starts.push((starts.at(-1) ?? 0) + part.length)
  const startOf = (packet: number): number => starts[packet + 2] ?? 0
  const without = (...packets: readonly number[]): Uint8Array[] => frames.filter((_, i) => !packets.includes(i))

  test('hands over every whole packet of every cut, and says where the rest begins', () => {
    for (let cut = 0; cut < good.length; cut++) {
      const { records, warnings } = read(good.slice(0, cut))
      const blocks = starts.filter((end) => end <= cut).length - 1
      expect(records).toHaveLength(Math.max(0, blocks - 2))
      expect(warnings).toEqual(starts.includes(cut) ? [] : [`capture-truncated@${starts[blocks]}`])
    }
  })

  test.each([
    ['too large to be believed', 0x7fff_fff0],
    ['too small for a block', 8],
    ['larger than the file', 0x8000],
    ['wrong by a block', 4 * 32],
  ])('passes over a block whose length is %s, and finds the next', (_, length) => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32(startOf(4) + 4, length, true)
    const { records, warnings } = read(bad)
    expect(records.map(({ octets }) => octets)).toEqual(without(4))
    expect(warnings).toEqual([`capture-damaged@${startOf(4)}`])
  })

  test('passes over a block whose two lengths differ', () => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32(startOf(5) - 4, 7, true)
    const { records, reader } = read(bad)
    expect(records.map(({ octets }) => octets)).toEqual(without(4))
    expect(reader.warnings[0]?.message).toBe(
      'Expected the length of 80 octets again at the end of a block, found 7: 80 octets passed over',
    )
  })

  test('finds its way back from octets that were lost, in steps that are no multiple of four', () => {
    const bad = concat(good.slice(0, startOf(3) + 21), good.slice(startOf(6) + 34))
    expect(read(bad).records.map(({ octets }) => octets)).toEqual(without(3, 4, 5, 6))
  })

  test('leaves out a packet that claims more octets than its block has', () => {
    const file = section(LITTLE, LITTLE.packet(FRAME, { captured: 4000 }), LITTLE.packet(FRAME))
    const { records, reader, warnings } = read(file)
    expect(records).toHaveLength(1)
    expect(warnings).toEqual(['capture-damaged@48'])
    expect(reader.skipped).toEqual({ 'pcapng-damaged-block': 1 })
  })

  test('leaves out a packet of an interface that was not described', () => {
    const { records, warnings } = read(section(LITTLE, LITTLE.packet(FRAME, { id: 9 }), LITTLE.packet(FRAME)))
    expect(records).toHaveLength(1)
    expect(warnings).toEqual(['pcapng-unknown-interface@48'])
  })

  test.each([
    ['an enhanced packet', 6],
    ['a packet', 2],
    ['a simple packet', 3],
    ['an interface description', 1],
  ])('leaves out %s block that is too short for its fields', (_, type) => {
    const { records, warnings } = read(section(LITTLE, LITTLE.block(type, new Uint8Array(0)), LITTLE.packet(FRAME)))
    expect(records).toHaveLength(1)
    expect(warnings).toEqual(['capture-damaged@48'])
  })

  test('takes a resolution that 64 bits cannot count for microseconds, and says so', () => {
    const file = concat(
      LITTLE.section(),
      LITTLE.interface(LITTLE.options([9, Uint8Array.of(20)])),
      LITTLE.packet(FRAME),
    )
    const { records, reader } = read(file)
    expect(records[0]?.time).toBe('1.000000000')
    expect(reader.warnings.map(({ code }) => code)).toEqual(['pcapng-time-resolution'])
  })

  test('does not read options past the end of their block', () => {
    const options = concat(LITTLE.u16(2, 4000), LITTLE.u32(1))
    expect(read(section(LITTLE, LITTLE.packet(FRAME, { options }))).records).toMatchObject([{ direction: null }])
  })

  test('keeps the number and the names of interfaces in bounds', () => {
    const long = LITTLE.interface(LITTLE.options([2, 'x'.repeat(60_000)]))
    expect(read(concat(LITTLE.section(), long)).reader.interfaces[0]?.name).toHaveLength(1024)
    const many = Array.from({ length: 17_000 }, () => LITTLE.interface())
    const { reader } = read(concat(LITTLE.section(), ...many))
    expect(reader.interfaces).toHaveLength(16_384)
    expect(reader.skipped).toEqual({ 'pcapng-too-many-interfaces': 616 })
  })

  test('gives the same packets and warnings however the octets are cut into chunks', () => {
    const bad = good.slice()
    new DataView(bad.buffer).setUint32(startOf(4) + 4, 0x7fff_fff0, true)
    const files = [good, bad, good.slice(0, -5), concat(good, section(BIG, BIG.packet(FRAME)))]
    const expected = files.map((file) => read(file))
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.array(fc.nat(good.length - 6), { maxLength: 40 }), (i, cuts) => {
        const { records, warnings } = read(files[i] ?? good, cuts)
        expect(records).toEqual(expected[i]?.records)
        expect(warnings).toEqual(expected[i]?.warnings)
      }),
      { numRuns: 300 },
    )
  })
})

describe('PcapngReader offers stretches', () => {
  const nanoseconds = LITTLE.interface(LITTLE.options([9, Uint8Array.of(9)], [14, LITTLE.u64(-5n)]))

  /** A reader that has handed over as many packets. */
  function begun(file: Uint8Array, packets = 1): PcapngReader {
    const reader = new PcapngReader('test.pcapng')
    reader.push(file)
    for (let i = 0; i < packets; i++) expect(reader.next()).toBe(true)
    return reader
  }

  test('of the interface that the last packet was of', () => {
    const blocks = [
      LITTLE.section(),
      LITTLE.interface(),
      nanoseconds,
      LITTLE.packet(FRAME, { id: 1, ticks: 7_000_000_000n }),
    ]
    const head = concat(...blocks)
    const file = concat(head, LITTLE.packet(FRAME, { id: 1, ticks: 7_000_000_001n }))
    const stretch = begun(file).stretch()
    expect(stretch).toMatchObject({ format: 'pcapng', linkType: 1, interfaceIndex: 1, interfaceId: 1, timeSec: 2 })
    expect(stretch).toMatchObject({ ticksPerSecond: 1e9, clockOffset: -5, at: head.length, end: file.length })
  })

  test('and goes on behind what was taken of one', () => {
    const direction = LITTLE.options([2, LITTLE.u32(2)])
    const packets = [1n, 2n, 3n, 4n].map((ticks) =>
      LITTLE.packet(FRAME, { ticks, options: ticks === 1n ? direction : new Uint8Array(0) }),
    )
    const reader = begun(section(LITTLE, ...packets))
    expect(reader.record.direction).toBe(2)
    const stretch = reader.stretch()
    if (stretch === null) throw new Error('no stretch')
    stretch.at += 2 * (packets[1]?.length ?? 0)
    stretch.taken = 2
    stretch.timeNsec = 3000
    reader.passOver(stretch)
    expect(reader.record).toMatchObject({ number: 3, timeNsec: 3000, direction: 0 })
    expect(reader.next()).toBe(true)
    expect(reader.record).toMatchObject({ number: 4, timeNsec: 4000 })
  })

  test.each([
    ['before the first packet', concat(LITTLE.section(), LITTLE.interface()), 0],
    ['in a big-endian section', section(BIG, BIG.packet(FRAME), BIG.packet(FRAME)), 1],
    ['behind a simple packet', section(LITTLE, LITTLE.packet(FRAME), LITTLE.simplePacket(FRAME)), 2],
    ['behind a packet block', section(LITTLE, LITTLE.obsoletePacket(FRAME, 0, 1n)), 1],
  ])('but none %s', (_, file, packets) => {
    expect(begun(file, packets).stretch()).toBeNull()
  })

  test('but none behind a new section, nor behind a packet of an interface that was not described', () => {
    for (const block of [LITTLE.section(), LITTLE.packet(FRAME, { id: 9 })]) {
      const reader = begun(section(LITTLE, LITTLE.packet(FRAME), block))
      expect(reader.stretch()).not.toBeNull()
      expect(reader.next()).toBe(false)
      expect(reader.stretch()).toBeNull()
    }
  })

  test('but none while it searches through damage', () => {
    const reader = begun(section(LITTLE, LITTLE.packet(FRAME), new Uint8Array(64).fill(0xee)))
    expect(reader.next()).toBe(false)
    expect(reader.stretch()).toBeNull()
    reader.push(LITTLE.packet(FRAME))
    expect(reader.next()).toBe(true)
    expect(reader.stretch()).not.toBeNull()
  })
})

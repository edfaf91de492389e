import { describe, expect, test } from 'vitest'
import { Direction } from '../../src/capture/record.ts'
import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { UsageError } from '../../src/core/errors.ts'
import { octets } from '../support/text-decode.ts'

interface Read {
  readonly reader: TcpdumpTextReader
  readonly records: readonly {
    text: string
    time: string
    known: boolean
    interface: number
    direction: number
    number: number
  }[]
}

function read(text: string, options: ConstructorParameters<typeof TcpdumpTextReader>[1] = {}): Read {
  const reader = new TcpdumpTextReader('paste.txt', options)
  const records: Read['records'][number][] = []
  const drain = (): void => {
    while (reader.next()) {
      const { buffer, start, end, timeSec, timeNsec, hasTime, interfaceIndex, direction, number } = reader.record
      const content = new TextDecoder().decode(buffer.subarray(start, end))
      const time = `${timeSec}.${String(timeNsec).padStart(9, '0')}`
      records.push({ text: content, time, known: hasTime, interface: interfaceIndex, direction, number })
    }
  }
  reader.push(octets(text))
  drain()
  reader.end()
  drain()
  return { reader, records }
}

const body = (n: number): string => `IP 10.0.0.1.${n} > 10.0.0.2.80: Flags [.], ack 1, win 502, length 0`
const packet = (n: number, time = `11:56:28.${String(n).padStart(6, '0')}`): string => `${time} ${body(n)}\n`

describe('TcpdumpTextReader', () => {
  test('reads a pasted command: host, interface, filter, times', () => {
    const { reader, records } = read(`root@kind-worker:/# tcpdump -i eth0 dst 172.17.0.4 and port 10248 -n
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
${packet(1)}${packet(2)}^C
2 packets captured
`)
    expect(records.map(({ time, text, number }) => [time, text, number])).toEqual([
      ['42988.000001000', body(1), 1],
      ['42988.000002000', body(2), 2],
    ])
    expect(reader.interfaces).toEqual([
      {
        name: 'eth0',
        description: 'EN10MB',
        linkType: -1,
        snapLength: 262144,
        timeKind: 'time-of-day',
        section: 0,
        host: 'kind-worker',
        command: 'tcpdump -i eth0 dst 172.17.0.4 and port 10248 -n',
        pod: null,
        filter: 'dst 172.17.0.4 and port 10248',
      },
    ])
    expect([reader.format, reader.warnings, reader.skipped]).toEqual(['text', [], {}])
  })

  test('two commands are two captures, whose time forms need not be the same', () => {
    const { reader, records } = read(
      `root@a:/# tcpdump -i eth0\n${packet(1)}root@b:/# tcpdump -tt -i eth1\n${packet(2, '1754049388.000001')}`,
    )
    expect(records.map(({ interface: index }) => reader.interfaces[index])).toMatchObject([
      { section: 0, host: 'a', name: 'eth0', timeKind: 'time-of-day' },
      { section: 1, host: 'b', name: 'eth1', timeKind: 'absolute' },
    ])
  })

  test('a banner, closing statistics, or another form of time begin another capture too', () => {
    const sections = (text: string): number => read(text).reader.interfaces.length
    const banner = 'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n'
    expect(sections(banner + packet(1) + banner + packet(2))).toBe(2)
    expect(sections(`${packet(1)}1 packet captured\n${packet(2)}`)).toBe(2)
    expect(sections(packet(1) + packet(2, '1754049388.000001'))).toBe(2)
    expect(sections(packet(1) + body(2))).toBe(1)
  })

  test('statistics asked for by a signal do not', () => {
    const { reader, records } = read(
      `${packet(1)}tcpdump: 1 packet captured, 2 packets received by filter, 1 packet dropped by kernel\n${packet(2)}`,
    )
    expect([records.length, reader.interfaces.length]).toEqual([2, 1])
    expect(reader.warnings.map(({ code, line }) => [code, line])).toEqual([['capture-dropped-packets', 2]])
  })

  test('-i any grows an interface for each name, with directions', () => {
    const line = (name: string, direction: string): string =>
      `11:56:28.000001 ${name.padEnd(5)} ${direction.padEnd(3)} ${body(1)}\n`
    const { reader, records } = read(
      `root@n:/# tcpdump -ni any\n${line('lxc1', 'In')}${line('eth0', 'Out')}${line('lxc1', 'Out')}`,
    )
    expect(reader.interfaces.map(({ name, section, host }) => [name, section, host])).toEqual([
      ['lxc1', 0, 'n'],
      ['eth0', 0, 'n'],
    ])
    expect(records.map(({ interface: index, direction }) => [index, direction])).toEqual([
      [0, Direction.In],
      [1, Direction.Out],
      [0, Direction.Out],
    ])
  })

  test('continuation lines belong to the packet above, empty ones say nothing', () => {
    const first = '11:56:28.000001 IP (tos 0x0)\r\n    10.0.0.1.1 > 10.0.0.2.2: x\r\n\r\n\t0x0000:  4500\r\n'
    const { records } = read(first + packet(2) + first.replace('28.000001', '28.000003'))
    const joined = 'IP (tos 0x0)\n    10.0.0.1.1 > 10.0.0.2.2: x\n\t0x0000:  4500'
    expect(records.map(({ text }) => text)).toEqual([joined, body(2), joined])
  })

  test('without times a label begins a packet, but not behind an open encapsulation', () => {
    const outer = 'IP 172.18.0.2.1 > 172.18.0.3.8472: OTV, flags [I] (0x08), overlay 0, instance 6'
    const { records, reader } = read(
      `${outer}\n${body(1)}\n${body(2)}\nARP, Request who-has 1.1.1.1 tell 2.2.2.2, length 28\n`,
    )
    expect(records.map(({ text }) => text.split('\n').length)).toEqual([2, 1, 1])
    expect(records.every(({ known }) => !known)).toBe(true)
    expect(reader.interfaces[0]?.timeKind).toBe('none')
  })

  test('packets with numbers and without times', () => {
    expect(read(`    1  ${body(1)}\n\t0x0000:  4500\n    2  ${body(2)}\n`).records.length).toBe(2)
  })

  test('a time that cannot be read does not lose the packet', () => {
    const { records } = read(
      packet(1) + packet(2, '[Error converting time]') + packet(3, '11:56:28.1000000') + packet(4),
    )
    expect(records.map(({ known, time }) => [known, time])).toEqual([
      [true, '42988.000001000'],
      [false, '42988.000001000'],
      [false, '42988.000001000'],
      [true, '42988.000004000'],
    ])
  })

  test('dated times are read in the zone given, or as UTC, which is said once', () => {
    const text = packet(1, '2025-08-01 11:56:28.000001') + packet(2, '2025-08-01 11:56:28.000002')
    const utc = Date.UTC(2025, 7, 1, 11, 56, 28) / 1000
    const assumed = read(text)
    expect(assumed.records[0]?.time).toBe(`${utc}.000001000`)
    expect(assumed.reader.warnings.map(({ code }) => code)).toEqual(['time-zone-assumed'])
    const given = read(text, { timeZone: 'Europe/Berlin' })
    expect(given.records[0]?.time).toBe(`${utc - 7200}.000001000`)
    expect(given.reader.warnings).toEqual([])
    expect(() => new TcpdumpTextReader('x', { timeZone: 'Nowhere' })).toThrow(UsageError)
  })

  test('a log entry’s zone spares the assumption', () => {
    const { reader, records } = read(`2025-08-01T13:56:28.9+02:00 ${packet(1, '2025-08-01 13:56:28.000001')}`)
    expect(records[0]?.time).toBe(`${Date.UTC(2025, 7, 1, 11, 56, 28) / 1000}.000001000`)
    expect(reader.warnings).toEqual([])
  })

  test('logs of several pods that run into one another are captures of their own', () => {
    const line = (pod: string, n: number): string => `[pod/${pod}/tcpdump] ${packet(n)}`
    const banner = (pod: string): string =>
      `[pod/${pod}/tcpdump] listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n`
    const { reader, records } = read(
      banner('a') + banner('b') + line('a', 1) + line('b', 2) + line('a', 3) + line('b', 4),
    )
    const found = records.map(
      ({ text, interface: index }) => `${reader.interfaces[index]?.pod} ${/\.(\d) >/.exec(text)?.[1]}`,
    )
    expect(found.sort()).toEqual(['a 1', 'a 3', 'b 2', 'b 4'])
    expect(reader.interfaces.map(({ name, section }) => [name, section])).toEqual([
      ['eth0', 0],
      ['eth0', 1],
    ])
  })

  test('prose around a quoted capture is skipped and counted', () => {
    const { reader, records } = read(`Hello,\n\n> ${packet(1)}> ${packet(2)}\nGreetings\n`)
    expect([records.length, reader.skipped]).toEqual([2, { 'not-a-packet': 2 }])
  })

  test('a capture pasted behind a quoted one', () => {
    const { reader, records } = read(`> ${packet(1)}> ${packet(2)}${packet(3)}${packet(4)}`)
    expect([records.length, reader.interfaces.length]).toEqual([4, 2])
  })

  test('newest first is reversed; relative order of a few is not', () => {
    const text = [5, 4, 3, 2].map((n) => packet(n)).join('')
    const { reader, records } = read(text)
    expect(records.map(({ time, number }) => `${number} ${time.slice(-7, -3)}`)).toEqual([
      '1 0002',
      '2 0003',
      '3 0004',
      '4 0005',
    ])
    expect(reader.warnings.map(({ code }) => code)).toEqual(['text-newest-first'])
    expect(read(packet(2) + packet(1) + packet(3)).reader.warnings).toEqual([])
  })

  test('what begins newest first and does not stay so keeps its order', () => {
    const early = Array.from({ length: 1000 }, (_, i) => packet(9000 - i)).join('')
    const { reader, records } = read(early + packet(9500) + packet(9600))
    expect(records.length).toBe(1002)
    expect(records[0]?.time.slice(-7, -3)).toBe('9000')
    expect(reader.warnings.map(({ code }) => code)).toContain('text-newest-first-unordered')
  })

  test('a line without end is cut, its packet read, the next line found', () => {
    const { reader, records } = read(`${packet(1).trimEnd()}${' '.repeat(400_000)}\n${packet(2)}`)
    expect(records.length).toBe(2)
    expect(reader.warnings.map(({ code }) => code)).toEqual(['text-line-too-long'])
  })

  test('a text that breaks off says so', () => {
    expect(read(packet(1) + packet(2).slice(0, 60)).reader.warnings.map(({ code }) => code)).toEqual([
      'text-last-line-cut',
    ])
    expect(read(packet(1) + packet(2).trimEnd()).reader.warnings).toEqual([])
  })

  test('an error of tcpdump’s is told', () => {
    const { warnings } = read(`${packet(1)}tcpdump: pcap_loop: The interface disappeared\n`).reader
    expect(warnings.map(({ code }) => code)).toEqual(['text-capture-error'])
  })

  test('nothing, and nothing but prose', () => {
    expect(read('').records).toEqual([])
    expect(read('hello\nworld').reader.skipped).toEqual({ 'not-a-packet': 2 })
  })
})

describe('TcpdumpTextReader.stretch()', () => {
  /** A reader that has handed over the first packet of a text. */
  function begun(text: string): TcpdumpTextReader {
    const reader = new TcpdumpTextReader('paste.txt')
    reader.push(octets(text))
    reader.next()
    return reader
  }

  test('offers the lines from that of the open packet on', () => {
    const reader = begun(packet(1) + packet(2) + packet(3) + packet(4))
    const { buffer, at, end, timeSec, secondLength, fractionDigits } = reader.stretch() ?? {}
    expect(new TextDecoder().decode(buffer?.subarray(at, end))).toBe(packet(2) + packet(3) + packet(4))
    expect([timeSec, secondLength, fractionDigits]).toEqual([42_988, 9, 6])
  })

  test('goes on behind the lines that were taken as if it had handed them over', () => {
    const text = packet(1) + packet(2) + packet(3) + packet(4)
    const reader = begun(text)
    const stretch = reader.stretch()
    if (stretch === null) throw new Error('nothing offered')
    stretch.at += packet(2).length + packet(3).length
    stretch.taken = 2
    stretch.timeNsec = 3000
    reader.passOver(stretch)
    expect(reader.record).toMatchObject({ number: 3, timeSec: 42_988, timeNsec: 3000 })
    expect(reader.next()).toBe(false)
    reader.push(octets('11:56:2\n'))
    reader.end()
    expect(reader.next()).toBe(true)
    expect(reader.record).toMatchObject({ number: 4, timeNsec: 4000 })
    expect(reader.warnings).toEqual([])
  })

  test.each([
    ['before the first packet', ''],
    ['behind a packet of another second', packet(1, '11:56:27.999999') + packet(2) + packet(3)],
    ['of a packet with a line below', `${packet(1)}${packet(2)}\tbelow\n`],
    ['of packets with numbers', `    1  ${packet(1)}    2  ${packet(2)}    3  ${packet(3)}`],
    ['behind a packet of another interface', packet(1, '11:56:28.000001 eth0  In ') + packet(2) + packet(3)],
    ['of packets without times', `${body(1)}\n${body(2)}\n${body(3)}\n`],
    ['of lines with a prefix', `pod/a ${packet(1)}pod/a ${packet(2)}pod/a ${packet(3)}`],
    ['at a damaged time', packet(1) + packet(2, '11:56:28.0000001') + packet(3)],
  ])('offers nothing %s', (_, text) => {
    const reader = begun(text)
    if (text.includes('below')) reader.next()
    expect(reader.stretch()).toBeNull()
  })

  test('offers nothing of a packet whose line has left the buffer', () => {
    const reader = begun(packet(1) + packet(2))
    reader.push(octets(packet(3)))
    expect(reader.stretch()).toBeNull()
  })
})

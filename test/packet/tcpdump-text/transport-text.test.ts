import { describe, expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { EndpointReader } from '../../../src/packet/tcpdump-text/endpoints.ts'
import type { Level } from '../../../src/packet/tcpdump-text/level.ts'
import { SequenceBases } from '../../../src/packet/tcpdump-text/sequence-bases.ts'
import { TextCursor } from '../../../src/packet/tcpdump-text/text-cursor.ts'
import { TransportReader } from '../../../src/packet/tcpdump-text/transport-text.ts'

interface Given {
  readonly src?: string
  readonly dst?: string
  /** By `-v`. */
  readonly length?: number
  readonly protocol?: number
  readonly frameIpLength?: number
  readonly hasExtensions?: boolean
  readonly version?: 4 | 6
}

function levelOf(given: Given): Level {
  const view = new PacketView()
  blankView(view, new CaptureRecord())
  const { length, protocol = -1, frameIpLength, hasExtensions = false, version = 4 } = given
  const header = { version, length, protocol, ttl: -1, id: -1, fragmentOffset: 0, moreFragments: false }
  return {
    view,
    header,
    src: given.src ?? '10.0.0.1.1000',
    dst: given.dst ?? '10.0.0.2.80',
    frameIpLength,
    hasExtensions,
  }
}

const reader = (): TransportReader => new TransportReader(new EndpointReader(), new SequenceBases(true))
const NO_PORTS = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('lengths', () => {
  test.each([
    ['Flags [.], ack 1, win 5, options [nop,nop,TS val 1 ecr 2], length 10', {}, 62, 32],
    ['Flags [.], ack 1, win 5, options [nop,nop,TS val 1 ecr 2], length 10', { length: 70 }, 70, 32],
    ['Flags [.], ack 1, win 5, options [exp-acc0], length 10', {}, 50, 20],
    ['Flags [.], ack 1, win 5, options [exp-acc0], length 10', { length: 62 }, 62, 32],
    ['Flags [.], ack 1, win 5, options [nop,nop,TS [|tcp]>', { length: 52 }, 52, 32],
    ['Flags [.], ack 1, win 5, length 10', { frameIpLength: 58 }, 50, 20],
    ['Flags [.], ack 1, win 5, length 10', { frameIpLength: 58, hasExtensions: true }, 58, 20],
    ['tcp 10', { frameIpLength: 62 }, 62, 20],
    ['tcp 10', {}, 50, 20],
  ])('TCP: %s with %j', (text, given, ipLength, headerLength) => {
    const level = levelOf(given)
    expect(reader().readTcp(text, level, true)).toBeUndefined()
    expect(level.view).toMatchObject({ ipLength, tcpHeaderLength: headerLength })
  })

  test.each([
    ['UDP, length 20', {}, 48, 20],
    ['UDP, length 20', { length: 60 }, 60, 20],
    ['[|sflow]', {}, 28, 0],
    ['[|sflow]', { frameIpLength: 100 }, 100, 72],
    ['[|sflow]', { length: 100 }, 100, 72],
  ])('UDP: %s with %j', (text, given, ipLength, payloadLength) => {
    const level = levelOf(given)
    level.view.ipVersion = 4
    reader().finishUdp(text, level)
    expect(level.view).toMatchObject({ protocol: 17, ipLength, payloadLength })
  })

  test.each([
    ['ICMP echo request, id 1, seq 1, length 64', {}, 84, 56],
    ['ICMP echo request, id 1, seq 1', { length: 84 }, 84, 56],
    ['ICMP6, packet too big, mtu 1280', { length: 128, version: 6 as const, src: 'fd00::1', dst: 'fd00::2' }, 128, 80],
  ])('ICMP: %s with %j', (text, given, ipLength, payloadLength) => {
    const level = levelOf({ ...NO_PORTS, ...given })
    expect(reader().readIcmp(text, level)).toBeUndefined()
    expect(level.view).toMatchObject({ ipLength, payloadLength })
  })

  test('SCTP', () => {
    const level = levelOf({ length: 52 })
    expect(reader().readSctp('sctp (1) [INIT]', level, true)).toBeUndefined()
    expect(level.view).toMatchObject({ protocol: 132, srcPort: 1000, ipLength: 52, payloadLength: 20 })
    expect(reader().readSctp('[|sctp]', levelOf(NO_PORTS), false)?.reason).toBe('transport-truncated')
  })
})

describe('protocols without ports', () => {
  test.each([
    ['OSPFv2, Hello, length 44', {}, 89, 64],
    [' ip-proto-253 10', {}, 253, 30],
    ['whatever', { protocol: 99, length: 70 }, 99, 70],
    ['igmp v3 report [invalid len 8]', {}, 2, 20],
  ])('%s with %j', (text, given, protocol, ipLength) => {
    const level = levelOf({ ...NO_PORTS, ...given })
    expect(reader().readOther(text, level)).toBeUndefined()
    expect(level.view).toMatchObject({ protocol, ipLength, srcPort: 0 })
  })

  test('a later fragment without -v, and what has no name', () => {
    expect(reader().readOther('ip-proto-6', levelOf(NO_PORTS))?.reason).toBe('text-fragment')
    expect(reader().readOther('tcp', levelOf(NO_PORTS))?.reason).toBe('text-fragment')
    expect(reader().readOther('something new', levelOf(NO_PORTS))?.reason).toBe('other-ip')
  })
})

describe('behind extension headers', () => {
  const given = { src: 'fd00::10', dst: 'fd00::6', hasExtensions: true, version: 6 as const }

  test.each([
    ['42000 > 8080: Flags [S], seq 5, win 5, length 0', { protocol: 6, srcPort: 42000, dstPort: 8080, seq: 5 }],
    ['42000 > http-alt: tcp 5', { protocol: 6, dstPort: 8080, payloadLength: 5 }],
    ['42000 > 53: 4660+ A? x. (19)', { protocol: 17, dstPort: 53, dnsId: 4660, payloadLength: 19 }],
    ['ICMP6, echo request, id 1, seq 1, length 64', { protocol: 58, icmpType: 128 }],
  ])('%s', (text, expected) => {
    const level = levelOf(given)
    expect(reader().readBehindExtensions(new TextCursor([text]), level)).toBeUndefined()
    expect(level.view).toMatchObject(expected)
  })

  test('a name that is no port', () => {
    expect(reader().readBehindExtensions(new TextCursor(['a > b: x']), levelOf(given))?.reason).toBe('text-port-name')
  })
})

test('a segment without ports', () => {
  expect(reader().readTcp('[|tcp]', levelOf(NO_PORTS), false)?.reason).toBe('tcp-truncated')
  expect(reader().readTcp('Flags [S], seq 1, win 5, length 0', levelOf(NO_PORTS), false)?.reason).toBe('text-port-name')
})

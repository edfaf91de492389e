import { describe, expect, test } from 'vitest'
import {
  lonelyProtocol,
  namedProtocol,
  readExtensionHeaders,
  readIpHeader,
  readOldTail,
} from '../../../src/packet/tcpdump-text/ip-header.ts'
import { TextCursor } from '../../../src/packet/tcpdump-text/text-cursor.ts'

const BODY = 'a > b: x'

describe('readIpHeader()', () => {
  test.each([
    [`IP ${BODY}`, { version: 4, length: undefined, ttl: -1, id: -1 }],
    [`IP6 ${BODY}`, { version: 6 }],
    [BODY, { version: 0 }],
    [`IP truncated-ip - 768 bytes missing! ${BODY}`, { version: 4 }],
    [`IP6 truncated-ip6 - 8 bytes missing!${BODY}`, { version: 6 }],
    [`IP [total length 60 > length 46] (invalid) ${BODY}`, { version: 4 }],
    [
      `IP (tos 0x0, ttl 64, id 1001, offset 0, flags [DF], proto TCP (6), length 60) ${BODY}`,
      { version: 4, ttl: 64, id: 1001, fragmentOffset: 0, moreFragments: false, protocol: 6, length: 60 },
    ],
    [
      `IP (tos 0x1f,CE, id 5, offset 1480, flags [+, DF, rsvd], proto UDP (17), length 1500, options (RR 1.1.1.1), bad cksum 200 (->1fdd)!) ${BODY}`,
      { ttl: 0, id: 5, fragmentOffset: 1480, moreFragments: true, protocol: 17, length: 1500 },
    ],
    [
      `IP (tos 0x0, ttl  64, id 77, offset 0, flags [none], length: 68, optlength: 8 ( RR{#0.0.0.0} NOP )) ${BODY}`,
      { ttl: 64, id: 77, protocol: -1, length: 68 },
    ],
    [
      `IP (tos 0x0, ttl 128, id 1, offset 0, flags [DF], proto TCP (6), length 2016 [was 0, presumed TSO]) ${BODY}`,
      { length: 2016 },
    ],
    [`IP6 (hlim 64, next-header TCP (6) payload length: 40) ${BODY}`, { version: 6, ttl: 64, protocol: 6, length: 80 }],
    [
      `IP6 (class 0x2, flowlabel 0xc3b9b, hlim 63, next-header Options (0), payload length 48) ${BODY}`,
      { ttl: 63, protocol: 0, length: 88 },
    ],
    [
      `IP6 [real length 80040, presumed BIG TCP] (hlim 64, next-header TCP (6), payload length 0) ${BODY}`,
      { version: 6, length: undefined },
    ],
    [`(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60) ${BODY}`, { version: 4 }],
  ])('%s', (line, expected) => {
    const cursor = new TextCursor([line])
    expect(readIpHeader(cursor, 0)).toMatchObject(expected)
    expect(cursor.rest).toBe(BODY)
  })

  test('the addresses may stand on the next line', () => {
    const cursor = new TextCursor([
      'IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)',
      `    ${BODY}`,
    ])
    readIpHeader(cursor, 0)
    expect(cursor.rest).toBe(BODY)
  })

  test.each([
    ['IP bad-len 0', 'text-bad-len-0'],
    ['IP bad-hlen 12', 'ip-malformed'],
    ['IP  [|ip]', 'ipv4-truncated'],
    ['IP [|ip]', 'ipv4-truncated'],
    ['IP6 [|ip6]', 'ipv6-truncated'],
    ['IP truncated-ip 12', 'ipv4-truncated'],
    ['IP6, wrong link-layer encapsulation', 'ip-malformed'],
    ['IP (tos 0x0, ttl 64', 'text-line-cut'],
  ])('%s: %s', (line, reason) => {
    expect(readIpHeader(new TextCursor([line]), 0)).toMatchObject({ reason })
  })
})

test.each([
  ['x (len 40, hlim 64)', { length: 80, ttl: 64 }],
  ['x (flowlabel 0x1, len 40, hlim 64)', { length: 80, ttl: 64 }],
  ['x (ttl 63, id 5)', { ttl: 63, id: 5, length: undefined }],
  ['x (DF) (ttl 63, id 5, len 60)', { ttl: 63, id: 5, length: 60 }],
  ['x (ipip-proto-4)', { ttl: -1, id: -1 }],
])('readOldTail(%j)', (line, expected) => {
  const header = {
    version: 0 as const,
    length: undefined,
    protocol: -1,
    ttl: -1,
    id: -1,
    fragmentOffset: 0,
    moreFragments: false,
  }
  readOldTail(line, header)
  expect(header).toMatchObject(expected)
})

test.each([
  ['HBH 1 > 2: x', '1 > 2: x', true, -1],
  ['HBH (padn) (rtalert: 0x0000) 1 > 2: x', '1 > 2: x', true, -1],
  ['HBH (padn)1 > 2: x', '1 > 2: x', true, -1],
  ['DSTOPT (opt_type 0x05: len=2) 1 > 2: x', '1 > 2: x', true, -1],
  ['RT6 (len=2, type=0 [Deprecated], segleft=0, [0]fd00::99) 1 > 2: x', '1 > 2: x', true, -1],
  ['srcrt (len=2, type=0, segleft=0, [0]fd00::99) 1 > 2: x', '1 > 2: x', true, -1],
  ['frag (0|40) 1 > 2: x', '1 > 2: x', true, 0],
  ['HBH frag (0x00000009:1448|1448)', '', true, 1448],
  ['AH(spi=0x1,seq=0x1,icv=0xaa): 1 > 2: x', '1 > 2: x', true, -1],
  ['AH(length=4(24-bytes),spi=0x1,seq=0x1,icv=0xaa): 1 > 2: x', '1 > 2: x', true, -1],
  ['Flags [S]', 'Flags [S]', false, -1],
])('readExtensionHeaders() of %j', (line, rest, any, fragmentOffset) => {
  const cursor = new TextCursor([line])
  expect(readExtensionHeaders(cursor)).toMatchObject({ any, fragmentOffset })
  expect(cursor.rest).toBe(rest)
})

test.each([
  ['ip-proto-6', 6],
  ['tcp', 6],
  ['udp ', 17],
  ['tcp 20', -1],
  [' ip-proto-253 10', -1],
])('lonelyProtocol(%j) is %i', (text, protocol) => {
  expect(lonelyProtocol(text)).toBe(protocol)
})

test.each([
  ['ESP(spi=0x1,seq=0x1), length 72', 50],
  ['OSPFv2, Hello, length 44', 89],
  ['igmp v3 report', 2],
  ['PIMv2, Hello', 103],
  ['VRRPv2, Advertisement', 112],
  ['something else', -1],
])('namedProtocol(%j) is %i', (text, protocol) => {
  expect(namedProtocol(text)).toBe(protocol)
})

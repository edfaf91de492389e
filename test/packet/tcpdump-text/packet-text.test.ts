import { describe, expect, test } from 'vitest'
import { DecodeStatus } from '../../../src/core/decode-status.ts'
import { type PacketView, Tunnel } from '../../../src/packet/packet-view.ts'
import { wordsToText } from '../../support/text-corpus.ts'
import { decodeText, octets } from '../../support/text-decode.ts'

/** Views of the first packet of a text, whose head line lacks its time. */
function views(...lines: string[]): readonly PacketView[] {
  return decodeText([octets(`11:56:28.960187 ${lines.join('\n')}\n`)]).records[0] ?? []
}

function describeView(view: PacketView): string {
  if (view.status !== DecodeStatus.Ok) return view.reason
  const src = wordsToText(view.ipVersion, view.src0, view.src1, view.src2, view.src3)
  const dst = wordsToText(view.ipVersion, view.dst0, view.dst1, view.dst2, view.dst3)
  return `${view.protocol} ${src}:${view.srcPort} > ${dst}:${view.dstPort} ${view.ipLength}`
}

const TCP =
  '10.244.1.1.41000 > 10.244.2.77.8080: Flags [S], seq 5, win 502, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0'
const INNER = '6 10.244.1.1:41000 > 10.244.2.77:8080 60'
const MACS = 'aa:bb:cc:00:00:01 > aa:bb:cc:00:00:02'

describe('packets in packets', () => {
  test.each([
    [
      [`IP 172.18.0.2.40001 > 172.18.0.3.6081: Geneve, Flags [none], vni 0x3: IP ${TCP}`],
      ['17 172.18.0.2:40001 > 172.18.0.3:6081 110', INNER],
    ],
    [
      [
        `${MACS}, ethertype IPv4 (0x0800), length 124: 172.18.0.2.40001 > 172.18.0.3.6081: Geneve, Flags [none], vni 0x3, proto TEB (0x6558): ${MACS}, ethertype IPv4 (0x0800), length 74: ${TCP}`,
      ],
      ['17 172.18.0.2:40001 > 172.18.0.3:6081 110', INNER],
    ],
    [
      ['IP 172.18.0.2.40001 > 172.18.0.3.8472: OTV, flags [I] (0x08), overlay 0, instance 6', `IP ${TCP}`],
      ['17 172.18.0.2:40001 > 172.18.0.3:8472 110', INNER],
    ],
    [[`IP 172.18.0.2 > 172.18.0.3: IP ${TCP}`], ['4 172.18.0.2:0 > 172.18.0.3:0 80', INNER]],
    [[`IP 172.18.0.2 > 172.18.0.3: IP ${TCP} (ipip-proto-4)`], ['4 172.18.0.2:0 > 172.18.0.3:0 80', INNER]],
    [
      [`${MACS}, ethertype IPv4 (0x0800), length 94: 172.18.0.2 > 172.18.0.3: ${TCP}`],
      ['4 172.18.0.2:0 > 172.18.0.3:0 80', INNER],
    ],
    [[`IP6 fd00::2 > fd00::3: IP ${TCP}`], ['4 fd00::2:0 > fd00::3:0 100', INNER]],
    // Lengths of extension headers are not printed.
    [[`IP6 fd00::2 > fd00::3: DSTOPT IP ${TCP}`], ['4 fd00::2:0 > fd00::3:0 100', INNER]],
    [
      [`${MACS}, ethertype IPv6 (0x86dd), length 122: fd00::2 > fd00::3: DSTOPT ${TCP}`],
      ['4 fd00::2:0 > fd00::3:0 108', INNER],
    ],
    [
      [`IP6 fd00::2 > fd00::3: RT6 (len=2, type=4, segleft=0, last-entry=0, tag=0, [0]fd00::3) IP ${TCP}`],
      ['4 fd00::2:0 > fd00::3:0 100', INNER],
    ],
    [
      [
        'IP6 (hlim 64, next-header unknown (60) payload length: 68) fd00::2 > fd00::3: DSTOPT (opt_type 0x04: len=1) (padn) IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)',
        `    ${TCP}`,
      ],
      ['4 fd00::2:0 > fd00::3:0 108', INNER],
    ],
    [[`IP6 fd00::2 > fd00::3: DSTOPT GREv0, length 64: IP ${TCP}`], ['47 fd00::2:0 > fd00::3:0 104', INNER]],
    [
      [`IP6 fd00::2 > fd00::3: HBH truncated-ip6 - 69778 bytes missing!IP ${TCP}`],
      ['4 fd00::2:0 > fd00::3:0 100', INNER],
    ],
    [['IP6 fd00::2 > fd00::3: DSTOPT fd00::2.7 > fd00::3.8: sctp'], ['132 fd00::2:7 > fd00::3:8 52']],
    [
      [
        'IP6 (hlim 1, next-header Routing (43) payload length: 46) fd00::2 > fd00::3: RT6 (len=0) AH(spi=0x1): ip-proto-44 46',
      ],
      ['other-ip'],
    ],
    [['IP6 fd00::2 > fd00::3: DSTOPT 41000 > 8080: UDP, length 5'], ['17 fd00::2:41000 > fd00::3:8080 53']],
    [
      ['IP 172.18.0.2 > 172.18.0.3: IP6 fd00::1.1 > fd00::2.2: UDP, length 5'],
      ['41 172.18.0.2:0 > 172.18.0.3:0 73', '17 fd00::1:1 > fd00::2:2 53'],
    ],
    [[`IP 172.18.0.2 > 172.18.0.3: GREv0, length 64: IP ${TCP}`], ['47 172.18.0.2:0 > 172.18.0.3:0 84', INNER]],
    [
      [`IP 172.18.0.2 > 172.18.0.3: IP 10.0.0.1.1234 > 10.0.0.2.8472: VXLAN, flags [I] (0x08), vni 2`, `IP ${TCP}`],
      ['4 172.18.0.2:0 > 172.18.0.3:0 130', '17 10.0.0.1:1234 > 10.0.0.2:8472 110', INNER],
    ],
    [
      ['IP 172.18.0.2 > 172.18.0.3: GREv0, length 248: gre-proto-0x883e'],
      ['47 172.18.0.2:0 > 172.18.0.3:0 268', 'tunnel-payload'],
    ],
    [
      [
        'IP 172.18.0.2.1 > 172.18.0.3.6081: Geneve, Flags [none], vni 0x3: ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28',
      ],
      ['17 172.18.0.2:1 > 172.18.0.3:6081 36', 'tunnel-payload'],
    ],
    [['IP 172.18.0.2 > 172.18.0.3: ESP(spi=0x1,seq=0x1), length 72'], ['50 172.18.0.2:0 > 172.18.0.3:0 92', 'esp']],
  ])('%j', (lines, expected) => {
    expect(views(...lines).map(describeView)).toEqual(expected)
  })

  test('the inner packet knows its tunnel and the outermost addresses', () => {
    const [, , inner] = views(
      'IP 172.18.0.2 > 172.18.0.3: IP 10.0.0.1.1234 > 10.0.0.2.8472: VXLAN, flags [I] (0x08), vni 2',
      `IP ${TCP}`,
    )
    expect(inner).toMatchObject({
      depth: 2,
      tunnel: Tunnel.Vxlan,
      vni: 2,
      outerSrc3: 0xac120002,
      outerDst3: 0xac120003,
      outerIpVersion: 4,
    })
  })

  test('encapsulated deeper than the limit', () => {
    const levels = views(`IP ${'1.1.1.1 > 2.2.2.2: IP '.repeat(8)}${TCP}`)
    expect(levels.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, DecodeStatus.TooDeep])
  })
})

describe('-v', () => {
  test('two lines, with lengths, TTL and identification', () => {
    expect(
      views('IP (tos 0x0, ttl 63, id 1001, offset 0, flags [DF], proto TCP (6), length 60)', `    ${TCP}`)[0],
    ).toMatchObject({
      ttl: 63,
      ipId: 1001,
      ipLength: 60,
      srcPort: 41000,
    })
  })

  test('an ICMP error names the packet it quotes', () => {
    const [error] = views(
      'IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto ICMP (1), length 88)',
      '    172.18.0.1 > 10.244.1.1: ICMP 10.244.2.77 unreachable - need to frag (mtu 1400), length 68',
      '\tIP (tos 0x0, ttl 64, id 1001, offset 0, flags [DF], proto TCP (6), length 60)',
      `    ${TCP}`,
    )
    expect(error).toMatchObject({ protocol: 1, icmpMtu: 1400, ipLength: 88, hasQuoted: 1, quotedProtocol: 6 })
    expect(error).toMatchObject({ quotedSrc3: 0x0af40101, quotedSrcPort: 41000, quotedDstPort: 8080, quotedSeq: 5 })
  })

  test('ports are all that eight quoted octets leave', () => {
    const [error] = views(
      'IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto ICMP (1), length 56)',
      '    172.18.0.6 > 10.244.0.101: ICMP 172.18.0.6 tcp port 80 unreachable, length 36',
      '\tIP (tos 0x0, ttl 64, id 1001, offset 0, flags [DF], proto TCP (6), length 60)',
      '    10.244.0.101.52000 > 172.18.0.6.80:  [|tcp]',
    )
    expect(error).toMatchObject({ status: DecodeStatus.Ok, hasQuoted: 1, quotedSrcPort: 52000, quotedDstPort: 80 })
  })

  test('without -v nothing is quoted', () => {
    expect(views('IP 172.18.0.6 > 10.244.0.101: ICMP 172.18.0.6 tcp port 80 unreachable, length 36')[0]).toMatchObject({
      icmpType: 3,
      icmpCode: 3,
      hasQuoted: 0,
    })
  })

  test('a message cut before its type is no message of type 0', () => {
    const header = 'IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)'
    expect(views(header, '    10.0.0.1 > 10.0.0.2:  [|icmp]').map(describeView)).toEqual(['transport-truncated'])
  })

  test('fragments can be joined', () => {
    expect(
      views(
        'IP (tos 0x0, ttl 64, id 4242, offset 1480, flags [+], proto TCP (6), length 1500)',
        '    10.4.0.1 > 10.4.1.1: ip-proto-6',
      )[0],
    ).toMatchObject({
      status: DecodeStatus.Ok,
      protocol: 6,
      fragmentId: 4242,
      fragmentOffset: 1480,
      moreFragments: 1,
      fragmentLength: 1480,
    })
    expect(views('IP 10.4.0.1 > 10.4.1.1: ip-proto-6').map(describeView)).toEqual(['text-fragment'])
  })
})

describe('what is no packet of a flow says why', () => {
  test.each([
    ['ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28', 'arp'],
    ['LLDP, length 24', 'other-link'],
    ['', 'other-link'],
    ['IP bad-len 0', 'text-bad-len-0'],
    ['IP  [|ip]', 'ipv4-truncated'],
    ['IP 10.5.0.5.45004 > 10.5.1.1.8080:  [|tcp]', 'tcp-truncated'],
    ['IP 10.5.0.7 > 10.5.1.1: [|tcp]', 'tcp-truncated'],
    ['IP 10.0.0.1.80 > 10.0.0.2.81: Flags [.] [bad hdr length 60 - too long, > 40]', 'tcp-header-length'],
    ['IP 10.0.0.1.80 > 10.0.0.2.81: Flags [P.], seq 1:2', 'text-line-cut'],
    ['IP 10.0.0.1.80 > 10.0.0.2.no-such-service: Flags [.], ack 1, win 5, length 0', 'text-port-name'],
    ['IP6 fd00::1 > fd00::2: ICMP6, mtrace response, length 5', 'text-icmp-type'],
    ['IP6 fd00::1 > fd00::2: frag (1448|1448)', 'text-fragment'],
    ['IP 10.0.0.1 > 10.0.0.2: something new', 'other-ip'],
    ['something else', 'text-unreadable'],
  ])('%j: %s', (line, reason) => {
    expect(views(line).map(describeView)).toEqual([reason])
  })
})

describe('link headers that are not known', () => {
  test('the addresses of a TCP header anchor the line', () => {
    for (const link of [
      'be 50 a8 92: ',
      'some new link, 5 octets: ',
      'fddi 4 aa:bb:cc:00:00:01 > aa:bb:cc:00:00:02: ',
    ]) {
      expect(views(`${link}${TCP}`).map(describeView)).toEqual([INNER])
    }
  })

  test('not on continuation lines, and not behind letters or digits', () => {
    expect(views('something else', `    ${TCP}`).map(describeView)).toEqual(['text-unreadable'])
    expect(views(`something else x${TCP}`).map(describeView)).toEqual(['text-unreadable'])
  })
})

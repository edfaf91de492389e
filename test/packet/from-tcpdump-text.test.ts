import { describe, expect, test } from 'vitest'
import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { TcpdumpTextDecoder } from '../../src/packet/from-tcpdump-text.ts'
import { wordsToText } from '../support/text-corpus.ts'
import { decodeText, octets, segmentsOf } from '../support/text-decode.ts'

const KUBELET_PROBE = `root@kind-worker:/# tcpdump -i eth0 dst 172.17.0.4 and port 10248 -n
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
12:18:02.187353 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [S], seq 4222611365, win 64240, options [mss 1460,sackOK,TS val 3687075721 ecr 0,nop,wscale 7], length 0
12:18:02.187471 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [.], ack 2286795463, win 502, options [nop,nop,TS val 3687075722 ecr 3835880220], length 0
12:18:02.187594 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [P.], seq 0:87, ack 1, win 502, options [nop,nop,TS val 3687075722 ecr 3835880220], length 87
12:18:02.187996 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [.], ack 152, win 501, options [nop,nop,TS val 3687075722 ecr 3835880221], length 0
12:18:02.188188 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [F.], seq 87, ack 152, win 501, options [nop,nop,TS val 3687075722 ecr 3835880221], length 0
12:18:02.188509 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [.], ack 153, win 501, options [nop,nop,TS val 3687075723 ecr 3835880221], length 0
`
const ENDS = 'IP 10.0.0.1.50000 > 10.0.0.2.80'
const SYN_ACK =
  '11:56:28.000001 IP 10.0.0.2.80 > 10.0.0.1.50000: Flags [S.], seq 5000000, ack 1000001, win 502, length 0\n'
const DATA = `11:56:28.000002 ${ENDS}: Flags [P.], seq 1:20, ack 1, win 502, length 19\n`

const seqs = (text: string): number[] => segmentsOf(decodeText([octets(text)])).map(({ seq }) => seq)

describe('TcpdumpTextDecoder', () => {
  test('makes the numbers of a one-sided capture absolute and computes the IP lengths', () => {
    const segments = segmentsOf(decodeText([octets(KUBELET_PROBE)]))
    expect(segments.map(({ seq, ack, payloadLength, ipLength }) => [seq, ack, payloadLength, ipLength])).toEqual([
      [4222611365, 0, 0, 60],
      [4222611366, 2286795463, 0, 52],
      [4222611366, 2286795463, 87, 139],
      [4222611453, 2286795614, 0, 52],
      [4222611453, 2286795614, 0, 52],
      [4222611454, 2286795615, 0, 52],
    ])
    const [syn] = segments
    expect(syn && wordsToText(4, syn.src0, syn.src1, syn.src2, syn.src3)).toBe('10.244.0.101')
    expect(syn).toMatchObject({
      srcPort: 52844,
      dstPort: 10248,
      mss: 1460,
      windowScale: 7,
      sackPermitted: 1,
      tsVal: 3687075721,
    })
  })

  test('each section has bases of its own', () => {
    const banner = 'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n'
    expect(seqs(SYN_ACK + DATA)).toEqual([5000000, 1000001])
    expect(seqs(SYN_ACK + banner + DATA)).toEqual([5000000, 1])
  })

  test('sections that run into one another keep their bases', () => {
    const a = (text: string): string => `[pod/a/tcpdump] ${text}`
    const b = (text: string): string => `[pod/b/tcpdump] ${text}`
    const other = SYN_ACK.replace('1000001', '2000001')
    expect(seqs(a(SYN_ACK) + b(other) + a(DATA) + b(DATA)).sort()).toEqual([1000001, 2000001, 5000000, 5000000])
  })

  test('-S of the command line is believed', () => {
    const command = '# tcpdump -i eth0 -S\n'
    expect(seqs(command + SYN_ACK + DATA)).toEqual([5000000, 1])
  })

  test('nothing of a packet shows in the next', () => {
    const full = `11:56:28.000001 ${ENDS}: Flags [S], seq 5, win 5, urg 7, options [mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7], length 0\n`
    const bare = `11:56:28.000002 IP 10.0.0.3.1 > 10.0.0.4.2: Flags [.], ack 9, win 6, length 0\n`
    const alone = decodeText([octets(bare)]).records[0]?.[0]
    const behind = decodeText([octets(full + bare)]).records[1]?.[0]
    // Valid where `hasTimestamps` is 1 only.
    const unread = { recordNumber: 0, tsVal: 0, tsEcr: 0 }
    expect({ ...behind, ...unread }).toEqual({ ...alone, ...unread })
    expect(decodeText([octets(full + bare.replace(/IP .*/, 'ARP, x'))]).records[1]?.[0]?.status).toBe(
      DecodeStatus.NotIp,
    )
  })

  test('lines that a terminal cut are joined, payload is not', () => {
    const cut = `${DATA.slice(0, 70)}\n${DATA.slice(70)}`
    expect(seqs(SYN_ACK + cut)).toEqual([5000000, 1000001])
    const udp = '11:56:28.000001 IP 10.0.0.1.50000 > 10.0.0.2.81: UDP, length 12\n00\n'
    expect(decodeText([octets(udp)]).records[0]?.[0]?.payloadLength).toBe(1200)
    const payload = `11:56:28.000001 something new\n\t${ENDS}: Flags [S], seq 1, win 5, length 0\n`
    expect(decodeText([octets(payload)]).skipped).toEqual({ 'text-unreadable': 1 })
  })

  test('an -A dump below a plain line changes nothing', () => {
    const [plain] = decodeText([octets(DATA)]).records
    expect(decodeText([octets(`${DATA}E..G..@.@............P\nmore`)]).records[0]).toEqual(plain)
  })

  test('gives names stand-in addresses', () => {
    const text = decodeText([
      octets(`11:56:28.000001 IP client.50000 > nginx.kind.http: Flags [S], seq 1, win 5, length 0\n`),
    ])
    const view = text.records[0]?.[0]
    expect([text.names[view?.srcName ?? -1], text.names[view?.dstName ?? -1], view?.dstPort]).toEqual([
      'client',
      'nginx.kind',
      80,
    ])
    expect(view?.src3).not.toBe(view?.dst3)
  })

  test('the packet type beside the interface goes with the packet', () => {
    const text = decodeText([
      octets(`11:56:28.000001 eth0  Out ${ENDS}: UDP, length 1\n11:56:28.000002 eth0  B   ${ENDS}: UDP, length 1\n`),
    ])
    expect(text.records.map(([view]) => view?.sllPacketType)).toEqual([4, 1])
  })

  test('takes records of a reader whose interfaces are not known yet', () => {
    const reader = new TcpdumpTextReader('x')
    const decoder = new TcpdumpTextDecoder({ interfaces: [] })
    reader.push(octets(SYN_ACK))
    reader.end()
    expect([reader.next(), decoder.decode(reader.record)]).toEqual([true, 1])
    expect(decoder.views[0]).toMatchObject({ seq: 5000000 })
  })
})

import { describe, expect, test } from 'vitest'
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
})

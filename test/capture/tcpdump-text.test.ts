import { describe, expect, test } from 'vitest'
import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { octets } from '../support/text-decode.ts'

const PROBE = `root@kind-worker:/# tcpdump -i eth0 dst 172.17.0.4 and port 10248 -n
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
12:18:02.187353 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [S], seq 4222611365, win 64240, length 0
12:18:02.187471 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [.], ack 2286795463, win 502, length 0
^C
2 packets captured
`

describe('TcpdumpTextReader', () => {
  test('reads a pasted command: host, interface, filter, times', () => {
    const reader = new TcpdumpTextReader('paste.txt')
    reader.push(octets(PROBE))
    reader.end()
    const times: number[] = []
    while (reader.next()) times.push(reader.record.timeSec, reader.record.timeNsec)
    expect(times).toEqual([44282, 187353000, 44282, 187471000])
    expect(reader.interfaces).toMatchObject([
      {
        name: 'eth0',
        host: 'kind-worker',
        filter: 'dst 172.17.0.4 and port 10248',
        timeKind: 'time-of-day',
        section: 0,
      },
    ])
    expect(reader.warnings).toEqual([])
  })
})

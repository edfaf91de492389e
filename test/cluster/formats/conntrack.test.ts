import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const TCP =
  'tcp      6 112 TIME_WAIT src=10.0.1.5 dst=192.0.2.9 sport=1234 dport=80 src=192.0.2.9 dst=192.0.2.1 sport=80 dport=4321 [ASSURED] mark=0 use=1'

describe('conntrack -L', () => {
  test.each([
    ['as printed', TCP],
    ['-o extended', `ipv4     2 ${TCP}`],
    [
      'with accounting and a zone',
      TCP.replace(' src=192', ' packets=3 bytes=99 src=192').replace('mark=0', 'mark=0 zone=0 secctx=x id=7'),
    ],
    ['without an answer', TCP.replace('TIME_WAIT', 'SYN_SENT').replace(' src=192', ' [UNREPLIED] src=192')],
  ])('masqueraded where the answer goes elsewhere: %s', (_how, line) => {
    expect(clusterOf({ 'nodes.json': TWO_NODES, line }).translations).toMatchObject([
      {
        kind: 'conntrack',
        node: 'n1',
        protocol: 6,
        originalSource: '10.0.1.5',
        originalSourcePort: 1234,
        destination: '192.0.2.9',
        destinationPort: 80,
        translatedSource: '192.0.2.1',
        translatedSourcePort: 4321,
      },
    ])
  })

  test('a service: the destination is the backend that answers', () => {
    const line = TCP.replace('dst=192.0.2.9 sport=1234 dport=80', 'dst=10.96.0.7 sport=1234 dport=443')
    expect(clusterFrom(line).translations).toMatchObject([{ destination: '192.0.2.9', destinationPort: 80 }])
  })

  test('ICMP by its identifier, IPv6, protocols without ports', () => {
    const { translations } = clusterFrom(
      [
        'icmp     1 12 src=10.0.1.5 dst=192.0.2.9 type=8 code=0 id=2817 src=192.0.2.9 dst=192.0.2.1 type=0 code=0 id=2817 mark=0 use=1',
        'ipv6     10 udp      17 21 src=fd00::5 dst=2001:db8::9 sport=1 dport=53 src=2001:db8::9 dst=2001:db8::1 sport=53 dport=1 mark=0 use=1',
        'unknown  47 12 src=10.0.1.5 dst=192.0.2.9 src=192.0.2.9 dst=10.0.1.5 mark=0 use=1',
      ].join('\n'),
    )
    expect(translations).toMatchObject([
      { protocol: 1, originalSourcePort: 2817, destinationPort: null, translatedSourcePort: 2817 },
      { protocol: 17, originalSource: 'fd00::5', translatedSource: '2001:db8::1' },
      { protocol: 47, originalSourcePort: null, translatedSource: '10.0.1.5' },
    ])
  })

  test('lines that are cut are told, the others kept', () => {
    const { translations, warnings } = clusterFrom(`${TCP}\n${TCP.slice(0, 70)}\n`)
    expect(translations).toHaveLength(1)
    expect(warnings).toMatchObject([{ code: 'metadata-bad-item' }])
  })
})

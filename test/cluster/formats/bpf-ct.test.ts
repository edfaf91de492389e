import { expect, test } from 'vitest'
import { clusterFrom } from '../../support/cluster-pieces.ts'

test.each([
  [
    'TCP OUT 10.0.1.5:1 -> 192.0.2.9:80 expires=1 Packets=0 RxFlagsSeen=0x1b Flags=0x0013 [ SeenNonSyn ] NatPort=0',
    'out',
    '10.0.1.5',
    1,
    80,
  ],
  [
    'TCP IN 192.0.2.9:1 -> 10.0.1.5:80 expires=1 RxPackets=0 RxBytes=0 RxFlagsSeen=0x1b IfIndex=0',
    'in',
    '192.0.2.9',
    1,
    80,
  ],
  ['TCP OUT 10.96.0.1:80 -> 10.0.1.5:1 service expires=1 RxFlagsSeen=0x00', 'service', '10.96.0.1', 80, 1],
  ['TCP SVC 10.0.1.5:1 -> 10.96.0.1:80 expires=1 RxFlagsSeen=0x00', 'service', '10.0.1.5', 1, 80],
  ['ICMP OUT 10.0.1.5:2817 -> 192.0.2.9:0 expires=1 RxFlagsSeen=0x00', 'out', '10.0.1.5', 2817, null],
] as const)('%s', (row, direction, source, sourcePort, destinationPort) => {
  expect(clusterFrom(row).connections).toMatchObject([{ direction, source, sourcePort, destinationPort }])
})

// cilium/cilium pkg/maps/ctmap: addresses lie swapped in the map, those of services lie straight with the ports swapped.
test.each([
  [0, { source: '10.0.1.5', sourcePort: 1234, destination: '192.0.2.9', destinationPort: 80, direction: 'out' }],
  [1, { source: '10.0.1.5', sourcePort: 1234, destination: '192.0.2.9', destinationPort: 80, direction: 'in' }],
  [4, { source: '192.0.2.9', sourcePort: 80, destination: '10.0.1.5', destinationPort: 1234, direction: 'service' }],
])('JSON with flags %i', (Flags, connection) => {
  const Key = {
    DestAddr: [10, 0, 1, 5],
    SourceAddr: [192, 0, 2, 9],
    SourcePort: 0xd204,
    DestPort: 0x5000,
    NextHeader: 6,
    Flags,
  }
  expect(clusterFrom(JSON.stringify([{ Key, Value: { RevNAT: 0, Lifetime: 1 } }])).connections).toMatchObject([
    connection,
  ])
})

import { expect, test } from 'vitest'
import { parseSectionLine } from '../../../src/capture/tcpdump-text/section-line.ts'

test.each([
  [
    'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
    { kind: 'start', interface: 'eth0', linkType: 'EN10MB', snapLength: 262144 },
  ],
  [
    'tcpdump: listening on any, link-type LINUX_SLL (Linux cooked), capture size 96 bytes',
    { kind: 'start', interface: 'any', linkType: 'LINUX_SLL', snapLength: 96 },
  ],
  ['tcpdump: listening on eth0', { kind: 'start', interface: 'eth0', linkType: null, snapLength: 0 }],
  [
    'reading from file my capture.pcap, link-type EN10MB (Ethernet)',
    { kind: 'start', interface: null, linkType: 'EN10MB', snapLength: 0 },
  ],
  ['10 packets captured', { kind: 'trailer', dropped: 0 }],
  ['^C1 packet captured', { kind: 'trailer', dropped: 0 }],
  ['12 packets received by filter', { kind: 'trailer', dropped: 0 }],
  ['3 packets dropped by kernel', { kind: 'trailer', dropped: 3 }],
  [
    'tcpdump: 4 packets captured, 5 packets received by filter, 2 packets dropped by kernel',
    { kind: 'statistics', dropped: 2 },
  ],
  [
    'tcpdump: pcap_loop: The interface disappeared',
    { kind: 'error', message: 'tcpdump: pcap_loop: The interface disappeared' },
  ],
  ['tcpdump: verbose output suppressed, use -v[v]... for full protocol decode', { kind: 'banner' }],
  ['tcpdump: data link type LINUX_SLL2', { kind: 'banner' }],
  ['dropped privs to tcpdump', { kind: 'banner' }],
  ['Warning: interface names might be incorrect', { kind: 'banner' }],
  ['^C', { kind: 'banner' }],
])('%j', (line, expected) => {
  expect(parseSectionLine(line)).toEqual(expected)
})

test('a prompt with a command', () => {
  expect(parseSectionLine('root@kind-worker:/# tcpdump -i eth0')).toMatchObject({
    kind: 'command',
    command: { host: 'kind-worker', interface: 'eth0' },
  })
})

test.each([
  '11:56:28.960087 IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1',
  'nginx: listening on port 80 for packets of data',
  'listening on 0.0.0.0:80 and more',
  'packets captured 10',
  'I ran tcpdump on the node:',
  '',
])('%j is none of tcpdump’s own', (line) => {
  expect(parseSectionLine(line)).toBeUndefined()
})

import { expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { isIcmpText, readIcmpText } from '../../../src/packet/tcpdump-text/icmp-text.ts'

function read(text: string): ReturnType<typeof readIcmpText> & { view: PacketView } {
  const view = new PacketView()
  blankView(view, new CaptureRecord())
  return { ...readIcmpText(text, view), view }
}

test.each([
  [
    'ICMP echo request, id 4660, seq 1, length 64',
    { protocol: 1, icmpType: 8, icmpId: 4660, icmpSeq: 1, payloadLength: 56 },
  ],
  ['ICMP echo reply, id 4660, seq 1, length 64', { icmpType: 0, icmpId: 4660 }],
  ['ICMP 10.0.0.1 tcp port 80 unreachable, length 36', { icmpType: 3, icmpCode: 3, icmpId: 0 }],
  ['ICMP 10.0.0.1 udp port domain unreachable, length 36', { icmpType: 3, icmpCode: 3 }],
  ['ICMP host 10.0.0.1 unreachable, length 36', { icmpType: 3, icmpCode: 1 }],
  ['ICMP net 10.0.0.1 unreachable, length 36', { icmpType: 3, icmpCode: 0 }],
  ['ICMP 10.0.0.1 protocol 47 unreachable, length 36', { icmpType: 3, icmpCode: 2 }],
  ['ICMP host 10.0.0.1 unreachable - admin prohibited, length 36', { icmpType: 3, icmpCode: 10 }],
  ['ICMP host 10.0.0.1 unreachable - admin prohibited filter, length 36', { icmpType: 3, icmpCode: 13 }],
  ['ICMP net 10.0.0.1 unreachable - admin prohibited, length 36', { icmpType: 3, icmpCode: 9 }],
  ['ICMP 10.0.0.1 unreachable - need to frag (mtu 1400), length 68', { icmpType: 3, icmpCode: 4, icmpMtu: 1400 }],
  ['ICMP time exceeded in-transit, length 68', { icmpType: 11, icmpCode: 0 }],
  ['ICMP ip reassembly time exceeded, length 68', { icmpType: 11, icmpCode: 1 }],
  ['ICMP redirect 10.0.0.1 to host 10.0.0.2, length 36', { icmpType: 5, icmpCode: 1 }],
  ['icmp 64: echo request seq 1', { protocol: 1, icmpType: 8, icmpSeq: 1, payloadLength: 56 }],
  ['icmp 36: 172.18.0.6 tcp port 80 unreachable', { icmpType: 3, icmpCode: 3 }],
  ['ICMP6, echo request, id 5, seq 6, length 64', { protocol: 58, icmpType: 128, icmpId: 5, icmpSeq: 6 }],
  ['ICMP6, packet too big, mtu 1280, length 88', { icmpType: 2, icmpMtu: 1280 }],
  ['ICMP6, destination unreachable, unreachable port, fd00::6 tcp port 80, length 88', { icmpType: 1, icmpCode: 4 }],
  ['ICMP6, destination unreachable, length 88, unreachable route, fd00::6', { icmpType: 1, icmpCode: 0 }],
  ['ICMP6, time exceeded in-transit for fd00::6, length 88', { icmpType: 3, icmpCode: 0 }],
  ['ICMP6, neighbor solicitation, who has fd00::1, length 32', { icmpType: 135 }],
  ['ICMP6, neighbor advertisement, tgt is fd00::1, length 32', { icmpType: 136 }],
  ['ICMP6, router solicitation, length 16', { icmpType: 133 }],
  ['ICMP6, multicast listener report v2, 1 group record(s), length 28', { icmpType: 143 }],
  ['[icmp6 sum ok] ICMP6, packet too big, mtu 1280', { icmpType: 2, icmpMtu: 1280 }],
  ['ICMP 10.0.0.1 unreachable - source host isolated, length 48', { icmpType: 3, icmpCode: 8 }],
  ['ICMP 10.0.0.1 unreachable - #16, length 48', { icmpType: 3, icmpCode: 16 }],
  ['ICMP redirect-#4 10.0.0.1 to 10.0.0.2, length 48', { icmpType: 5, icmpCode: 4 }],
  ['ICMP time exceeded-#2, length 48', { icmpType: 11, icmpCode: 2 }],
  ['ICMP parameter problem - octet 20, length 48', { icmpType: 12, icmpCode: 0 }],
  ['ICMP parameter problem - code 2, length 48', { icmpType: 12, icmpCode: 2 }],
  ['ICMP type-#42, length 20', { icmpType: 42, icmpCode: 0 }],
  ['ICMP6, time exceeded in-transit (reassembly), length 68', { icmpType: 3, icmpCode: 1 }],
  ['ICMP6, parameter problem, errorneous - octet 6, length 68', { icmpType: 4, icmpCode: 0 }],
  ['ICMP6, parameter problem, next header - octet 6, length 68', { icmpType: 4, icmpCode: 1 }],
  ['ICMP6, parameter problem, option - octet 42, length 68', { icmpType: 4, icmpCode: 2 }],
  ['ICMP6, parameter problem, incomplete header chain - octet 0, length 48', { icmpType: 4, icmpCode: 3 }],
  ['ICMP6, parameter problem, code-#4, length 68', { icmpType: 4, icmpCode: 4 }],
  ['ICMP6, destination unreachable, unknown unreach code (5)', { icmpType: 1, icmpCode: 5 }],
  ['ICMP6, inverse neighbor solicitation, length 48', { icmpType: 141 }],
  ['ICMP6, unknown icmp6 type (160), length 48', { icmpType: 160 }],
  ['icmp6: too big 1280', { protocol: 58, icmpType: 2, icmpMtu: 1280 }],
  ['[icmp6 sum ok] icmp6: fd00::6 tcp port 80 unreachable', { icmpType: 1, icmpCode: 4 }],
])('%s', (text, expected) => {
  const { view, failure } = read(text)
  expect(isIcmpText(text)).toBe(true)
  expect(failure).toBeUndefined()
  expect(view).toMatchObject(expected)
})

test('a type that is not known is counted, not guessed', () => {
  expect(read('ICMP6, mtrace response, length 20').failure?.reason).toBe('text-icmp-type')
})

test.each(['Flags [S]', 'UDP, length 5', 'igmp v3 report', ''])('%j is no ICMP', (text) => {
  expect(isIcmpText(text)).toBe(false)
})

import { describe, expect, test } from 'vitest'
import { ask, askRows, BPF, OTHER_POD } from '../../support/masquerade-ask.ts'

const HOST = '172.18.0.2'
const V6 = { source: 'fd00:10:244:1::10', destination: '2606:4700::1111', protocol: 58 }

describe('nat-unsupported-proto', () => {
  askRows([
    ['echo request', { protocol: 1, icmpType: 8 }, 'masquerade local-endpoint'],
    ['timestamp request', { protocol: 1, icmpType: 13 }, 'drop nat-unsupported-proto'],
    ['timestamp request of the host', { source: HOST, protocol: 1, icmpType: 13 }, 'drop nat-unsupported-proto'],
    ['echo request of the host', { source: HOST, protocol: 1, icmpType: 8 }, 'preserve host-masq-address'],
    ['echo reply of the host', { source: HOST, protocol: 1, icmpType: 0 }, 'preserve nat-unsupported-proto'],
    [
      'timestamp request that nothing translates',
      { destination: OTHER_POD, protocol: 1, icmpType: 13 },
      'preserve exclusion-cidr',
    ],
    ['type not given', { protocol: 1 }, 'masquerade local-endpoint'],
    ['destination unreachable', { protocol: 1, icmpType: 3 }, 'masquerade local-endpoint'],
    ['time exceeded, 1.14', { protocol: 1, icmpType: 11, cluster: { version: '1.14' } }, 'drop nat-unsupported-proto'],
    [
      'destination unreachable, 1.14: of the code nothing is known',
      { protocol: 1, icmpType: 3, cluster: { version: '1.14' } },
      'unknown nat-unsupported-proto',
    ],
    ['SCTP, enabled', { protocol: 132, config: { ...BPF, 'enable-sctp': 'true' } }, 'masquerade local-endpoint'],
    ['SCTP, not enabled', { protocol: 132 }, 'preserve nat-unsupported-proto'],
    ['GRE', { protocol: 47 }, 'preserve nat-unsupported-proto'],
    ['ICMPv6 echo request', { ...V6, icmpType: 128 }, 'masquerade local-endpoint'],
    ['ICMPv6 echo request, asked for as icmp', { ...V6, protocol: 1, icmpType: 128 }, 'masquerade local-endpoint'],
    ['ICMPv6 echo reply', { ...V6, icmpType: 129 }, 'preserve reply'],
    ['packet too big', { ...V6, icmpType: 2 }, 'masquerade local-endpoint'],
    ['neighbour solicitation', { ...V6, icmpType: 135 }, 'preserve nat-unsupported-proto'],
    [
      'router solicitation of the host',
      { ...V6, source: 'fc00:f853:ccd:e793::2', icmpType: 133 },
      'drop nat-unsupported-proto',
    ],
  ])

  test('an error is kept where the connection it quotes was not masqueraded', () => {
    const decision = ask({ protocol: 1, icmpType: 3 })
    expect(decision.alternatives).toMatchObject([{ action: 'preserve', rule: 'nat-unsupported-proto' }])
    expect(ask({ protocol: 1 }).assumptions).toEqual(['icmp type not given: echo request assumed'])
  })
})

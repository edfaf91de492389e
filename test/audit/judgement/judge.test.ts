import { describe, expect, test } from 'vitest'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { NODE_ETH0, play } from '../../support/audit-incident.ts'

const judgedAs = (given: typeof FIXTURE, flow: FlowFacts) => {
  const [verdict] = play(aCluster(given), [NODE_ETH0('n1')], [flow]).verdicts
  return [verdict?.verdict, verdict?.because.join(' ')]
}

describe('judge() leaves alone what the settings cannot speak of', () => {
  const rows: [string, FlowFacts, RegExp][] = [
    ['loopback', { tuple: '127.0.0.1:1 > 127.0.0.1:80' }, /leaves no node/],
    ['multicast', { tuple: '10.244.1.10:1 > 224.0.0.251:5353', protocol: 'udp' }, /leaves no node/],
    ['a link-local source', { tuple: '169.254.7.7:1 > 1.1.1.1:80' }, /do not leave their link/],
    ['IPv6 link-local', { tuple: '[fd00::1]:1 > [fe80::1]:80' }, /do not leave their link/],
    ['the carrier of a tunnel', { tuple: '172.18.0.2:40000 > 172.18.0.3:8472', protocol: 'udp' }, /carrier traffic/],
    ['a host name for an address', { tuple: 'curl.default:1 > 1.1.1.1:80' }, /tcpdump -n/],
  ]
  test.each(rows)('%s', (_, flow, because) => {
    expect(judgedAs(FIXTURE, flow)).toEqual(['not_applicable', expect.stringMatching(because)])
  })
})

test('judge() says what is missing where nothing says how the cluster masquerades', () => {
  const { masquerade: _, routing: __, nativeRoutingCidrs: ___, ...addresses } = FIXTURE
  expect(judgedAs(addresses, { tuple: '10.244.1.10:1 > 1.1.1.1:80', ttl: 63 })).toEqual([
    'inconclusive',
    expect.stringContaining('cilium-config ConfigMap or --masquerade would decide'),
  ])
})

test('judge() asks for metadata where there is none', () => {
  expect(judgedAs({}, { tuple: '10.244.1.10:1 > 1.1.1.1:80' })).toEqual([
    'not_applicable',
    expect.stringContaining('--cluster'),
  ])
})

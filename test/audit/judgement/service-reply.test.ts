import { expect, test } from 'vitest'
import { aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { OUTSIDE, play, words } from '../../support/audit-incident.ts'

const cluster = clusterOf(FIXTURE, {
  'svc.json': aService({
    name: 'lb',
    type: 'LoadBalancer',
    port: 7160,
    protocol: 'UDP',
    loadBalancerIp: '20.1.1.1',
    backends: ['10.244.1.10'],
  }),
})
const from = (port: number, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `20.1.1.1:${port} > 8.8.8.8:5060`,
  protocol: 'udp',
  at: 500,
  ttl: 62,
  ...facts,
})

const rows: [string, FlowFacts, string][] = [
  ['a datagram from the port it serves answers somebody, however late', from(7160), 'not_applicable'],
  ['one from another port opens something', from(40_000), 'contradiction MASQUERADE_WRONG_ADDRESS'],
  ['a SYN does, from any port', from(7160, { protocol: 'tcp' }), 'contradiction MASQUERADE_WRONG_ADDRESS'],
  [
    'a connection in mid-course may be an answer',
    from(7160, { protocol: 'tcp', originKnown: false }),
    'not_applicable',
  ],
]
test.each(rows)('under the address of a Service: %s', (_, flow, expected) => {
  expect(words(play(cluster, [OUTSIDE], [flow]))).toEqual([expected])
})

test('an address that only lies in the range of services is a stranger', () => {
  const flow: FlowFacts = { tuple: '10.99.0.5:40000 > 172.18.0.3:22', ttl: 62 }
  expect(words(play(cluster, [OUTSIDE], [flow]))).toEqual(['not_applicable'])
})

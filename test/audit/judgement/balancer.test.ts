import { expect, test } from 'vitest'
import { AuditContext } from '../../../src/audit/context.ts'
import { balancingOf } from '../../../src/audit/judgement/balancer.ts'
import { SightingPlacer } from '../../../src/audit/sighting.ts'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow } from '../../support/audit-flows.ts'

type Service = Parameters<typeof aService>[0]
const NODE_PORT: Service = {
  name: 'np',
  type: 'NodePort',
  port: 80,
  nodePort: 30080,
  policy: 'Cluster',
  backends: ['10.244.2.20', '10.244.1.10'],
}
const REMOTE = '172.18.0.2:40000 > 10.244.2.20:80'
const LOCAL = '172.18.0.2:40000 > 10.244.1.10:80'

function balancing(
  tuple: string,
  service: Service | null,
  settings: readonly string[] = ['kube-proxy-replacement=true'],
): string {
  const given: GivenFacts = { ...FIXTURE, settings }
  const cluster = clusterOf(given, service === null ? {} : { 'svc.json': aService(service) })
  const context = new AuditContext(cluster, { expected: () => ({}) as never, installed: () => null })
  const point = { kind: 'node', name: 'n1', interface: 'eth0', side: 'after', basis: 'option', assumed: false } as const
  const sighting = new SightingPlacer([{ ...aCapture({}), points: [point] }], context).place(aFlow({ tuple }))
  return balancingOf(sighting, context).may
}

const ROWS: [string, string, Service | null, string[], string][] = [
  ['a backend elsewhere', REMOTE, NODE_PORT, [], 'yes'],
  ['a backend of the own node, in BPF', LOCAL, NODE_PORT, ['kube-proxy-replacement=true'], 'no'],
  ['a backend of the own node, by kube-proxy', LOCAL, NODE_PORT, ['kube-proxy-replacement=false'], 'yes'],
  ['externalTrafficPolicy Local', REMOTE, { ...NODE_PORT, policy: 'Local' }, [], 'no'],
  ['DSR', REMOTE, NODE_PORT, ['bpf-lb-mode=dsr'], 'no'],
  ['a ClusterIP is not reachable from outside', REMOTE, { ...NODE_PORT, type: 'ClusterIP' }, [], 'no'],
  ['another port', '172.18.0.2:40000 > 10.244.2.20:81', NODE_PORT, [], 'no'],
  ['no Services known at all', REMOTE, null, [], 'unknown'],
  ['towards the outside nobody balances', '172.18.0.2:40000 > 1.1.1.1:80', null, [], 'no'],
]
test.each(ROWS)('%s', (_, tuple, service, settings, expected) => {
  expect(balancing(tuple, service, settings)).toBe(expected)
})

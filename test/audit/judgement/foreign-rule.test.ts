import { describe, expect, test } from 'vitest'
import { aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { NODE_ETH0, play, words } from '../../support/audit-incident.ts'
import { FEEDER, natTable } from '../../support/masquerade-dumps.ts'

// Another agent's rule: datagrams of the SIP server to its trunk leave under an address of their own.
const SNAT = '-A POSTROUTING -s 10.244.1.10/32 -d 8.8.8.8/32 -p udp -j SNAT --to-source 172.18.0.77'
const SERVICE = aService({
  name: 'sip',
  type: 'LoadBalancer',
  port: 5060,
  protocol: 'UDP',
  loadBalancerIp: '20.1.1.1',
  backends: ['10.244.1.10'],
})
const udp = (tuple: string): FlowFacts => ({ tuple, protocol: 'udp', ttl: 62, at: 500 })
const underService = udp('20.1.1.1:5060 > 8.8.8.8:5060')
const underRule = udp('172.18.0.77:5062 > 8.8.8.8:5060')

function judged(rules: readonly string[] | null, flows: readonly FlowFacts[]) {
  const dump = rules === null ? {} : { 'iptables-save-n1.txt': natTable([FEEDER, ...rules]) }
  const cluster = clusterOf({ ...FIXTURE, masquerade: 'iptables' }, { 'svc.json': SERVICE, ...dump })
  return play(cluster, [NODE_ETH0('n1')], flows)
}

describe("a datagram under its Service's address that an installed rule was to give another", () => {
  test('contradicts where another flow to the peer shows the rule at work', () => {
    const analysis = judged([SNAT], [underService, underRule])
    expect(words(analysis)[0]).toBe('contradiction MASQUERADE_WRONG_ADDRESS')
    expect(analysis.verdicts[0]).toMatchObject({
      expected: { engine: 'installed', address: '172.18.0.77' },
      observed: { address: '20.1.1.1', originalSource: { ip: '10.244.1.10' }, confidence: 'medium' },
      evidence: [{ kind: 'sibling-flows' }],
    })
    expect(analysis.verdicts[0]?.because[0]).toContain('instead of 172.18.0.77')
  })

  const rows: [string, readonly string[] | null, readonly FlowFacts[]][] = [
    ['no flow shows the rule at work', [SNAT], [underService]],
    [
      'the flow under that address goes to another peer',
      [SNAT],
      [underService, udp('172.18.0.77:5062 > 8.8.4.4:5060')],
    ],
    ['the rule is of another destination', [SNAT.replace('8.8.8.8', '8.8.4.4')], [underService, underRule]],
    ['no rules were given', null, [underService, underRule]],
  ]
  test.each(rows)('is an answer like any other where %s', (_, rules, flows) => {
    expect(words(judged(rules, flows))[0]).toBe('not_applicable')
  })
})

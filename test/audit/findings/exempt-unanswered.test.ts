import { describe, expect, test } from 'vitest'
import { exemptAndUnanswered } from '../../../src/audit/findings/exempt-unanswered.ts'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { judged } from '../../support/audit-causes.ts'
import { ciliumConfig, clusterOf, FIXTURE, masqAgentConfig } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'

const CLUSTER = clusterOf(FIXTURE, {
  'config.json': ciliumConfig({ 'enable-ip-masq-agent': 'true' }),
  'agent.json': masqAgentConfig('nonMasqueradeCIDRs: [10.199.0.0/16]\nmasqLinkLocal: false\n'),
})
const silent = (to: string, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `10.244.1.10:40000 > ${to}`,
  ttl: 63,
  answered: false,
  syns: 4,
  ...facts,
})
const found = (flows: readonly FlowFacts[], cluster: ClusterSnapshot = CLUSTER) =>
  exemptAndUnanswered(judged(cluster, flows))

describe('exemptAndUnanswered() tells why nothing comes back', () => {
  test.each([
    ['a link-local service', '169.254.169.254:80', 'masqLinkLocal: true'],
    ['a range of the list', '10.199.0.1:80', 'the destination is exempt from masquerading'],
    ['a node', '172.18.0.3:10250', 'node addresses are exempt from masquerading'],
    ['the native routing CIDR', '10.244.2.20:80', 'the destination counts as natively routed'],
  ])('%s', (_, to, hint) => {
    const [finding, ...more] = found([silent(to)])
    expect(more).toEqual([])
    expect(finding).toMatchObject({ code: 'exempt-and-unanswered', severity: 'warning', flows: [1] })
    expect(finding?.message).toContain(hint)
  })

  test('once for each destination, with the file of the rule', () => {
    const findings = found([
      silent('169.254.169.254:80'),
      silent('169.254.169.254:80', { isn: 9 }),
      silent('10.199.0.1:80'),
    ])
    expect(findings.map(({ subject, flows }) => [subject, flows])).toEqual([
      ['169.254.169.254', [1, 2]],
      ['10.199.0.1', [3]],
    ])
    expect(findings[1]?.sources[0]?.file).toBe('agent.json')
  })
})

describe('exemptAndUnanswered() says nothing where', () => {
  const rows: [string, FlowFacts][] = [
    ['an answer came', silent('10.199.0.1:80', { answered: true })],
    ['the SYN was sent once: its answer may be behind the end of the capture', silent('10.199.0.1:80', { syns: 1 })],
    ['it is UDP, which may have no answer', silent('10.199.0.1:53', { protocol: 'udp' })],
    ['masquerading is due and missing: that is a contradiction', silent('1.1.1.1:80')],
  ]
  test.each(rows)('%s', (_, flow) => {
    expect(found([flow])).toEqual([])
  })
})

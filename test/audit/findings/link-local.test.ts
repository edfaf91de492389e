import { describe, expect, test } from 'vitest'
import { unansweredLinkLocal } from '../../../src/audit/findings/link-local.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { IN_POD, NODE_ETH0 } from '../../support/audit-incident.ts'

const QUERY: FlowFacts = { tuple: '10.244.1.10:40000 > 169.254.20.10:53', protocol: 'udp', ttl: 64, answered: false }
const found = (flow: FlowFacts, given = FIXTURE, capture = IN_POD('client')) =>
  unansweredLinkLocal(judged(aCluster(given), [flow, { ...flow, isn: 7 }], capture))

test('unansweredLinkLocal() names the address once, and BPF host routing', () => {
  const [finding, ...more] = found(QUERY)
  expect(more).toEqual([])
  expect(finding).toMatchObject({ code: 'link-local-unanswered', severity: 'warning', subject: '169.254.20.10' })
  expect(finding?.flows).toEqual([1, 2])
  expect(finding?.message).toContain('bpf.hostLegacyRouting')
})

describe('unansweredLinkLocal() says nothing where', () => {
  const rows: [string, Parameters<typeof found>][] = [
    ['an answer came', [{ ...QUERY, answered: true }]],
    ['the address is no link-local one', [{ ...QUERY, tuple: '10.244.1.10:40000 > 10.199.0.1:53' }]],
    ['it was seen past the node', [{ ...QUERY, ttl: 63 }, FIXTURE, NODE_ETH0('n1')]],
    ['netfilter routes', [QUERY, { ...FIXTURE, masquerade: 'iptables' }]],
    ['legacy host routing is on', [QUERY, { ...FIXTURE, settings: ['enable-host-legacy-routing=true'] }]],
  ]
  test.each(rows)('%s', (_, args) => {
    expect(found(...args)).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { Siblings } from '../../../src/audit/attribution/siblings.ts'
import { SightingPlacer } from '../../../src/audit/sighting.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'
import { IN_POD, NODE_ETH0 } from '../../support/audit-incident.ts'

const NODE: FlowFacts = { tuple: '172.18.0.2:40000 > 172.18.0.3:10250', ttl: 63 }
const POD: FlowFacts = { tuple: '10.244.1.10:40001 > 172.18.0.3:10250', ttl: 63 }

function vote(sibling: FlowFacts, capture = NODE_ETH0('n1')) {
  const facts = [NODE, sibling].map((each, i) => ({ id: i + 1, ...each }))
  const { captures, context } = judged(aCluster(FIXTURE), facts, capture)
  const placer = new SightingPlacer(captures, context)
  const [own, other] = facts.map((each) => placer.place(aFlow(each)))
  if (own === undefined || other === undefined) throw new Error('no sightings')
  return new Siblings([own, other]).vote(own)
}

describe('Siblings.vote()', () => {
  test('a pod of the node that keeps its address there speaks weakly for the host', () => {
    const found = vote(POD)
    expect(found).toMatchObject({ says: 'host', evidence: { kind: 'sibling-flows', confidence: 'low' } })
    expect(found?.evidence.detail).toContain(
      'pods of n1 keep their own address towards 172.18.0.3 (flow 2, 10.244.1.10)',
    )
  })

  test.each<[string, FlowFacts]>([
    ['it goes elsewhere', { ...POD, tuple: '10.244.1.10:40001 > 172.18.0.4:10250' }],
    ['it is of another node', { ...POD, tuple: '10.244.2.20:40001 > 172.18.0.3:10250' }],
    ['it is of another protocol', { ...POD, protocol: 'udp' }],
    ['it may be an answer', { ...POD, originKnown: false }],
    ['it is no pod', { ...POD, tuple: '8.8.8.8:40001 > 172.18.0.3:10250' }],
  ])('nothing is said where %s', (_, sibling) => {
    expect(vote(sibling)).toBeNull()
  })

  test('nothing is said by what was seen before the SNAT point', () => {
    expect(vote({ ...POD, ttl: 64 }, IN_POD('client'))).toBeNull()
  })
})

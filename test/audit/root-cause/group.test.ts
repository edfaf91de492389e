import { describe, expect, test } from 'vitest'
import { judgeFlows } from '../../../src/audit/judge-flows.ts'
import { groupCauses } from '../../../src/audit/root-cause/group.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../../support/audit-flows.ts'
import { ETH0_OUT, LXC_IN, NODE_ETH0 } from '../../support/audit-incident.ts'

const GIVEN = {
  ...FIXTURE,
  nodes: ['n1=172.18.0.2', 'n2=172.18.0.3', 'n3=172.18.0.4'],
  pods: ['default/client@n1=10.244.1.10', 'default/other@n1=10.244.1.11'],
}

function groups(facts: readonly FlowFacts[], any = false) {
  const capture = any ? { interfaces: [{ linkType: 276, host: 'n1' }] } : NODE_ETH0('n1')
  const { verdicts, context } = judgeFlows(
    facts.map((fact, i) => aFlow({ id: i + 1, ...fact })),
    [aCapture(capture)],
    aCluster(GIVEN),
  )
  return groupCauses(verdicts, context).map(({ code, facet, value, bad, total, badElsewhere, totalElsewhere }) => ({
    code,
    facet,
    value,
    counts: [bad, total, badElsewhere, totalElsewhere],
  }))
}

const leak = (to: string, i: number, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `10.244.1.10:${40000 + i} > ${to}:443`,
  ttl: 63,
  isn: i,
  ...facts,
})
const right = (to: string, i: number, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `172.18.0.2:${40000 + i} > ${to}:443`,
  ttl: 63,
  isn: i,
  ...facts,
})

describe('groupCauses() finds what the contradictions have in common', () => {
  test('the node, where nothing is right', () => {
    expect(groups([leak('1.1.1.1', 1), leak('8.8.8.8', 2)])).toEqual([
      { code: 'MASQUERADE_MISSING', facet: 'node', value: 'n1', counts: [2, 2, 0, 0] },
    ])
  })

  test('one destination of many', () => {
    expect(groups([leak('1.1.1.1', 1), leak('1.1.1.1', 2), right('8.8.8.8', 3), right('9.9.9.9', 4)])).toEqual([
      { code: 'MASQUERADE_MISSING', facet: 'destination', value: '1.1.1.1', counts: [2, 2, 0, 2] },
    ])
  })

  test('one protocol of many', () => {
    const udp = leak('1.1.1.1', 1, { protocol: 'udp', tuple: '10.244.1.10:40000 > 1.1.1.1:53' })
    expect(groups([udp, right('1.1.1.1', 3), right('1.1.1.1', 4)])[0]).toMatchObject({
      facet: 'protocol',
      value: 'udp',
    })
  })

  test('one pod of many, where pairs show who the others are', () => {
    const other = (i: number): FlowFacts[] => [
      { tuple: `10.244.1.11:${41000 + i} > 1.1.1.1:443`, isn: 100 + i, tsVal: 1, ...LXC_IN },
      { tuple: `172.18.0.2:${41000 + i} > 1.1.1.1:443`, isn: 100 + i, tsVal: 1, ...ETH0_OUT },
    ]
    const facts = [leak('1.1.1.1', 1, ETH0_OUT), leak('1.1.1.1', 2, ETH0_OUT), ...other(1), ...other(2)]
    expect(groups(facts, true)).toEqual([
      { code: 'MASQUERADE_MISSING', facet: 'pod', value: 'default/client', counts: [2, 2, 0, 2] },
    ])
  })

  test('two causes are two groups, the greater first', () => {
    const facts = [leak('1.1.1.1', 1), leak('1.1.1.1', 2), leak('2.2.2.2', 3), right('8.8.8.8', 4), right('9.9.9.9', 5)]
    expect(groups(facts).map(({ value, counts }) => [value, counts[0]])).toEqual([
      ['1.1.1.1', 2],
      ['2.2.2.2', 1],
    ])
  })

  test('what comes and goes has no cause of its own', () => {
    const facts = Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? leak('1.1.1.1', i) : right('1.1.1.1', i)))
    expect(groups(facts)).toMatchObject([{ facet: 'node', counts: [4, 20, 0, 0] }])
  })

  test('sightings of one connection are one case', () => {
    const facts = [
      { tuple: '10.244.1.10:40000 > 172.18.0.3:10250', isn: 1, tsVal: 1, ...LXC_IN },
      { tuple: '172.18.0.2:40000 > 172.18.0.3:10250', isn: 1, tsVal: 1, ...ETH0_OUT },
    ]
    expect(groups(facts, true)).toMatchObject([{ code: 'MASQUERADE_UNEXPECTED', counts: [1, 1, 0, 0] }])
  })

  test('nothing wrong, nothing to group', () => {
    expect(groups([right('1.1.1.1', 1)])).toEqual([])
  })
})

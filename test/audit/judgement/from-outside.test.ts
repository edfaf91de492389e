import { describe, expect, test } from 'vitest'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { NODE_ETH0, NOWHERE, play, words } from '../../support/audit-incident.ts'

const CALL = '1.1.1.1:50000 > 10.244.1.10:8080'

describe('a connection that somebody outside opened', () => {
  const rows: [string, FlowFacts, string][] = [
    ['to a pod, answered under its address', { tuple: CALL, reverseTtl: 63 }, 'consistent'],
    ['to a pod, and no answer captured', { tuple: CALL, answered: false }, 'not_applicable'],
    ['to a node', { tuple: '1.1.1.1:50000 > 172.18.0.2:22', reverseTtl: 64 }, 'not_applicable'],
    ['to somebody outside', { tuple: '1.1.1.1:50000 > 8.8.8.8:80' }, 'not_applicable'],
    [
      'to a pod, of which the beginning is missing: the pod may have opened it',
      { tuple: CALL, originKnown: false },
      'inconclusive',
    ],
  ]
  test.each(rows)('%s', (_, flow, expected) => {
    expect(words(play(aCluster(FIXTURE), [NODE_ETH0('n1')], [flow]))).toEqual([expected])
  })

  test("says whose answer it is, and that it was seen on the node's own device", () => {
    const [verdict] = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple: CALL, reverseTtl: 63 }]).verdicts
    expect(verdict?.because[0]).toBe(
      'pod default/client answers a connection that 1.1.1.1 opened, under its own address',
    )
    expect(verdict?.observed).toMatchObject({ action: 'preserve', address: '10.244.1.10', confidence: 'high' })
  })
})

test('where no input lists the nodes, a stranger may be one', () => {
  const { nodes: _, ciliumHosts: __, ...rest } = FIXTURE
  const given: GivenFacts = { ...rest, podCidrs: ['10.244.0.0/16'], pods: ['default/client=10.244.1.10'] }
  const analysis = play(aCluster(given), [NOWHERE], [{ tuple: '172.18.0.2:40000 > 1.1.1.1:443' }])
  expect(words(analysis)).toEqual(['inconclusive'])
  expect(analysis.verdicts[0]?.because[0]).toContain('`kubectl get nodes -o json` or --node would decide')
})

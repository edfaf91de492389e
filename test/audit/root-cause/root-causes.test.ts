import { describe, expect, test } from 'vitest'
import { findRootCauses } from '../../../src/audit/root-cause/root-causes.ts'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { each, judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { NODE_ETH0, NOWHERE } from '../../support/audit-incident.ts'

const LEAK = '10.244.1.10:40000 > 1.1.1.1:443'
const RIGHT = ['172.18.0.2:40001 > 8.8.8.8:443', '172.18.0.2:40002 > 9.9.9.9:443']

function found(given: GivenFacts, tuples: readonly string[], capture = NODE_ETH0('n1')) {
  const { verdicts, context } = judged(aCluster(given), each(...tuples), capture)
  return findRootCauses(verdicts, context)
}

describe('findRootCauses()', () => {
  test('says how many the cause explains, and how many alike it does not contradict', () => {
    const [finding] = found(FIXTURE, [LEAK, ...RIGHT])
    expect(finding).toMatchObject({ code: 'destination-exempt', severity: 'error', subject: '1.1.1.1', flows: [1] })
    expect(finding?.message).toMatch(
      /^1 of 1 connections to 1\.1\.1\.1 kept their pod address, 0 of 2 others under rule local-endpoint: something/,
    )
  })

  test('leaves out the others where there are none', () => {
    expect(found(FIXTURE, [LEAK])[0]?.message).toMatch(/^1 of 1 connections of node n1 kept their pod address: /)
  })

  test('hangs on the place where nothing tells it', () => {
    const { verdicts, context } = judged(aCluster(FIXTURE), [{ tuple: LEAK }], NOWHERE)
    const [finding] = findRootCauses(verdicts, context)
    expect(finding?.message).toContain('if the capture was taken past the SNAT point, which nothing tells')
    expect(found(FIXTURE, [LEAK])[0]?.message).not.toContain('if the capture')
  })

  test('hangs on the nodes where they were named by hand, and the destination may be one more', () => {
    const [near] = found(FIXTURE, ['10.244.1.10:40000 > 172.18.0.9:443'])
    expect(near?.message).toContain('unless 172.18.0.9 is a node that was not named (--node)')
    expect(found(FIXTURE, [LEAK])[0]?.message).not.toContain('unless')
  })

  test('says nothing where nothing contradicts', () => {
    expect(found(FIXTURE, RIGHT)).toEqual([])
  })
})

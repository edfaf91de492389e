import { describe, expect, test } from 'vitest'
import { notSeenAfter } from '../../../src/audit/findings/not-seen-after.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, IN_POD, LXC_IN } from '../../support/audit-incident.ts'

const PAIR: FlowFacts[] = [
  { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...LXC_IN },
  { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...ETH0_OUT },
]
const LOST: FlowFacts = {
  tuple: '10.244.1.10:40001 > 1.1.1.1:443',
  isn: 2,
  tsVal: 2,
  answered: false,
  syns: 3,
  ...LXC_IN,
}
const found = (flows: readonly FlowFacts[], capture = ANY('n1')) =>
  notSeenAfter(judged(aCluster(FIXTURE), flows, capture))

test('notSeenAfter() counts what came no further than the SNAT point', () => {
  const [finding, ...more] = found([...PAIR, LOST])
  expect(more).toEqual([])
  expect(finding).toMatchObject({ code: 'not-seen-after-translation', severity: 'warning', subject: 'n1', flows: [3] })
  expect(finding?.message).toMatch(/^1 of 2 connections of pods/)
})

describe('notSeenAfter() says nothing where', () => {
  const rows: [string, readonly FlowFacts[]][] = [
    ['the capture shows the other side of no connection: it cannot miss one', [LOST]],
    ['an answer came all the same', [...PAIR, { ...LOST, answered: true }]],
    ['the destination is not translated towards', [...PAIR, { ...LOST, tuple: '10.244.1.10:40001 > 10.244.2.20:80' }]],
  ]
  test.each(rows)('%s', (_, flows) => {
    expect(found(flows)).toEqual([])
  })

  test('it was taken in the pod', () => {
    expect(found([{ ...LOST, vantages: [{}] }], IN_POD('client'))).toEqual([])
  })
})

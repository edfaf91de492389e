import { describe, expect, test } from 'vitest'
import { portReuse } from '../../../src/audit/findings/port-reuse.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { OUTSIDE } from '../../support/audit-incident.ts'

const TUPLE = '172.18.0.2:40001 > 172.18.0.9:80'
const CLOSED: FlowFacts = { tuple: TUPLE, isn: 1, at: 0, history: 'ShADadFf' }
// The server answers the SYN with an ACK of the old numbers, and the opener resets.
const REFUSED: FlowFacts = { tuple: TUPLE, isn: 5000, at: 10, history: 'SaR', state: 'RSTOS0' }

const found = (...flows: readonly FlowFacts[]) => portReuse(judged(aCluster(FIXTURE), flows, OUTSIDE))

test('portReuse() tells a port used again within TIME_WAIT, and refused', () => {
  expect(found(CLOSED, REFUSED)).toMatchObject([
    { code: 'port-reused-too-soon', severity: 'warning', subject: '172.18.0.2:40001', flows: [1, 2] },
  ])
  expect(found(CLOSED, REFUSED)[0]?.message).toContain('10.0 s after its last connection (flow 1) closed')
})

describe('portReuse() says nothing where', () => {
  const rows: [string, readonly FlowFacts[]][] = [
    ['TIME_WAIT was over', [CLOSED, { ...REFUSED, at: 61 }]],
    ['the port was accepted again', [CLOSED, { ...REFUSED, history: 'ShADadFf' }]],
    ['the server answered with a SYN-ACK before the reset', [CLOSED, { ...REFUSED, history: 'ShaR' }]],
    ['the opener did not reset', [CLOSED, { ...REFUSED, history: 'Sa' }]],
    ['the connection before was never closed', [{ ...CLOSED, history: 'ShADad' }, REFUSED]],
    ['it is another port', [CLOSED, { ...REFUSED, tuple: '172.18.0.2:40002 > 172.18.0.9:80' }]],
    ['it is another server port', [CLOSED, { ...REFUSED, tuple: '172.18.0.2:40001 > 172.18.0.9:81' }]],
    ['nothing came before', [REFUSED]],
    [
      "the source is no node's address",
      [CLOSED, REFUSED].map((flow) => ({ ...flow, tuple: '8.8.8.8:40001 > 172.18.0.9:80' })),
    ],
  ]
  test.each(rows)('%s', (_, flows) => {
    expect(found(...flows)).toEqual([])
  })
})

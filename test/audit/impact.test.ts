import { expect, test } from 'vitest'
import { AuditContext } from '../../src/audit/context.ts'
import { impactOf } from '../../src/audit/impact.ts'
import { aCluster, FIXTURE } from '../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../support/audit-flows.ts'

const CONTEXT = new AuditContext(aCluster(FIXTURE), { expected: () => ({}) as never, installed: () => null })
const TUPLE = '10.244.1.10:40000 > 172.18.0.3:80'
const error = (type: number, code: number, family: 4 | 6 = 4) => ({
  type,
  code,
  family,
  from: '172.18.0.2',
  to: '10.244.1.10',
  quotesForward: true,
  mtu: 0,
  timeSec: 0,
  timeNsec: 0,
  record: 1,
})

const ROWS: [string, Omit<FlowFacts, 'tuple'>, string | null, string?][] = [
  ['answered', {}, null],
  ['unanswered', { answered: false, syns: 4 }, '4 SYN unanswered'],
  ['one direction filtered', { answered: false, syns: 4 }, null, 'dst 172.18.0.3 and port 80'],
  ['both directions filtered', { answered: false, syns: 4 }, '4 SYN unanswered', 'src or dst 172.18.0.3'],
  ['acknowledged what was not captured', { answered: false, history: 'SADF', state: 'SH' }, null],
  ['refused', { state: 'REJ', history: 'Sr' }, 'reset by node n2 172.18.0.3'],
  ['reset by the opener', { state: 'RSTO', history: 'ShADaR' }, 'reset by pod default/client 10.244.1.10'],
  ['host unreachable', { answered: false, icmpErrors: [error(3, 1)] }, 'ICMP host unreachable from 172.18.0.2'],
  ['an unusual code', { answered: false, icmpErrors: [error(3, 12)] }, 'ICMP unreachable (code 12) from 172.18.0.2'],
  ['time exceeded', { icmpErrors: [error(11, 0)] }, 'ICMP time exceeded from 172.18.0.2'],
  ['packet too big', { icmpErrors: [error(2, 0, 6)] }, 'ICMP packet too big from 172.18.0.2'],
  ['UDP without answer', { protocol: 'udp', answered: false }, null],
]

test.each(ROWS)('%s', (_, facts, impact, filter) => {
  const capture = aCapture({ interfaces: [{ filter: filter ?? null }] })
  expect(impactOf(aFlow({ tuple: TUPLE, ...facts }), capture, CONTEXT)).toBe(impact)
})

import { expect, test } from 'vitest'
import { AuditContext } from '../../../src/audit/context.ts'
import { openerOf } from '../../../src/audit/judgement/opener.ts'
import { aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const CLUSTER = clusterOf(FIXTURE, { 'svc.json': aService({ name: 'web', port: 8080, backends: ['10.244.1.10'] }) })
const CONTEXT = new AuditContext(CLUSTER, { expected: () => ({}) as never, installed: () => null })
const START = aCapture({})

function sure(facts: Omit<FlowFacts, 'tuple'>, ports: string): boolean {
  const [from, to] = ports.split('>')
  const isIcmp = facts.protocol === 'icmp'
  const flow = aFlow({ tuple: isIcmp ? '10.244.1.10 > 1.1.1.1' : `10.244.1.10:${from} > 1.1.1.1:${to}`, ...facts })
  return openerOf(flow, CONTEXT.identify('10.244.1.10'), START.startSec, CONTEXT).sure
}

const echo = (type: number): Omit<FlowFacts, 'tuple'> => ({ protocol: 'icmp', icmp: { type, code: 0, id: 1 } })
const ROWS: [string, Omit<FlowFacts, 'tuple'>, string, boolean][] = [
  ['TCP with its SYN', {}, '40000>443', true],
  ['TCP in mid-connection', { originKnown: false }, '40000>443', false],
  ['UDP to a well-known port', { protocol: 'udp' }, '40000>53', true],
  ['UDP from a well-known port', { protocol: 'udp' }, '53>40000', false],
  ['NTP, both ports the same', { protocol: 'udp' }, '123>123', true],
  ['UDP down to a registered port', { protocol: 'udp' }, '40000>5300', true],
  ['UDP between high ports at the start of the capture', { protocol: 'udp', at: 1 }, '40000>41000', false],
  ['UDP between high ports, long after', { protocol: 'udp', at: 100 }, '40000>41000', true],
  ['UDP whose roles were told from ports', { protocol: 'udp', originKnown: false }, '40000>5300', false],
  ['an echo request', echo(8), '', true],
  ['an echo reply', echo(0), '', false],
]
test.each(ROWS)('%s', (_, facts, ports, expected) => {
  expect(sure(facts, ports)).toBe(expected)
})

test('a declared port says which side is likely', () => {
  const flow = aFlow({ tuple: '10.244.1.10:8080 > 1.1.1.1:41000', originKnown: false })
  expect(openerOf(flow, CONTEXT.identify('10.244.1.10'), 0, CONTEXT).doubt).toContain('default/web')
})

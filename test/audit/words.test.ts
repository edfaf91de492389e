import { describe, expect, test } from 'vitest'
import type { CapturePoint } from '../../src/audit/verdict.ts'
import {
  alternatives,
  endpointText,
  installedText,
  missingText,
  partyText,
  pointText,
  ruleText,
  ruleTextAfter,
  towardsText,
} from '../../src/audit/words.ts'
import type { Identity, IdentityKind } from '../../src/cluster/address-book.ts'
import type { Decision, TraceStep } from '../../src/masquerade/decision.ts'
import { aDecision } from '../support/audit-decision.ts'
import { aFlow } from '../support/audit-flows.ts'

const identity = (kind: IdentityKind, name: string | null, node: string | null = null): Identity => ({
  ip: '10.0.0.1',
  kind,
  name,
  node,
  basis: 'no match',
  source: null,
})

test.each<[Identity, string]>([
  [identity('pod', 'default/curl'), 'pod default/curl'],
  [identity('pod', null, 'n1'), 'a pod of n1'],
  [identity('node', 'n1'), 'node n1'],
  [identity('node', null), 'node 10.0.0.1'],
  [identity('cilium_host', null, 'n1'), 'the cilium_host address of n1'],
  [identity('health', null, 'n1'), 'the cilium-health endpoint of n1'],
  [identity('ingress', null), 'the ingress (Envoy) address'],
  [identity('service', 'default/web'), 'service default/web'],
  [identity('egress_gateway', 'egress'), 'the egress address of egress'],
  [identity('external', null), 'outside the cluster'],
  [identity('unknown', null), 'unknown (no match)'],
  [identity('link_local', null), 'link-local'],
])('partyText() names %o', (party, text) => {
  expect(partyText(party)).toBe(text)
})

test.each([
  [{ ip: '172.17.0.4', port: 53938 }, '172.17.0.4:53938'],
  [{ ip: 'fd00::4', port: 53938 }, '[fd00::4]:53938'],
  [{ ip: 'fd00::4', port: null }, 'fd00::4'],
  // A host name of a text capture may have what looks like an address of IPv6 in it.
  [{ ip: 'host:name', port: 80, isName: true as const }, 'host:name:80'],
])('endpointText() writes %o', (endpoint, text) => {
  expect(endpointText(endpoint)).toBe(text)
})

test.each<[Partial<CapturePoint>, string]>([
  [{ kind: 'node', name: 'n1', interface: 'eth0' }, 'eth0 of node n1'],
  [{ kind: 'pod', name: 'default/curl' }, 'pod default/curl'],
  [{ kind: 'external', name: null, interface: 'eth0' }, 'eth0 of outside host (unnamed)'],
  [{ interface: 'eth0' }, 'eth0'],
  [{}, 'an unknown place'],
])('pointText() names %o', (facts, text) => {
  const point = {
    kind: 'unknown',
    name: null,
    interface: null,
    side: 'after',
    basis: '',
    assumed: false,
    ...facts,
  } as const
  expect(pointText(point)).toBe(text)
})

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('alternatives(%o) is "%s"', (items, text) => {
  expect(alternatives(items)).toBe(text)
})

test('towardsText() names protocol and destination', () => {
  expect(towardsText(aFlow({ tuple: '1.1.1.1:1 > 172.17.0.6:80' }))).toBe('TCP to 172.17.0.6:80')
})

const step = (rule: string, matched: boolean, detail: string, line?: number): TraceStep => ({
  rule,
  matched,
  detail,
  source: line === undefined ? null : { file: 'config.yaml', line },
})

describe('ruleText()', () => {
  test('says why, and which line says so', () => {
    const trace = [step('exclusion-cidr', false, 'outside'), step('local-endpoint', true, 'an endpoint of n1', 7)]
    expect(ruleText(aDecision({ trace }))).toBe('rule local-endpoint: an endpoint of n1 (config.yaml:7)')
  })

  test('where no rule holds, says why the one that masquerades does not', () => {
    const trace = [step('non-cluster', false, 'inside 10.0.0.0/8'), step('no-rule', true, 'no rule matches')]
    expect(ruleText(aDecision({ rule: 'no-rule', trace }))).toBe(
      'rule no-rule: no rule matches (non-cluster: inside 10.0.0.0/8)',
    )
  })

  const open = aDecision({ action: 'unknown', rule: 'remote-node', assumptions: ['not known: routing-mode', 'other'] })
  test('of an undecided packet says what it hangs on', () => {
    expect(ruleText(open)).toBe('rule remote-node cannot be decided: it hangs on routing-mode')
    expect(missingText(aDecision({ action: 'unknown' }))).toBe('not enough is known')
  })

  test('behind a reason leaves out what that has said', () => {
    expect(ruleTextAfter(`left as x; ${missingText(open)}`, open)).toBe('rule remote-node cannot be decided')
    expect(ruleTextAfter('left as x', open)).toBe(ruleText(open))
    const defeat = { code: 'c', reason: 'never tracked', intended: { action: 'masquerade' as const, addresses: [] } }
    const defeated = aDecision({
      rule: 'no-postrouting',
      defeat,
      trace: [step('no-postrouting', true, 'never tracked', 3)],
    })
    expect(ruleTextAfter('kept; never tracked', defeated)).toBe('rule no-postrouting (config.yaml:3)')
    expect(ruleTextAfter('kept', defeated)).toBe('rule no-postrouting: never tracked (config.yaml:3)')
  })
})

test.each<[Partial<Decision>, string]>([
  [{ action: 'preserve' }, 'the rules installed on n1 keep its source (POST:1)'],
  [{ action: 'unknown' }, 'the rules installed on n1 cannot be told apart here (POST:1)'],
  [{ addresses: ['1.1.1.1', '2.2.2.2'] }, 'the rules installed on n1 give it 1.1.1.1 or 2.2.2.2 (POST:1)'],
  [{ action: 'preserve', node: null }, 'the installed rules keep its source (POST:1)'],
])('installedText() of %o', (facts, text) => {
  expect(installedText(aDecision({ engine: 'installed', rule: 'POST:1', ...facts }))).toBe(text)
})

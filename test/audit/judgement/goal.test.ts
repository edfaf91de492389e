import { describe, expect, test } from 'vitest'
import {
  goalOf,
  interfacesNowhere,
  isTranslating,
  preservingAlternative,
  translatingAlternative,
} from '../../../src/audit/judgement/goal.ts'
import type { Alternative, Decision } from '../../../src/masquerade/decision.ts'
import { judged } from '../../support/audit-causes.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aDecision } from '../../support/audit-decision.ts'

const decision = (facts: Partial<Decision> = {}): Decision =>
  aDecision({ engine: 'iptables', action: 'preserve', rule: 'no-rule', ...facts })

test('goalOf() is what the settings ask for, whatever a bug makes of it', () => {
  const intended = { action: 'masquerade' as const, addresses: ['172.18.0.2'] }
  expect(goalOf(decision({ defeat: { code: 'c', reason: 'r', intended } }))).toEqual(intended)
  expect(goalOf(decision())).toEqual({ action: 'preserve', addresses: [] })
})

test.each([
  ['masquerade', true],
  ['egress-gateway', true],
  ['snat-to-cilium-host', true],
  ['preserve', false],
  ['drop', false],
  ['unknown', false],
] as const)('isTranslating(%s) is %s', (action, expected) => {
  expect(isTranslating(action)).toBe(expected)
})

describe('an alternative that admits what was seen', () => {
  const may = (action: Alternative['action'], ...addresses: string[]): Decision =>
    decision({ alternatives: [{ action, addresses, rule: 'x', when: 'w' }] })

  test('for a source left alone is one that preserves', () => {
    expect(preservingAlternative(may('preserve'))?.when).toBe('w')
    expect(preservingAlternative(may('masquerade'))).toBeUndefined()
  })

  test('for a translated source is one that translates to it, or to any address', () => {
    expect(translatingAlternative(may('masquerade', '1.1.1.1'), '1.1.1.1')?.when).toBe('w')
    expect(translatingAlternative(may('masquerade', '1.1.1.1'), '1.1.1.2')).toBeUndefined()
    expect(translatingAlternative(may('masquerade'), '1.1.1.2')?.when).toBe('w')
    expect(translatingAlternative(may('preserve'), '1.1.1.1')).toBeUndefined()
  })
})

describe('interfacesNowhere()', () => {
  const device = { ifindex: 2, ifname: 'ens5', mtu: 1500, operstate: 'UP', addr_info: [] }
  const contextOf = (names: string, devices = true) => {
    const files = devices ? { 'n1/ip-addr.json': JSON.stringify([device]) } : {}
    const settings = names === '' ? [] : [`egress-masquerade-interfaces=${names}`]
    return judged(clusterOf({ ...FIXTURE, masquerade: 'iptables', settings }, files), []).context
  }

  test('names the interfaces where the node has none of them', () => {
    expect(interfacesNowhere(decision(), contextOf('eth0'))).toEqual(['eth0'])
  })

  test.each([
    ['the node has it', 'ens5', true],
    ['a pattern matches', 'ens+', true],
    ['masquerading is not limited', '', true],
    ['nobody knows its devices', 'eth0', false],
  ])('is silent where %s', (_, names, devices) => {
    expect(interfacesNowhere(decision(), contextOf(names, devices))).toBeNull()
  })

  test('is silent where a rule decided', () => {
    expect(interfacesNowhere(decision({ rule: 'non-cluster' }), contextOf('eth0'))).toBeNull()
  })
})

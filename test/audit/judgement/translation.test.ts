import { describe, expect, test } from 'vitest'
import { judgeTranslation, judgeUntranslated } from '../../../src/audit/judgement/translation.ts'
import type { Sighting } from '../../../src/audit/sighting.ts'
import type { CapturePoint } from '../../../src/audit/verdict.ts'
import type { Decision } from '../../../src/masquerade/decision.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aDecision } from '../../support/audit-decision.ts'
import { aFlow } from '../../support/audit-flows.ts'
import { ON_NODE, OUTSIDE } from '../../support/audit-points.ts'

const decided = (facts: Partial<Decision>): Decision =>
  aDecision({ address: '172.18.0.2', addresses: ['172.18.0.2'], ...facts })
const { addressBook: addresses } = aCluster({ ...FIXTURE, egressGateways: ['n2=172.18.0.99'] })
const POD = addresses.lookup('10.244.1.10')

const MASQUERADE = decided({})
const PRESERVE = decided({ action: 'preserve', address: '10.244.1.10', addresses: ['10.244.1.10'], rule: 'node-set' })
const UNKNOWN = decided({ action: 'unknown', address: null, addresses: [] })
const orMasquerade = [
  { action: 'masquerade', addresses: ['172.18.0.3'], rule: 'local-endpoint', when: 'it leaves by eth1' },
] as const
const orPreserve = [
  { action: 'preserve', addresses: [], rule: 'device-not-covered', when: 'it leaves by eth1' },
] as const

function seenAs(source: string, point: CapturePoint = ON_NODE, to = '1.1.1.1'): Sighting {
  const flow = aFlow({ tuple: `${source}:40000 > ${to}:443` })
  return { flow, source: addresses.lookup(source), destination: addresses.lookup(to), point, replySide: null }
}

const word = ({ verdict, code }: { verdict: string; code?: string }): string =>
  code === undefined ? verdict : `${verdict} ${code}`

describe('judgeTranslation() holds the address seen against the decision', () => {
  const rows: [string, Decision, Sighting, string][] = [
    ['the address due', MASQUERADE, seenAs('172.18.0.2'), 'consistent'],
    ["another node's", MASQUERADE, seenAs('172.18.0.3'), 'contradiction MASQUERADE_WRONG_ADDRESS'],
    ['cilium_host', MASQUERADE, seenAs('10.244.1.250'), 'contradiction CILIUM_HOST_LEAKED'],
    ['a stranger on the node itself', MASQUERADE, seenAs('9.9.9.9'), 'contradiction MASQUERADE_WRONG_ADDRESS'],
    ['a stranger beyond the node: a router translated again', MASQUERADE, seenAs('9.9.9.9', OUTSIDE), 'inconclusive'],
    ['no address known to be due, one of its node', decided({ addresses: [] }), seenAs('172.18.0.2'), 'consistent'],
    [
      'no address known to be due, one of another',
      decided({ addresses: [] }),
      seenAs('172.18.0.3'),
      'contradiction MASQUERADE_WRONG_ADDRESS',
    ],
    ['right by an alternative', decided({ alternatives: orMasquerade }), seenAs('172.18.0.3'), 'inconclusive'],
    ['translated unasked', PRESERVE, seenAs('172.18.0.2'), 'contradiction MASQUERADE_UNEXPECTED'],
    [
      'unasked, right by an alternative',
      { ...PRESERVE, alternatives: orMasquerade },
      seenAs('172.18.0.3'),
      'inconclusive',
    ],
    [
      'unasked, read in the pod it went to',
      PRESERVE,
      seenAs('172.18.0.2', { ...ON_NODE, kind: 'pod', name: 'default/server' }, '10.244.2.20'),
      'contradiction NODE_SNAT_UNEXPECTED',
    ],
    ['what the settings leave open', UNKNOWN, seenAs('172.18.0.2'), 'inconclusive'],
  ]
  test.each(rows)('%s', (_, expected, seen, outcome) => {
    expect(word(judgeTranslation(POD, expected, seen))).toBe(outcome)
  })

  test('names the translation by the kind of address', () => {
    const gateway = decided({ action: 'egress-gateway', addresses: ['172.18.0.99'], rule: 'egress-gateway' })
    expect(judgeTranslation(POD, gateway, seenAs('172.18.0.99')).action).toBe('egress-gateway')
    expect(judgeTranslation(POD, MASQUERADE, seenAs('172.18.0.2')).action).toBe('masquerade')
    expect(judgeTranslation(POD, MASQUERADE, seenAs('172.18.0.3')).action).toBe('translated')
  })

  test('one decision serves two destinations, and each is judged by its own', () => {
    const inPod = { ...ON_NODE, kind: 'pod', name: 'default/server' } as const
    const once = decided({ ...PRESERVE })
    const source = addresses.lookup('172.18.0.2')
    const intoPod = { ...seenAs('172.18.0.2', inPod, '10.244.2.20'), source }
    const outward = { ...seenAs('172.18.0.2', inPod), source }
    expect(word(judgeTranslation(POD, once, intoPod))).toBe('contradiction NODE_SNAT_UNEXPECTED')
    expect(word(judgeTranslation(POD, once, outward))).toBe('contradiction MASQUERADE_UNEXPECTED')
  })
})

describe("judgeUntranslated() holds the pod's own address against the decision", () => {
  const intended = { action: 'masquerade', addresses: ['172.18.0.2'] } as const
  const rows: [string, Decision, string][] = [
    ['as the settings ask', PRESERVE, 'consistent'],
    ['due to be translated', MASQUERADE, 'contradiction MASQUERADE_MISSING'],
    ['right by an alternative', decided({ alternatives: orPreserve }), 'inconclusive'],
    ['what the settings leave open', UNKNOWN, 'inconclusive'],
    [
      'what settings that defeat themselves ask for',
      { ...PRESERVE, defeat: { code: 'x', reason: 'they exclude each other', intended } },
      'contradiction MASQUERADE_MISSING',
    ],
  ]
  test.each(rows)('%s', (_, expected, outcome) => {
    expect(word(judgeUntranslated(expected, seenAs('10.244.1.10')))).toBe(outcome)
  })

  test('at an assumed place the reason names the option that settles it', () => {
    const seen = seenAs('10.244.1.10', { ...ON_NODE, kind: 'unknown', name: null, assumed: true })
    expect(judgeUntranslated(MASQUERADE, seen).reason).toContain('--at settles it')
  })
})

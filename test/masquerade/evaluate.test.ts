import { describe, expect, test } from 'vitest'
import { decide } from '../../src/masquerade/decide.ts'
import { evaluate } from '../../src/masquerade/evaluate.ts'
import { gatherFacts } from '../../src/masquerade/facts.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, rewrite, unclear, yes } from '../../src/masquerade/rule.ts'
import { BPF, IPTABLES, N1, N2, OUTSIDE, POD } from '../support/masquerade-ask.ts'
import { buildCluster } from '../support/masquerade-cluster.ts'
import fc from '../support/property.ts'

const facts = gatherFacts(
  { source: POD, destination: OUTSIDE, protocol: 6 },
  buildCluster({ config: BPF, nodes: [N1, N2] }),
)
const MASQUERADE = rewrite('masquerade', ['172.18.0.2'])
const rule = (id: MasqueradeRule['id'], answer: RuleAnswer): MasqueradeRule => ({
  id,
  source: 'test',
  decide: () => answer,
})
const run = (...rules: MasqueradeRule[]) => evaluate('bpf', { rules, translation: [] }, facts)

describe('evaluate()', () => {
  test('the first rule that answers decides, and every rule asked is in the trace', () => {
    const decision = run(
      rule('off', no('on')),
      rule('reply', yes(preserve(facts), 'a reply')),
      rule('local-endpoint', yes(MASQUERADE, 'never asked')),
    )
    expect(decision).toMatchObject({ action: 'preserve', address: POD, rule: 'reply' })
    expect(decision.trace.map(({ rule: id, matched }) => [id, matched])).toEqual([
      ['off', false],
      ['reply', true],
    ])
  })

  test('a fact that is not known does not matter where both ways lead to the same', () => {
    const decision = run(
      rule('encapsulated', unclear(preserve(facts), 'routing mode', 'may be tunnelled')),
      rule('exclusion-cidr', yes(preserve(facts), 'excluded')),
    )
    expect(decision).toMatchObject({ action: 'preserve', rule: 'exclusion-cidr', alternatives: [] })
    expect(decision.trace[0]?.detail).toBe('may be tunnelled: cannot be told without routing mode')
  })

  test('where they differ the action is unknown, with both as alternatives', () => {
    const decision = run(
      rule('remote-node', unclear(preserve(facts), 'node list', 'may be a node')),
      rule('local-endpoint', yes(MASQUERADE, 'a pod')),
    )
    expect(decision).toMatchObject({ action: 'unknown', address: null, addresses: [], rule: 'remote-node' })
    expect(decision.assumptions).toEqual(['not known: node list'])
    expect(decision.alternatives.map(({ action, rule: id }) => [action, id])).toEqual([
      ['preserve', 'remote-node'],
      ['masquerade', 'local-endpoint'],
    ])
  })

  test('a list whose last rule does not answer is a mistake of the programmer', () => {
    expect(() => run(rule('off', no('on')))).toThrow(RangeError)
  })
})

const ips = fc.constantFrom(
  '10.244.1.10',
  '10.244.2.20',
  '172.18.0.2',
  '172.18.0.3',
  '1.1.1.1',
  '127.0.0.1',
  '169.254.1.1',
  '224.0.0.1',
  'fd00:10:244:1::10',
  '::1',
  'fe80::1',
)

describe('decide()', () => {
  test('answers every question, names a rule, and never throws', { timeout: 60_000 }, () => {
    const packets = fc.record({
      source: ips,
      destination: ips,
      protocol: fc.integer({ min: 0, max: 255 }),
      icmpType: fc.option(fc.integer({ min: 0, max: 255 })),
      node: fc.constantFrom(null, 'n1', 'n2', 'nowhere'),
      outInterface: fc.constantFrom(null, 'eth0', 'eth1', 'lo', 'lxc1', 'cilium_host', 'cilium_vxlan', 'wlan0'),
      isReply: fc.boolean(),
      mark: fc.option(fc.nat()),
      dnat: fc.boolean(),
    })
    const config = fc.constantFrom<Record<string, string>>(
      BPF,
      IPTABLES,
      {},
      { ...BPF, 'routing-mode': 'hybrid' },
      { ...IPTABLES, 'routing-mode': 'tunnel' },
    )
    const nodes = fc.constantFrom([N1, N2], [N1], [])
    const versions = fc.constantFrom('1.9', '1.12', '1.14', '1.16', '1.17', '1.19', '2.0', 'what')
    fc.assert(
      fc.property(packets, config, nodes, versions, (packet, settings, some, version) => {
        const decision = decide(packet, buildCluster({ version, config: settings, nodes: some }))
        expect(decision.trace.length).toBeGreaterThan(0)
        expect(decision.rule).not.toBe('')
        if (decision.address !== null) expect(decision.addresses).toContain(decision.address)
        if (decision.action === 'preserve') expect(decision.addresses).toEqual([packet.source])
        if (decision.action === 'unknown') expect(decision.assumptions.join()).toMatch(/not known/)
      }),
      { numRuns: 500 },
    )
  })

  test('says which release it assumes, and that a node is in no list', () => {
    const cluster = buildCluster({ config: BPF, nodes: [N1] })
    const { assumptions } = decide({ source: POD, destination: OUTSIDE, protocol: 6, node: 'nowhere' }, cluster)
    expect(assumptions).toContain('Cilium version 1.17 assumed')
    expect(assumptions).toContain('node nowhere is in no node list')
  })
})

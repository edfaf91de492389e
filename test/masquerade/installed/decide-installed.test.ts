import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadCluster } from '../../../src/cluster/load.ts'
import { decide } from '../../../src/masquerade/decide.ts'
import type { Decision, PacketQuery } from '../../../src/masquerade/decision.ts'
import { decideInstalled } from '../../../src/masquerade/installed/decide-installed.ts'
import { IPTABLES, N1, N2, N2_ADDRESS, OTHER_POD, POD } from '../../support/masquerade-ask.ts'
import { buildCluster, type NodeSpec } from '../../support/masquerade-cluster.ts'
import { FEEDER, ipset, iptablesDump, natTable } from '../../support/masquerade-dumps.ts'

const NODES = ipset('cilium_node_set_v4', ['172.18.0.2', N2_ADDRESS])
const QUERY: PacketQuery = {
  source: POD,
  destination: '1.1.1.1',
  protocol: 6,
  sourcePort: 40_000,
  destinationPort: 80,
  outInterface: 'eth0',
}

function ask(
  rules: readonly string[],
  query: Partial<PacketQuery> = {},
  raw: readonly string[] = [],
  node: NodeSpec = N1,
): Decision {
  const dump = iptablesDump(natTable(rules, raw))
  const installed = { iptables: dump, ipsets: new Map([NODES]) }
  const cluster = buildCluster({ version: '1.17', config: IPTABLES, nodes: [{ ...node, installed }, N2] })
  const decision = decideInstalled({ ...QUERY, ...query }, cluster)
  if (decision === null) throw new Error('No decision')
  return decision
}

const MASQ = '-A POSTROUTING -s 10.244.1.0/24 -j MASQUERADE'

describe('decideInstalled()', () => {
  test('names the rule that decides, with its line, and the address', () => {
    const decision = ask(['-A POSTROUTING -d 10.0.0.0/8 -j ACCEPT', MASQ])
    expect(decision).toMatchObject({
      engine: 'installed',
      action: 'masquerade',
      address: '172.18.0.2',
      rule: 'POSTROUTING:2',
      node: 'n1',
    })
    expect(decision.trace.map(({ rule, matched }) => [rule, matched])).toEqual([
      ['POSTROUTING:1', false],
      ['POSTROUTING:2', true],
    ])
    expect(decision.trace[0]?.detail).toBe('does not hold: "-d 10.0.0.0/8" for 1.1.1.1 in -d 10.0.0.0/8 -j ACCEPT')
    expect(decision.trace[1]?.source).toEqual({ file: 'iptables-save.txt', line: 7 })
  })

  test('without a rule that matches, the policy keeps the source', () => {
    expect(ask([])).toMatchObject({ action: 'preserve', rule: 'POSTROUTING:policy', addresses: [POD] })
  })

  test('ACCEPT ends the table, RETURN only the chain', () => {
    const exempt = (target: string) => ['-A POSTROUTING -j FIRST', MASQ, `-A FIRST -d 1.1.1.1/32 -j ${target}`]
    expect(ask(exempt('ACCEPT'))).toMatchObject({ action: 'preserve', rule: 'FIRST:1' })
    expect(ask(exempt('RETURN'))).toMatchObject({ action: 'masquerade', rule: 'POSTROUTING:2' })
  })

  test('a goto does not come back', () => {
    const rules = (call: string) => [`-A POSTROUTING ${call} FIRST`, MASQ, '-A FIRST -d 9.9.9.9/32 -j ACCEPT']
    expect(ask(rules('-j'))).toMatchObject({ action: 'masquerade' })
    expect(ask(rules('-g'))).toMatchObject({ action: 'preserve', rule: 'POSTROUTING:policy' })
  })

  test("kube-proxy's mark travels from PREROUTING to POSTROUTING", () => {
    const rules = [
      '-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC',
      '-A KUBE-SVC -j MARK --set-xmark 0x4000/0x4000',
      '-A KUBE-SVC -p tcp -j DNAT --to-destination 10.244.2.20:8080',
      '-A POSTROUTING -j KUBE-POSTROUTING',
      '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
      '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
      '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    ]
    expect(ask(rules, { destination: '10.96.0.10' })).toMatchObject({
      action: 'masquerade',
      rule: 'KUBE-POSTROUTING:3',
    })
    expect(ask(rules)).toMatchObject({ action: 'preserve', rule: 'POSTROUTING:policy' })
  })

  test('two chains, one after the other: the second still translates what the first exempts by RETURN', () => {
    const rules = [
      '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ',
      '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT',
      '-A IP-MASQ -d 1.0.0.0/8 -j RETURN',
      '-A IP-MASQ -j MASQUERADE',
      '-A IP-MASQ-AGENT -d 10.0.0.0/8 -j RETURN',
      '-A IP-MASQ-AGENT -j MASQUERADE',
    ]
    expect(ask(rules)).toMatchObject({ action: 'masquerade', rule: 'IP-MASQ-AGENT:2' })
    expect(ask(rules, { destination: '10.9.9.9' })).toMatchObject({ action: 'masquerade', rule: 'IP-MASQ:2' })
  })

  test('untracked packets never meet the nat table', () => {
    const raw = ['-A PREROUTING -s 10.244.1.0/24 -j CT --notrack']
    expect(ask([MASQ], {}, raw)).toMatchObject({ action: 'preserve', rule: 'PREROUTING:1' })
    expect(ask([MASQ], { source: '172.18.0.2', node: 'n1' }, raw)).toMatchObject({
      action: 'preserve',
      rule: 'POSTROUTING:policy',
    })
  })

  test('a match that is not known makes the outcome unknown where it matters, and only there', () => {
    const unknown = '-A POSTROUTING -m owner --uid-owner 0 -j ACCEPT'
    const open = ask([unknown, MASQ])
    expect(open).toMatchObject({ action: 'unknown', address: null })
    expect(open.assumptions[0]).toBe('not known: whether POSTROUTING:1 matches')
    expect(open.alternatives.map(({ action }) => action)).toEqual(['preserve', 'masquerade'])
    expect(ask([unknown])).toMatchObject({ action: 'preserve' })
    expect(ask(['-A POSTROUTING -m owner --uid-owner 0 -j MASQUERADE', MASQ])).toMatchObject({ action: 'masquerade' })
    expect(ask([unknown.replace('-m', '-d 9.9.9.9/32 -m'), MASQ])).toMatchObject({ action: 'masquerade' })
  })

  test('a target that is not known, or a chain that is not in the dump, too', () => {
    expect(ask(['-A POSTROUTING -j NETMAP --to 10.0.0.0/8', MASQ]).assumptions[0]).toMatch(
      /target "NETMAP --to 10\.0\.0\.0\/8" is not known/,
    )
    expect(ask(['-A POSTROUTING -j ELSEWHERE', MASQ]).assumptions[0]).toMatch(/chain ELSEWHERE is not in the dump/)
    expect(ask(['-A PREROUTING -j DNAT --to-destination 9.9.9.1-9.9.9.9', MASQ]).action).toBe('unknown')
  })

  test('rules split by turns are one rule in meaning', () => {
    const split = [
      '-A POSTROUTING -s 10.244.1.0/24 -p tcp -m statistic --mode nth --every 2 --packet 0 -j MASQUERADE --to-ports 1024-8471',
      '-A POSTROUTING -s 10.244.1.0/24 -p tcp -j MASQUERADE --to-ports 8473-65535',
    ]
    expect(ask(split)).toMatchObject({ action: 'masquerade', address: '172.18.0.2' })
  })

  test('SNAT to the cilium_host address, to others, and to ranges', () => {
    const snat = (to: string) => ask([`-A POSTROUTING -j SNAT --to-source ${to}`])
    expect(snat('10.244.1.250')).toMatchObject({ action: 'snat-to-cilium-host', address: '10.244.1.250' })
    expect(snat('9.9.9.9')).toMatchObject({ action: 'masquerade', address: '9.9.9.9' })
    expect(snat('9.9.9.8-9.9.9.9')).toMatchObject({ address: null, addresses: ['9.9.9.8', '9.9.9.9'] })
    expect(snat('9.0.0.0-9.9.9.9')).toMatchObject({ action: 'masquerade', address: null, addresses: [] })
  })

  test('what never meets netfilter needs no rules, and BPF mode none at all', () => {
    expect(ask([MASQ], { destination: '10.244.1.11', outInterface: null })).toMatchObject({
      rule: 'no-postrouting',
      action: 'preserve',
    })
    expect(ask([MASQ], { isReply: true })).toMatchObject({ rule: 'reply', action: 'preserve' })
    const cluster = buildCluster({
      config: { ...IPTABLES, 'enable-bpf-masquerade': 'true' },
      nodes: [{ ...N1, installed: { iptables: iptablesDump(natTable([MASQ])) } }],
    })
    expect(decideInstalled(QUERY, cluster)).toBeNull()
    expect(decideInstalled(QUERY, buildCluster({ config: IPTABLES, nodes: [N1] }))).toBeNull()
  })

  test("a dump of Cilium's chain alone is taken as called first", () => {
    const text = [
      '*nat',
      ':CILIUM_POST_nat - [0:0]',
      '-A CILIUM_POST_nat -s 10.244.1.0/24 -j MASQUERADE',
      'COMMIT',
    ].join('\n')
    const cluster = buildCluster({ config: IPTABLES, nodes: [{ ...N1, installed: { iptables: iptablesDump(text) } }] })
    expect(decideInstalled(QUERY, cluster)).toMatchObject({
      action: 'masquerade',
      rule: 'CILIUM_POST_nat:1',
      assumptions: ['the dump has only CILIUM_POST_nat: taken as called first by POSTROUTING'],
    })
  })

  test('without ipset list the set is taken to hold the nodes, and the decision says so', () => {
    const dump = iptablesDump(natTable(['-A POSTROUTING -m set --match-set cilium_node_set_v4 dst -j ACCEPT', MASQ]))
    const cluster = buildCluster({ config: IPTABLES, nodes: [{ ...N1, installed: { iptables: dump } }, N2] })
    const decision = decideInstalled({ ...QUERY, destination: N2_ADDRESS }, cluster)
    expect(decision).toMatchObject({ action: 'preserve', rule: 'POSTROUTING:1' })
    expect(decision?.assumptions[0]).toMatch(/members of cilium_node_set_v4 not given/)
  })

  test('chains that call each other without end, or branch without end, end', () => {
    const loop = ['-A POSTROUTING -j A', '-A A -j B', '-A B -j A']
    expect(ask(loop)).toMatchObject({ action: 'unknown' })
    const letters = Array.from({ length: 26 }, (_, i) => `C${i}`)
    const doubling = letters.flatMap((name, i) => [1, 2].map(() => `-A ${name} -j ${letters[i + 1] ?? 'LAST'}`))
    expect(ask(['-A POSTROUTING -j C0', ...doubling, '-A LAST -p udp -j ACCEPT'])).toMatchObject({ action: 'unknown' })
    const branching = Array.from(
      { length: 32 },
      (_, i) => `-A POSTROUTING -m owner --uid-owner ${i} -j MARK --xor-mark ${2 ** i}`,
    )
    expect(ask([...branching, MASQ])).toMatchObject({ action: 'unknown' })
  })

  const SAMPLE = resolve(import.meta.dirname, '../../../../shared/samples/cluster-kind-iptables')
  test.skipIf(!existsSync(SAMPLE))(
    'agrees with the settings on the sample cluster (skipped without ../shared)',
    async () => {
      const cluster = await loadCluster({ paths: [SAMPLE] })
      const pod = '10.244.2.53'
      for (const destination of ['172.17.0.6', '172.17.0.2', '10.244.0.101', '1.1.1.1', '10.244.2.39']) {
        const query = { source: pod, destination, protocol: 6, sourcePort: 40_000, destinationPort: 80 }
        const intended = decide(query, cluster)
        const installed = decideInstalled(query, cluster)
        expect([destination, installed?.action, installed?.address]).toEqual([
          destination,
          intended.action,
          intended.address,
        ])
      }
      expect(decideInstalled({ source: pod, destination: '1.1.1.1', protocol: 6 }, cluster)?.rule).toBe(
        'CILIUM_POST_nat:2',
      )
    },
  )

  test(`towards ${OTHER_POD} the feeder leads into Cilium's chain`, () => {
    const decision = ask([FEEDER, '-A CILIUM_POST_nat -d 10.244.0.0/16 -j ACCEPT'], { destination: OTHER_POD })
    expect(decision.rule).toBe('CILIUM_POST_nat:1')
  })
})

import { describe, expect, test } from 'vitest'
import { lint } from '../../../src/audit/lint/lint.ts'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { wouldInstall } from '../../../src/masquerade/installed/would-install.ts'
import { FEEDER, iptablesDump, natTable } from '../../support/masquerade-dumps.ts'
import { BPF, clusterWith, IPTABLES, N1, N2 } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

type Rules = readonly string[]
type Settings = Readonly<Record<string, string | undefined>>

const TUNNEL = { 'routing-mode': 'tunnel', 'ipv4-native-routing-cidr': undefined }

/** The cluster with the rules that its settings give installed on n1, after a change. */
function installed(
  change: (rules: Rules) => Rules,
  settings: Settings = {},
  before: Rules = [],
  feeder: Rules = [FEEDER],
): ClusterSnapshot {
  const { rules } = wouldInstall(clusterWith(IPTABLES, settings), 'n1', 4)
  const dump = iptablesDump(natTable([...before, ...feeder, ...change(rules)]))
  return clusterWith(IPTABLES, settings, { nodes: [{ ...N1, installed: { iptables: dump } }, N2] })
}

const asGiven = (rules: Rules): Rules => rules
const without =
  (text: string) =>
  (rules: Rules): Rules =>
    rules.filter((rule) => !rule.includes(text))
const replacing =
  (from: string, to: string) =>
  (rules: Rules): Rules =>
    rules.map((rule) => rule.replace(from, to))
const KUBE = '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
const FOREIGN = '-A CILIUM_POST_nat -d 192.168.9.0/24 -j RETURN'

const ENCRYPTION =
  '-A CILIUM_POST_nat -m mark --mark 0xd00/0xf00 -m comment --comment "exclude encrypt/decrypt marks from nat CILIUM_POST_nat chain" -j ACCEPT'

const SPLIT = [
  '-A CILIUM_POST_nat -s 10.244.1.0/24 ! -d 10.244.0.0/16 ! -o cilium_+ -p tcp -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE --to-ports 1024-65535',
  '-A CILIUM_POST_nat -s 10.244.1.0/24 ! -d 10.244.0.0/16 ! -o cilium_+ -p udp -m statistic --mode nth --every 2 --packet 0 -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE --to-ports 1024-8471',
  '-A CILIUM_POST_nat -s 10.244.1.0/24 ! -d 10.244.0.0/16 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
]

describe('installed rules', () => {
  checkRows([
    {
      code: 'rule-missing',
      raises: installed(without('MASQUERADE')),
      quiet: installed(asGiven),
      says: /n1 lacks the rule .* -j MASQUERADE/,
    },
    {
      code: 'rule-altered',
      raises: installed(replacing('-s 10.244.1.0/24', '-s 10.244.7.0/24')),
      quiet: installed(asGiven),
      says: /has "-s 10\.244\.7\.0\/24" instead of "-s 10\.244\.1\.0\/24"/,
    },
    {
      code: 'rule-altered',
      raises: installed(replacing('--to-source 10.244.1.250', '--to-source 10.244.1.9')),
      quiet: installed(replacing('--to-source 10.244.1.250', '--to-source 10.244.1.250:1024-65535')),
      says: /--to-source 10\.244\.1\.9/,
    },
    {
      code: 'installed-exclusion-differs',
      raises: installed(replacing('! -d 10.244.0.0/16', '! -d 10.0.0.0/8')),
      quiet: installed(asGiven),
      says: /excludes 10\.0\.0\.0\/8, wider than 10\.244\.0\.0\/16/,
    },
    {
      code: 'rule-extra',
      raises: installed((rules) => [FOREIGN, ...rules]),
      quiet: installed((rules) => rules.flatMap((rule) => (rule.includes('MASQUERADE') ? SPLIT : [rule]))),
      says: /192\.168\.9\.0\/24/,
    },
    {
      code: 'rule-extra',
      raises: installed((rules) => [ENCRYPTION, ...rules]),
      quiet: installed((rules) => [ENCRYPTION, ...rules], { 'enable-wireguard': 'true' }),
      says: /0xd00/,
    },
    {
      code: 'rules-out-of-order',
      raises: installed((rules) => [...rules].reverse()),
      quiet: installed(asGiven),
      says: /in another order/,
    },
    {
      code: 'rules-in-bpf-mode',
      raises: { ...installed(asGiven), ...settingsOf(clusterWith(BPF)) },
      quiet: { ...installed(() => []), ...settingsOf(clusterWith(BPF)) },
      says: /n1 masquerades by BPF and its CILIUM_POST_nat has 5 rules/,
    },
    {
      code: 'feeder-missing',
      raises: installed(asGiven, {}, [], []),
      quiet: installed(asGiven),
      says: /no rule of POSTROUTING on n1 jumps to CILIUM_POST_nat/,
    },
    {
      code: 'kube-postrouting-first',
      raises: installed(asGiven, TUNNEL, [KUBE]),
      quiet: installed(asGiven, TUNNEL, [], [FEEDER, KUBE]),
      says: /POSTROUTING:1 calls KUBE-POSTROUTING and POSTROUTING:2 calls CILIUM_POST_nat/,
    },
    {
      code: 'kube-postrouting-first',
      raises: installed(asGiven, TUNNEL, [KUBE]),
      quiet: installed(asGiven, {}, [KUBE]),
      says: /KUBE-POSTROUTING/,
    },
  ])

  test('a mark match that an old iptables did not print is no difference', () => {
    const lost = replacing(' -m mark --mark 0xa00/0xe00', '')
    expect(lint(installed(lost)).filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('says nothing of a node whose pod CIDR or cilium_host address is not known', () => {
    const dump = iptablesDump(natTable([FEEDER]))
    const { podCIDRs: _, ...bare } = N1
    const cluster = clusterWith(IPTABLES, {}, { nodes: [{ ...bare, installed: { iptables: dump } }] })
    expect(lint(cluster).map(({ code }) => code)).not.toContain('rule-missing')
  })
})

function settingsOf({ settings, settingsFor }: ClusterSnapshot) {
  return { settings, settingsFor }
}

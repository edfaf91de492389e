import type { Settings } from '../../cluster/settings.ts'
import type { ClusterNode, ClusterSnapshot, IptablesDump } from '../../cluster/snapshot.ts'
import { cidrContainsCidr, parseCidr } from '../../core/cidr.ts'
import { type IpFamily, ipFamily } from '../../core/ip.ts'
import type { InstalledRule } from '../../masquerade/installed/parse-rule.ts'
import { type RuleTable, tableOf } from '../../masquerade/installed/ruleset.ts'
import { nameOf } from '../../masquerade/installed/traverse.ts'
import { wouldInstall } from '../../masquerade/installed/would-install.ts'
import type { Hit, LintCheck } from './check.ts'
import {
  type AlteredRule,
  type ComparableRule,
  comparableRule,
  comparableText,
  compareRules,
  type RuleDifferences,
} from './compare-rules.ts'
import { FAMILIES, ownNodes, wantsBpf } from './in-force.ts'

const CHAIN = 'CILIUM_POST_nat'
const SAVE = 'iptables-save -t nat'

/** Rules installed on the nodes against the rules that the settings would install. */
export const INSTALLED_RULES: readonly LintCheck[] = [
  {
    code: 'rule-missing',
    severity: 'error',
    title: 'a masquerade rule that the settings ask for is not installed',
    consequence: 'Traffic that the rule is for is treated by the rules after it, or by none.',
    remedy: 'Restart the Cilium agent of the node, and look for what removed the rule.',
    find: (cluster) =>
      onEachNode(cluster, ({ node, dump, differences }) =>
        differences.missing.map((rule) => ({
          found: `${node.name} lacks the rule ${rule.text}`,
          subject: rule.purpose,
          sources: [{ file: dump.file }, node.source],
          confirm: SAVE,
        })),
      ),
  },
  {
    code: 'rule-altered',
    severity: 'error',
    title: 'an installed masquerade rule differs from what the settings give',
    consequence: 'The installed rule decides.',
    remedy:
      'Restart the Cilium agent of the node; where it comes back the same, the dump or the metadata is of another time.',
    find: (cluster) =>
      onEachNode(cluster, ({ node, differences }) =>
        differences.altered
          .filter((rule) => exclusionOf(rule) === null)
          .map((rule) => ({
            found: `on ${node.name} the rule "${rule.intended.purpose}" has ${partsText(rule.has)} instead of ${partsText(rule.lacks)}`,
            subject: rule.intended.purpose,
            sources: [rule.installed.source, node.source],
            confirm: SAVE,
          })),
      ),
  },
  {
    code: 'installed-exclusion-differs',
    severity: 'error',
    title: 'the exclusion CIDR of the installed rule is not the configured one',
    consequence: 'Destinations between the two are masqueraded, or not, other than configured.',
    remedy: 'Restart the Cilium agent of the node after a change of the native-routing CIDR.',
    find: (cluster) =>
      onEachNode(cluster, ({ node, family, differences }) =>
        differences.altered.flatMap((rule): Hit[] => {
          const exclusion = exclusionOf(rule)
          if (exclusion === null) return []
          const { settings } = cluster
          const setting = family === 4 ? settings.ipv4NativeRoutingCidr : settings.ipv6NativeRoutingCidr
          const found = `on ${node.name} the rule excludes ${exclusion.installed}, ${exclusion.relation} than ${exclusion.intended}`
          return [
            {
              found,
              subject: `ipv${family}-native-routing-cidr`,
              sources: [rule.installed.source, setting.source ?? node.source],
              confirm: SAVE,
            },
          ]
        }),
      ),
  },
  {
    code: 'rule-extra',
    severity: 'warning',
    title: 'CILIUM_POST_nat holds a rule that the settings do not give',
    consequence: 'The rule decides for what it matches.',
    remedy: 'Restart the Cilium agent of the node, which writes its chain anew.',
    find: (cluster) =>
      onEachNode(cluster, ({ node, differences }) =>
        differences.extra.map((rule) => ({
          found: `${node.name} has the rule ${rule.text}`,
          subject: rule.purpose || rule.text,
          sources: [rule.source],
          confirm: SAVE,
        })),
      ),
  },
  {
    code: 'rules-out-of-order',
    severity: 'warning',
    title: 'the rules of CILIUM_POST_nat stand in another order',
    consequence: 'The first rule that matches decides, so another order may decide otherwise.',
    remedy: 'Restart the Cilium agent of the node, which writes its chain anew.',
    find: (cluster) =>
      onEachNode(cluster, ({ node, table, differences }) =>
        differences.reordered
          ? [
              {
                found: `the rules of ${node.name} are all there, in another order`,
                subject: node.name,
                sources: [table.chains.get(CHAIN)?.[0]?.source],
                confirm: SAVE,
              },
            ]
          : [],
      ),
  },
  {
    code: 'rules-in-bpf-mode',
    severity: 'warning',
    title: 'iptables masquerade rules while masquerading is by BPF',
    consequence: 'Packets that pass the stack may be masqueraded twice, or where BPF would not.',
    remedy: 'Restart the Cilium agent of the node, which removes them.',
    find: (cluster) =>
      withTables(cluster).flatMap(({ node, table }): Hit[] => {
        const rules = table.chains.get(CHAIN) ?? []
        const [first] = rules.filter(isMasquerade)
        if (first === undefined || !wantsBpf(cluster.settingsFor(node.name))) return []
        const found = `${node.name} masquerades by BPF and its ${CHAIN} has ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`
        return [
          {
            found,
            subject: node.name,
            sources: [first.source, cluster.settings.enableBpfMasquerade.source],
            confirm: SAVE,
          },
        ]
      }),
  },
  {
    code: 'feeder-missing',
    severity: 'error',
    title: 'POSTROUTING does not call CILIUM_POST_nat',
    consequence: 'None of its rules is asked: nothing is masqueraded.',
    remedy: 'Restart the Cilium agent of the node, and look for what removed the rule.',
    find: (cluster) =>
      withTables(cluster).flatMap(({ node, table }): Hit[] => {
        const rules = table.chains.get(CHAIN) ?? []
        const post = table.chains.get('POSTROUTING')
        if (post === undefined || rules.length === 0 || post.some(calls(CHAIN))) return []
        return [
          {
            found: `no rule of POSTROUTING on ${node.name} jumps to ${CHAIN}`,
            subject: node.name,
            sources: [rules[0]?.source],
            confirm: SAVE,
          },
        ]
      }),
  },
  {
    code: 'kube-postrouting-first',
    severity: 'warning',
    title: 'KUBE-POSTROUTING is asked before CILIUM_POST_nat in tunnel routing',
    consequence:
      'Traffic that kube-proxy marked enters the tunnel with a node address, and its answer comes back outside the tunnel.',
    remedy: 'Leave prepend-iptables-chains at "true", and restart the Cilium agent of the node.',
    find: (cluster) =>
      withTables(cluster).flatMap(({ node, table }): Hit[] => {
        if (cluster.settingsFor(node.name).routingMode.value !== 'tunnel') return []
        const post = table.chains.get('POSTROUTING') ?? []
        const cilium = post.find(calls(CHAIN))
        const kube = post.find(calls('KUBE-POSTROUTING'))
        if (cilium === undefined || kube === undefined || kube.position > cilium.position) return []
        const found = `on ${node.name} ${nameOf(kube)} calls KUBE-POSTROUTING and ${nameOf(cilium)} calls ${CHAIN}`
        return [{ found, subject: node.name, sources: [kube.source, cilium.source], confirm: SAVE }]
      }),
  },
]

interface NodeTable {
  readonly node: ClusterNode
  readonly family: IpFamily
  readonly dump: IptablesDump
  readonly table: RuleTable
}

/** The nat tables of which a dump was given. */
function withTables(cluster: ClusterSnapshot): NodeTable[] {
  return ownNodes(cluster).flatMap((node) =>
    FAMILIES.flatMap((family): NodeTable[] => {
      const dump = family === 4 ? node.installed.iptables : node.installed.ip6tables
      const table = dump === null ? null : tableOf(dump, 'nat', family)
      return dump === null || table === null ? [] : [{ node, family, dump, table }]
    }),
  )
}

interface Compared extends NodeTable {
  readonly differences: RuleDifferences
}

function onEachNode(cluster: ClusterSnapshot, hits: (compared: Compared) => readonly Hit[]): Hit[] {
  return withTables(cluster).flatMap((entry) => {
    const settings = cluster.settingsFor(entry.node.name)
    const intended = wouldInstall(cluster, entry.node.name, entry.family)
    // Rules of BPF mode have a finding of their own; without all facts there is nothing to compare with.
    if (!settings.known || wantsBpf(settings) || intended.missing.length > 0) return []
    const installed = (entry.table.chains.get(CHAIN) ?? []).map(comparable)
    const all = compareRules(intended.rules.map(comparableText), installed)
    const differences = { ...all, extra: all.extra.filter((rule) => !isOfEncryption(rule, settings)) }
    return hits({ ...entry, differences })
  })
}

// Recent releases write the accept rules for encryption marks with WireGuard too.
function isOfEncryption(rule: ComparableRule, settings: Settings): boolean {
  return rule.purpose === 'exclude encryption marks' && settings.enableWireguard.value
}

/** A rule whose mark match an old iptables did not print is compared as it really is. */
function comparable(rule: InstalledRule): ComparableRule {
  const plain = comparableRule(rule)
  if (rule.notes.length === 0) return plain
  return { ...plain, parts: ['--mark 0xa00/0xe00', '-m mark', ...plain.parts] }
}

const isMasquerade = (rule: InstalledRule): boolean => rule.target.kind === 'masquerade' || rule.target.kind === 'snat'

const calls =
  (chain: string) =>
  ({ target }: InstalledRule): boolean =>
    (target.kind === 'jump' || target.kind === 'goto') && target.chain === chain

const partsText = (parts: readonly string[]): string => (parts.length === 0 ? 'nothing' : `"${parts.join(' ')}"`)

/** Where the two rules differ in nothing but the excluded destination: both CIDRs and how they relate. */
function exclusionOf({ lacks, has }: AlteredRule) {
  const [wanted, found] = [lacks, has].map((parts) =>
    parts.length === 1 ? /^! -d (\S+)$/.exec(parts[0] ?? '')?.[1] : undefined,
  )
  if (wanted === undefined || found === undefined) return null
  const [intended, installed] = [parseCidr(wanted), parseCidr(found)]
  if (intended === undefined || installed === undefined || ipFamily(found) !== ipFamily(wanted)) return null
  const wider = cidrContainsCidr(installed, intended)
  const relation = wider ? 'wider' : cidrContainsCidr(intended, installed) ? 'narrower' : 'other'
  return { intended: intended.text, installed: installed.text, relation }
}

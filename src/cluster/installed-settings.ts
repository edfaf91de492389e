import { parseCidr } from '../core/cidr.ts'
import type { SettingFact } from './facts.ts'
import type { NodeDraft } from './node-draft.ts'
import type { IptablesDump } from './snapshot.ts'

type Rule = IptablesDump['tables'][number]['rules'][number]

/**
 * Settings that Cilium's installed masquerade rules betray, for clusters whose configuration nobody has at hand. Weakest of
 * all: what is intended must not be read off what is installed where the configuration is known.
 *
 * Rules and the settings behind them: cilium-masquerade §4.2 and §4.3.
 */
export function installedSettings(draft: NodeDraft): SettingFact[] {
  return [...settingsOf(draft.iptables, 4, draft), ...settingsOf(draft.ip6tables, 6, draft)]
}

function settingsOf(dump: IptablesDump | null, family: 4 | 6, draft: NodeDraft): SettingFact[] {
  const rules = (dump?.tables ?? [])
    .filter(({ name }) => name === 'nat')
    .flatMap((table) => table.rules)
    .filter(({ chain }) => chain === 'CILIUM_POST_nat')
  const masquerade = rules.filter(({ text }) => /masquerade non-cluster|snat non-cluster via source route/.test(text))
  const [first] = masquerade
  if (first === undefined) return []
  const facts = new Map<string, { value: string; rule: Rule }>()
  const set = (key: string, value: string, rule: Rule): void => {
    facts.set(key, { value, rule })
  }
  set(`enable-ipv${family}-masquerade`, 'true', first)
  set('enable-bpf-masquerade', 'false', first)
  if (first.text.includes('via source route')) set('enable-masquerade-to-route-source', 'true', first)
  if (masquerade.some(({ text }) => / --random-fully\b/.test(text))) set('iptables-random-fully', 'true', first)
  const exclusion = parseCidr(/ ! -d (\S+)/.exec(first.text)?.[1] ?? '')
  const isOwn = draft.podCidrs.some(({ text }) => text === exclusion?.text)
  if (exclusion !== undefined && !isOwn) set(`ipv${family}-native-routing-cidr`, exclusion.text, first)
  const interfaces = masquerade.flatMap(({ text }) =>
    / -s /.test(text) ? [] : [/(?<!!) -o (\S+)/.exec(text)?.[1] ?? ''],
  )
  if (interfaces.some((name) => name !== '')) set('egress-masquerade-interfaces', interfaces.join(' '), first)
  for (const rule of rules) {
    if (rule.text.includes('exclude traffic to cluster nodes')) set('routing-mode', 'native', rule)
    if (/host-?>cluster masquerade/.test(rule.text)) set('routing-mode', 'tunnel', rule)
    if (rule.text.includes('hairpin traffic')) set('enable-endpoint-routes', String(/ -o lxc\+/.test(rule.text)), rule)
  }
  return [...facts].map(([key, { value, rule }]) => ({
    key,
    value,
    origin: 'detected',
    source: rule.source,
    weight: 0,
  }))
}

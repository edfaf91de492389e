import { stat } from 'node:fs/promises'
import type { GivenFacts } from '../cluster/given-facts.ts'
import { loadCluster } from '../cluster/load.ts'
import { SETTING_TABLE } from '../cluster/setting-table.ts'
import { UsageError } from '../core/errors.ts'
import { nearest } from '../report/nearest.ts'

type Facts = { -readonly [K in keyof GivenFacts]: GivenFacts[K] }

/** Short names of settings that have an option of their own. */
const SHORT: Readonly<Record<string, (value: string) => GivenFacts>> = {
  masquerade: (value) => ({ masquerade: oneOf('masquerade', value, ['bpf', 'iptables', 'off']) }),
  routing: (value) => ({ routing: oneOf('routing', value, ['native', 'tunnel']) }),
  'native-routing-cidr': (value) => ({ nativeRoutingCidrs: [value] }),
  'non-masquerade-cidr': (value) => ({ nonMasqueradeCidrs: value.split(',') }),
}

function oneOf<T extends string>(name: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new UsageError(`${name}=${value}: wanted one of ${words.join(', ')}`)
  return found
}

/**
 * Facts with other settings laid over them, as `--diff` and `--what-if` take them: `key=value` with a cilium-config key or a
 * short name (`masquerade`, `routing`, `native-routing-cidr`, `non-masquerade-cidr`), or a file of metadata whose settings count.
 *
 * @returns The facts, and what was laid over them in words.
 * @throws {UsageError} where a text is neither.
 */
export async function overlayFacts(
  given: GivenFacts,
  overlays: readonly string[],
): Promise<{ given: GivenFacts; settings: string[] }> {
  const facts: Facts = { ...given }
  const settings: string[] = []
  for (const overlay of overlays) {
    for (const [key, value] of await pairsOf(overlay)) {
      const short = SHORT[key]
      if (short !== undefined) layOverShort(facts, key, short(value))
      else layOver(facts, key, value)
      settings.push(`${key}=${value}`)
    }
  }
  return { given: facts, settings }
}

/** Keys that something depends on; a setting of another key would change nothing, and say so only by changing nothing. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(SHORT),
  ...Object.values(SETTING_TABLE).flatMap(({ keys }) => keys.map(({ key }) => key)),
  ...['enable-node-port', 'cluster-id', 'ip-masq-agent-config-path'],
])

function unknownKey(key: string): UsageError {
  const near = nearest(key, [...KNOWN_KEYS])
  const meant = near === null ? `known are ${[...KNOWN_KEYS].slice(0, 12).join(', ')} …` : `did you mean ${near}?`
  return new UsageError(`"${key}" is no setting that masquerading depends on: ${meant}`)
}

async function pairsOf(overlay: string): Promise<[string, string][]> {
  if (/^[a-z0-9][a-z0-9.-]*=/.test(overlay)) {
    const at = overlay.indexOf('=')
    const [key, value] = [overlay.slice(0, at), overlay.slice(at + 1)]
    if (!KNOWN_KEYS.has(key)) throw unknownKey(key)
    return [[key, value]]
  }
  const isFile = await stat(overlay).then(
    () => true,
    () => false,
  )
  if (!isFile)
    throw new UsageError(
      `"${overlay}" is neither key=value nor a file: write such as routing-mode=native or masquerade=iptables`,
    )
  const { settings } = await loadCluster({ paths: [overlay] })
  return [...settings.raw].map(([key, { value }]) => [key, value])
}

/** cilium-config keys that a short name stands for; `--setting` of them gives way to it. */
const KEYS_OF_SHORT: Readonly<Record<string, readonly string[]>> = {
  masquerade: ['enable-ipv4-masquerade', 'enable-ipv6-masquerade', 'enable-bpf-masquerade'],
  routing: ['routing-mode', 'tunnel'],
  'native-routing-cidr': ['ipv4-native-routing-cidr', 'ipv6-native-routing-cidr'],
  'non-masquerade-cidr': ['enable-ip-masq-agent'],
}

function layOverShort(facts: Facts, name: string, laid: GivenFacts): void {
  Object.assign(facts, laid)
  const keys = KEYS_OF_SHORT[name] ?? []
  if (facts.settings === undefined) return
  facts.settings = facts.settings.filter((setting) => !keys.some((key) => setting.startsWith(`${key}=`)))
}

/** Options that set a cilium-config key; the overlay takes their place. */
const OPTION_OF_KEY: Readonly<Record<string, keyof GivenFacts>> = {
  'routing-mode': 'routing',
  'ipv4-native-routing-cidr': 'nativeRoutingCidrs',
  'ipv6-native-routing-cidr': 'nativeRoutingCidrs',
  'enable-ip-masq-agent': 'nonMasqueradeCidrs',
  devices: 'devices',
  'egress-masquerade-interfaces': 'egressMasqueradeInterfaces',
}

function layOver(facts: Facts, key: string, value: string): void {
  if (key.endsWith('-masquerade') && facts.masquerade !== undefined) {
    const on = String(facts.masquerade !== 'off')
    const bpf = String(facts.masquerade === 'bpf')
    const expanded = [`enable-ipv4-masquerade=${on}`, `enable-ipv6-masquerade=${on}`, `enable-bpf-masquerade=${bpf}`]
    facts.settings = [...expanded, ...(facts.settings ?? [])]
    delete facts.masquerade
  }
  const option = OPTION_OF_KEY[key]
  if (option !== undefined) delete facts[option]
  facts.settings = [...(facts.settings ?? []).filter((setting) => !setting.startsWith(`${key}=`)), `${key}=${value}`]
}

import { stat } from 'node:fs/promises'
import type { GivenFacts } from '../cluster/given-facts.ts'
import { loadCluster } from '../cluster/load.ts'
import { SETTING_TABLE } from '../cluster/setting-table.ts'
import { parseBoolean } from '../cluster/setting-values.ts'
import { UsageError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'

type Facts = { -readonly [K in keyof GivenFacts]: GivenFacts[K] }
type LayOver = (facts: Facts, value: string) => void

/** Short names of settings that have an option of their own. */
const SHORT: ReadonlyMap<string, LayOver> = new Map<string, LayOver>([
  [
    'masquerade',
    (facts, value) => {
      facts.masquerade = oneOf('masquerade', value, ['bpf', 'iptables', 'off'])
      dropSettings(facts, MASQUERADE_KEYS)
    },
  ],
  [
    'routing',
    (facts, value) => {
      facts.routing = oneOf('routing', value, ['native', 'tunnel'])
      dropSettings(facts, ['routing-mode', 'tunnel'])
    },
  ],
  ['native-routing-cidr', layOverNativeCidr],
  [
    'non-masquerade-cidr',
    (facts, value) => {
      facts.nonMasqueradeCidrs = value.split(',')
      dropSettings(facts, ['enable-ip-masq-agent'])
    },
  ],
])

/** cilium-config keys that `masquerade` stands for. */
const MASQUERADE_KEYS = ['enable-ipv4-masquerade', 'enable-ipv6-masquerade', 'enable-bpf-masquerade']

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
      const layOver: LayOver = SHORT.get(key) ?? ((own, text) => layOverKey(own, key, text))
      layOver(facts, value)
      settings.push(`${key}=${value}`)
    }
  }
  return { given: facts, settings }
}

/** Keys that something depends on; a setting of another key would change nothing, and say so only by changing nothing. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...SHORT.keys(),
  ...Object.values(SETTING_TABLE).flatMap(({ keys }) => keys.map(({ key }) => key)),
  ...['enable-node-port', 'cluster-id', 'ip-masq-agent-config-path'],
])

/** Whether masquerading depends on a cilium-config key. */
export function isKnownSetting(key: string): boolean {
  return KNOWN_KEYS.has(key)
}

/** The key that a mistyped one may stand for; `null` where none resembles it. */
export function nearestSetting(key: string): string | null {
  return nearest(key, [...KNOWN_KEYS])
}

function unknownKey(key: string): UsageError {
  const near = nearestSetting(key)
  const meant = near === null ? `known are ${[...KNOWN_KEYS].slice(0, 12).join(', ')} …` : `did you mean ${near}?`
  return new UsageError(`"${key}" is no setting that masquerading depends on: ${meant}`)
}

/** What agents take for a key; a file may hold others. */
const SETTING_KEY = /^[a-z0-9][a-z0-9.-]*$/

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
  return [...settings.raw].filter(([key]) => SETTING_KEY.test(key)).map(([key, { value }]) => [key, value])
}

/** A native routing CIDR is of one family; that of the other stays as it was. */
function layOverNativeCidr(facts: Facts, cidr: string): void {
  const family = familyOf(cidr)
  dropNativeCidr(facts, family)
  dropSettings(facts, [`ipv${family}-native-routing-cidr`, ...(family === 4 ? ['native-routing-cidr'] : [])])
  facts.nativeRoutingCidrs = [...(facts.nativeRoutingCidrs ?? []), cidr]
}

function dropNativeCidr(facts: Facts, family: 4 | 6): void {
  const others = (facts.nativeRoutingCidrs ?? []).filter((text) => familyOf(text) !== family)
  if (others.length > 0) facts.nativeRoutingCidrs = others
  else delete facts.nativeRoutingCidrs
}

/** Of a text that is no block too: what it should have been is told where it is read. */
function familyOf(cidr: string): 4 | 6 {
  return cidr.includes(':') ? 6 : 4
}

function dropSettings(facts: Facts, keys: readonly string[]): void {
  if (facts.settings === undefined) return
  facts.settings = facts.settings.filter((setting) => !keys.some((key) => setting.startsWith(`${key}=`)))
}

/** What makes room for a cilium-config key that an option sets too: the overlay takes the option's place. */
const MAKE_ROOM: ReadonlyMap<string, LayOver> = new Map<string, LayOver>([
  ['routing-mode', (facts) => delete facts.routing],
  ['ipv4-native-routing-cidr', (facts) => dropNativeCidr(facts, 4)],
  ['ipv6-native-routing-cidr', (facts) => dropNativeCidr(facts, 6)],
  ['devices', (facts) => delete facts.devices],
  ['egress-masquerade-interfaces', (facts) => delete facts.egressMasqueradeInterfaces],
  [
    'enable-ip-masq-agent',
    (facts, value) => {
      // Turned on it is what the option's list needs.
      if (parseBoolean(value) === false) delete facts.nonMasqueradeCidrs
    },
  ],
  ...MASQUERADE_KEYS.map((key) => [key, spellOutMasquerade] as const),
])

function layOverKey(facts: Facts, key: string, value: string): void {
  MAKE_ROOM.get(key)?.(facts, value)
  dropSettings(facts, [key])
  facts.settings = [...(facts.settings ?? []), `${key}=${value}`]
}

/** `--masquerade` as the three keys it stands for, so that one of them can change. */
function spellOutMasquerade(facts: Facts): void {
  if (facts.masquerade === undefined) return
  const on = String(facts.masquerade !== 'off')
  const bpf = String(facts.masquerade === 'bpf')
  const expanded = [`enable-ipv4-masquerade=${on}`, `enable-ipv6-masquerade=${on}`, `enable-bpf-masquerade=${bpf}`]
  facts.settings = [...expanded, ...(facts.settings ?? [])]
  delete facts.masquerade
}

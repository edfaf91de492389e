import { type Cidr, parseCidr } from '../core/cidr.ts'
import { formatSourceRef, type SourceRef } from '../core/source-ref.ts'
import type { FactStore, MasqFileFact } from './facts.ts'
import type { InstalledState, IpMasqAgent } from './snapshot.ts'
import { parseYaml, YamlSyntaxError } from './yaml-positions.ts'

/** Used where the file is missing or has no octets; cilium-masquerade §3.2, cilium/cilium pkg/ipmasq/ipmasq.go. */
const DEFAULT_NON_MASQUERADE_CIDRS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
]
const LINK_LOCAL = '169.254.0.0/16'
const LINK_LOCAL_V6 = 'fe80::/10'

type Effective = IpMasqAgent['effective']
type RealisedList = NonNullable<InstalledState['ipMasqCidrs']>

/** The state of a file by its text, `null` for a file that is not there. */
export function readMasqFile(fact: Pick<MasqFileFact, 'text' | 'source' | 'firstLine' | 'key'>): IpMasqAgent {
  const { text, source, key } = fact
  if (text === null || text === '') return withDefaults(text === null ? 'absent' : 'empty', source, key)
  const file = parseMasqFile(text, fact)
  if (file === undefined) {
    return { state: 'unparsable', effective: [], masqLinkLocal: false, masqLinkLocalIpv6: false, source, key }
  }
  return {
    state: 'content',
    effective: [...file.entries, ...linkLocal(file, source)],
    masqLinkLocal: file.masqLinkLocal,
    masqLinkLocalIpv6: file.masqLinkLocalIpv6,
    source,
    key,
  }
}

function withDefaults(state: 'absent' | 'empty', source: SourceRef | null, key: string | null): IpMasqAgent {
  const flags = { masqLinkLocal: false, masqLinkLocalIpv6: false }
  const effective = DEFAULT_NON_MASQUERADE_CIDRS.flatMap((text) => entry(text, 'default', null))
  return { state, effective: [...effective, ...linkLocal(flags, null)], ...flags, source, key }
}

interface MasqFile {
  readonly entries: Effective
  readonly masqLinkLocal: boolean
  readonly masqLinkLocalIpv6: boolean
}

/** `undefined` where the agent would refuse the update: bad syntax, a wrong type, an entry without a prefix length. */
function parseMasqFile(text: string, fact: Pick<MasqFileFact, 'source' | 'firstLine'>): MasqFile | undefined {
  const document = parseMasqText(text)
  if (document === undefined) return undefined
  const value = document.value ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const fields = new Map(
    Object.entries(value).map(([key, field]) => [key.toLowerCase(), { key, field: field as unknown }]),
  )
  const flags = ['masqlinklocal', 'masqlinklocalipv6'].map((key) => fields.get(key)?.field ?? false)
  const list = fields.get('nonmasqueradecidrs')
  const texts = list?.field ?? []
  if (!Array.isArray(texts) || !flags.every((flag) => typeof flag === 'boolean')) return undefined
  const entries = texts.map((text: unknown, i) => {
    const cidr = typeof text === 'string' ? parseCidr(text) : undefined
    const line = document.lineOf([list?.key ?? '', i])
    const source =
      line === undefined || fact.firstLine === null ? fact.source : { ...fact.source, line: fact.firstLine + line - 1 }
    return cidr === undefined ? undefined : ({ cidr, basis: 'entry', source } as const)
  })
  if (entries.includes(undefined)) return undefined
  const [masqLinkLocal = false, masqLinkLocalIpv6 = false] = flags
  return { entries: entries.filter((found) => found !== undefined), masqLinkLocal, masqLinkLocalIpv6 }
}

function parseMasqText(text: string): ReturnType<typeof parseYaml> | undefined {
  try {
    return parseYaml(text, '1.1')
  } catch (error) {
    if (error instanceof YamlSyntaxError) return undefined
    throw error
  }
}

function entry(text: string, basis: 'default' | 'link-local', source: SourceRef | null): Effective {
  const cidr = parseCidr(text)
  return cidr === undefined ? [] : [{ cidr, basis, source }]
}

function linkLocal(
  flags: { readonly masqLinkLocal: boolean; readonly masqLinkLocalIpv6: boolean },
  source: SourceRef | null,
): Effective {
  return [
    ...(flags.masqLinkLocal ? [] : entry(LINK_LOCAL, 'link-local', source)),
    ...(flags.masqLinkLocalIpv6 ? [] : entry(LINK_LOCAL_V6, 'link-local', source)),
  ]
}

/**
 * The agent's list as far as the inputs tell it: hand-given, else the file, else helm's; and over a file the list the nodes
 * have realised (`bpf ipmasq list`), where they agree on one.
 *
 * @param enabled - Whether the settings turn the agent on.
 */
export function resolveMasqAgent(store: FactStore, realised: readonly RealisedList[], enabled: boolean): IpMasqAgent {
  const configured = configuredAgent(store)
  const agreed = configured?.source?.file === '--non-masquerade-cidr' ? undefined : agreedList(realised, enabled)
  if (agreed !== undefined) return realisedAgent(agreed, configured)
  if (configured !== null) return { ...configured, configured }
  const flags = { masqLinkLocal: false, masqLinkLocalIpv6: false }
  return { state: enabled ? 'unknown' : 'absent', effective: [], ...flags, source: null, configured: null, key: null }
}

function configuredAgent(store: FactStore): IpMasqAgent | null {
  for (const origin of ['option', 'file', 'helm'] as const) {
    const facts = store.masqFiles.filter((fact) => fact.origin === origin)
    const [fact] = facts
    if (fact === undefined) continue
    const agent = readMasqFile(fact)
    const other = facts.find((candidate) => listText(readMasqFile(candidate)) !== listText(agent))
    if (other !== undefined) {
      store.warnings.push({
        code: 'metadata-conflict',
        file: other.source.file,
        message: `Two different ip-masq-agent lists: ${formatSourceRef(fact.source)} is used, ${formatSourceRef(other.source)} is not`,
      })
    }
    return agent
  }
  return null
}

function listText(agent: IpMasqAgent): string {
  return `${agent.state} ${cidrTexts(agent.effective.map(({ cidr }) => cidr))}`
}

function cidrTexts(cidrs: readonly Cidr[]): string {
  return cidrs
    .map(({ text }) => text)
    .sort()
    .join(' ')
}

/** With the agent off the maps are empty, which says nothing about the file. */
function agreedList(lists: readonly RealisedList[], enabled: boolean): RealisedList | undefined {
  const [first] = lists
  if (!enabled || first === undefined) return undefined
  return lists.every((list) => cidrTexts(list.cidrs) === cidrTexts(first.cidrs)) ? first : undefined
}

function realisedAgent(list: RealisedList, configured: IpMasqAgent | null): IpMasqAgent {
  const known = new Map(configured?.effective.map((found) => [found.cidr.text, found]))
  const listed = list.cidrs.map(
    (cidr) => known.get(cidr.text) ?? ({ cidr, basis: 'entry', source: list.source } as const),
  )
  // The IPv6 map is listed only where IPv6 masquerading is on; where it is off its absence is no statement.
  const kept = list.cidrs.some(({ family }) => family === 6)
    ? []
    : (configured?.effective ?? []).filter(({ cidr }) => cidr.family === 6)
  const has = (text: string): boolean => list.cidrs.some((cidr) => cidr.text === text)
  return {
    // What the map holds is known even where the file that should fill it cannot be read.
    state: configured === null || configured.state === 'unparsable' ? 'content' : configured.state,
    effective: [...listed, ...kept],
    masqLinkLocal: configured?.masqLinkLocal ?? !has(LINK_LOCAL),
    masqLinkLocalIpv6: configured?.masqLinkLocalIpv6 ?? !has(LINK_LOCAL_V6),
    source: list.source,
    configured,
    key: configured?.key ?? null,
  }
}

import type { IdentityKind } from './address-book.ts'
import type { Attribution } from './attribute.ts'
import { chooseIptables } from './choose-iptables.ts'
import { CidrTable } from './cidr-table.ts'
import type { AddressFact, FactStore, NodeDump, RangeFact, SettingFact } from './facts.ts'
import { installedSettings } from './installed-settings.ts'
import { NodeDraft } from './node-draft.ts'
import type { AgentStatus, InstalledState, IpsetDump, RecordedConnection, RecordedTranslation } from './snapshot.ts'
import { nativeCidrFacts } from './status-settings.ts'

/** What the node-local dumps come to, beyond what went into the nodes themselves. */
export interface AppliedDumps {
  /** Every dump with its node, `null` where it could not be placed. */
  readonly placed: readonly PlacedDump[]
  /** Realised settings; `node` is `null` for a dump that could not be placed. */
  readonly settings: { readonly node: string | null; readonly facts: readonly SettingFact[] }[]
  readonly addresses: AddressFact[]
  readonly ranges: RangeFact[]
  readonly translations: RecordedTranslation[]
  readonly connections: RecordedConnection[]
  readonly ipMasqLists: NonNullable<InstalledState['ipMasqCidrs']>[]
}

interface Context {
  readonly drafts: ReadonlyMap<string, NodeDraft>
  readonly attribution: Attribution
  readonly applied: AppliedDumps
  readonly podRanges: CidrTable<{ readonly node: string | null }>
}

function podRanges(drafts: ReadonlyMap<string, NodeDraft>, store: FactStore): Context['podRanges'] {
  const table: Context['podRanges'] = new CidrTable()
  for (const { name, podCidrs } of drafts.values()) for (const cidr of podCidrs) table.add(cidr, { node: name })
  for (const { cidr, kind, node } of store.ranges) if (kind === 'pod') table.add(cidr, { node })
  return table
}

/** A dump and the node it belongs to. */
export interface PlacedDump {
  readonly dump: NodeDump
  readonly node: string | null
}

/** Gives each dump its node and puts its content there. */
export function applyDumps(store: FactStore, drafts: Map<string, NodeDraft>, attribution: Attribution): AppliedDumps {
  const placed = store.dumps.map((dump): PlacedDump => {
    const node = attribution.nodeOf(dump)
    dump.input.node = node
    if (node !== null && !drafts.has(node)) drafts.set(node, new NodeDraft(node, { file: dump.input.file }))
    return { dump, node }
  })
  const applied: AppliedDumps = {
    placed,
    settings: [],
    addresses: [],
    ranges: [],
    translations: [],
    connections: [],
    ipMasqLists: [],
  }
  for (const one of placed) applyDump(one, drafts, attribution, applied)
  dropRepeats(applied.translations, ({ source: _source, ...tuple }) => tuple)
  dropRepeats(applied.connections, ({ sourceRef: _source, ...tuple }) => tuple)
  const context: Context = { drafts, attribution, applied, podRanges: podRanges(drafts, store) }
  for (const one of placed) addAddresses(one, context)
  shareClusterWide(placed, drafts)
  chooseIptables(placed, drafts, store)
  for (const draft of drafts.values()) {
    const facts = installedSettings(draft)
    if (facts.length > 0) applied.settings.push({ node: draft.name, facts })
  }
  for (const { dump, node } of placed) {
    if (node === null && needsNode(dump)) warnUnplaced(dump, store)
  }
  return applied
}

function applyDump(
  { dump, node }: PlacedDump,
  drafts: ReadonlyMap<string, NodeDraft>,
  attribution: Attribution,
  applied: AppliedDumps,
): void {
  const draft = node === null ? undefined : drafts.get(node)
  const facts = [...dump.settings]
  const { content } = dump
  switch (content.kind) {
    case 'devices':
      draft?.addDevices(content.devices)
      break
    case 'routes':
      draft?.addRoutes(content.routes)
      break
    case 'status':
      if (draft !== undefined) draft.status = fuller(draft.status, content.status)
      facts.push(...nativeCidrFacts(content, draft, [...drafts.values()]))
      break
    case 'ipmasq':
      if (draft !== undefined) draft.ipMasqCidrs ??= content.list
      applied.ipMasqLists.push(content.list)
      break
    case 'egress':
      if (draft !== undefined) draft.egressEntries = [...(draft.egressEntries ?? []), ...content.entries]
      break
    case 'translations':
      for (const { nodeName, ...entry } of content.entries) {
        const owner = nodeName ?? node ?? attribution.ownerOf(entry.translatedSource)
        applied.translations.push({ ...entry, node: owner })
      }
      break
    case 'connections':
      for (const entry of content.entries) applied.connections.push({ ...entry, node })
      break
  }
  if (facts.length > 0) applied.settings.push({ node, facts })
}

/** Of several statuses of a node the one that says most; the short forms leave lines out. */
function fuller(known: AgentStatus | null, other: AgentStatus): AgentStatus {
  const said = ({ masquerading, hostRouting, routing, version, devices }: AgentStatus): number =>
    [masquerading, masquerading?.exclusionCidr, masquerading?.ipv4, hostRouting, routing, version].filter(
      (part) => part !== null && part !== undefined,
    ).length + devices.length
  return known !== null && said(known) >= said(other) ? known : other
}

/** Leaves out entries that say what one before them said: the same table comes as text and as JSON. */
function dropRepeats<T>(entries: T[], tupleOf: (entry: T) => unknown): void {
  const seen = new Set<string>()
  let kept = 0
  for (const entry of entries) {
    const key = JSON.stringify(tupleOf(entry))
    if (seen.has(key)) continue
    seen.add(key)
    entries[kept++] = entry
  }
  entries.length = kept
}

/** Addresses the dump tells of: a node's own go into the node, all others into the address book. */
function addAddresses({ dump, node }: PlacedDump, context: Context): void {
  const { drafts, attribution } = context
  for (const fact of dump.addresses) {
    const owner = fact.node ?? attribution.ownerOf(fact.nodeIp) ?? (fact.local ? node : null)
    if (fact.kind !== 'host') addAddress(fact, fact.kind, owner, context)
    else if (attribution.ownerOf(fact.ip) === null) {
      const inPodCidr = context.podRanges.find(fact.ip)
      const kind = inPodCidr === undefined ? 'node' : 'cilium_host'
      addAddress(fact, kind, owner ?? inPodCidr?.node ?? null, context)
    }
  }
  if (dump.content.kind !== 'devices' || node === null) return
  for (const device of dump.content.devices) {
    if (device.name !== 'cilium_host') continue
    for (const { ip, scope } of device.addresses) {
      if (scope === 'link') continue
      drafts.get(node)?.addAddress({ ip, type: 'CiliumInternalIP', source: device.source }, 'ip-addr')
      attribution.learn(ip, node)
    }
  }
}

function addAddress(fact: AddressFact, kind: IdentityKind, owner: string | null, context: Context): void {
  const draft = owner === null ? undefined : context.drafts.get(owner)
  if (kind === 'cilium_host' && draft !== undefined) {
    draft.addAddress({ ip: fact.ip, type: 'CiliumInternalIP', source: fact.source }, fact.origin)
    context.attribution.learn(fact.ip, draft.name)
  } else context.applied.addresses.push({ ...fact, kind, node: owner })
}

/** ipsets and the ip-masq-agent list are the same on every node: a dump that names no node stands for all. */
function shareClusterWide(placed: readonly PlacedDump[], drafts: ReadonlyMap<string, NodeDraft>): void {
  const sets = new Map<string, Map<string, IpsetDump>>()
  const everywhere = new Map<string, IpsetDump>()
  for (const { dump, node } of placed) {
    if (dump.content.kind !== 'ipset') continue
    const target = node === null ? everywhere : (sets.get(node) ?? new Map<string, IpsetDump>())
    if (node !== null) sets.set(node, target)
    for (const set of dump.content.sets) if (!target.has(set.name)) target.set(set.name, set)
  }
  const lists = placed.flatMap(({ dump, node }) =>
    dump.content.kind === 'ipmasq' && node === null ? [dump.content.list] : [],
  )
  for (const draft of drafts.values()) {
    const own = new Map([...everywhere, ...(sets.get(draft.name) ?? [])])
    if (own.size > 0) draft.ipsets = own
    draft.ipMasqCidrs ??= lists[0] ?? null
  }
}

const CLUSTER_WIDE = new Set(['ipset', 'ipmasq', 'translations', 'connections', 'none', 'status'])

function needsNode(dump: NodeDump): boolean {
  return !CLUSTER_WIDE.has(dump.content.kind)
}

function warnUnplaced({ input }: NodeDump, store: FactStore): void {
  store.warnings.push({
    code: 'dump-without-node',
    file: input.file,
    message: `${input.file}: nothing in it tells which node this ${input.kind} is from, so that it is not used; give it as <node>=${input.file}`,
  })
}

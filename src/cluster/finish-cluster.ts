import { parseCidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import { type Warning, warningAt } from '../core/warning.ts'
import type { AddressBook } from './address-book.ts'
import { type AppliedDumps, applyDumps } from './apply-dumps.ts'
import { Attribution } from './attribute.ts'
import { buildAddressBook } from './build-address-book.ts'
import { buildSettings } from './build-settings.ts'
import { isAtLeast, NEWEST_VERSION, OLDEST_VERSION } from './cilium-version.ts'
import { type AddressFact, type AddressOrigin, type FactStore, originRank, type RangeFact } from './facts.ts'
import { addGivenFacts, type GivenFacts } from './given-facts.ts'
import { resolveMasqAgent } from './masq-agent.ts'
import { mergePods } from './merge-pods.ts'
import { draftNodes, NodeDraft } from './node-draft.ts'
import { parseList } from './setting-values.ts'
import type { Setting, Settings } from './settings.ts'
import type { ClusterNode, ClusterSnapshot, NodeAddress, RecordedTranslation, Service } from './snapshot.ts'

/** What {@link finishCluster} takes besides what was read. */
export interface BuildOptions {
  /** Facts given by hand; they win over the pieces. */
  readonly given?: GivenFacts
  /** Cilium release, `1.17` or `1.17.6`; wins over what the pieces tell. */
  readonly ciliumVersion?: string
}

/** Makes the snapshot from what was read; the store is used up. */
export function finishCluster(store: FactStore, options: BuildOptions): ClusterSnapshot {
  if (options.given !== undefined) addGivenFacts(options.given, store)
  if (options.ciliumVersion !== undefined) {
    store.versions.push({ version: options.ciliumVersion, origin: 'option', source: { file: '--cilium-version' } })
  }
  const drafts = draftNodes(store)
  assignPodCidrs(store.ranges, drafts)
  const attribution = new Attribution(drafts, store)
  const dumps = applyDumps(store, drafts, attribution)
  const pods = mergePods(store, attribution)
  const nodes = [...drafts.values()].map((draft) => draft.finish()).sort((a, b) => (a.name < b.name ? -1 : 1))
  if (!store.nodesListed) addIpsetNodes(store, dumps)
  const warn = (warning: Warning): void => {
    store.warnings.push(warning)
  }
  const { settings, settingsFor } = buildSettings(store, dumps, nodes, warn)
  warnOfVersion(settings.ciliumVersion, warn)
  addClusterPools(settings, store)
  const services = joinBackends(store)
  const addressBook = buildAddressBook(
    {
      nodes,
      nodesKnown: store.nodesListed,
      pods,
      services,
      policies: store.policies,
      podPools: store.podPools,
      addresses: resolveAddresses([...store.addresses, ...dumps.addresses], attribution),
      ranges: [...store.ranges, ...dumps.ranges],
      originOf: originIndex(store),
    },
    warn,
  )
  const agent = resolveMasqAgent(store, dumps.ipMasqLists, settings.enableIpMasqAgent.value)
  return Object.freeze({
    nodes,
    nodesByName: new Map(nodes.map((node) => [node.name, node])),
    nodesKnown: store.nodesListed,
    pods,
    podsKnown: store.podsListed,
    services,
    egressGatewayPolicies: store.policies,
    podPools: store.podPools,
    addressBook,
    settings,
    settingsFor,
    ipMasqAgent: agent,
    translations: dumps.translations.filter((entry) => !isServiceReply(entry, addressBook)),
    connections: dumps.connections,
    inputs: [...store.inputs]
      .sort((a, b) => a.order - b.order)
      .map(({ file, kind, node, note }) => ({ file, kind, node, note })),
    warnings: store.warnings.list(),
  })
}

/** Says where the rules of another release are followed for lack of this one's. */
function warnOfVersion({ value, source }: Setting<string>, warn: (warning: Warning) => void): void {
  const isOld = !isAtLeast(value, OLDEST_VERSION)
  if (!isOld && isAtLeast(NEWEST_VERSION, value)) return
  const [relation, nearest] = isOld ? ['older', OLDEST_VERSION] : ['newer', NEWEST_VERSION]
  const message = `Cilium ${value} is ${relation} than the releases whose rules are known; those of ${nearest} are followed`
  warn(warningAt(source, { code: 'cilium-version-unread', message }))
}

/** Hand-given pod CIDRs of a named node; and a nameless one where there is only one node it can be. */
function assignPodCidrs(ranges: readonly RangeFact[], drafts: Map<string, NodeDraft>): void {
  const given = ranges.filter(({ kind, basis }) => kind === 'pod' && basis === '--pod-cidr')
  const [onlyNode] = drafts.size === 1 ? drafts.values() : []
  for (const { cidr, node, source } of given) {
    if (node === null) {
      const family = given.filter((other) => other.cidr.family === cidr.family)
      if (family.length === 1 && onlyNode?.podCidrs.length === 0) onlyNode.addPodCidr(cidr, 'option')
      continue
    }
    const draft = drafts.get(node) ?? new NodeDraft(node, source)
    drafts.set(node, draft)
    draft.addPodCidr(cidr, 'option')
  }
}

/**
 * Members of Cilium's node ipsets, where no input lists nodes: they are the InternalIPs of all nodes the agent knows. Beside a
 * list they are no evidence, since a member may be stale.
 */
function addIpsetNodes(store: FactStore, dumps: AppliedDumps): void {
  for (const { dump } of dumps.placed) {
    if (dump.content.kind !== 'ipset') continue
    for (const { name, members, source } of dump.content.sets) {
      if (!/^cilium_node_set_v[46]$/.test(name)) continue
      store.nodesListed = true
      for (const { text } of members) {
        const [ip = ''] = text.split('/')
        const place = { name: null, node: null, nodeIp: ip, local: false, remoteCluster: false } as const
        dumps.addresses.push({ ip, kind: 'node', ...place, origin: 'agent', basis: `member of ipset ${name}`, source })
      }
    }
  }
}

/** Pod ranges of cluster-pool IPAM, for pods of nodes no input shows. */
function addClusterPools(settings: Settings, store: FactStore): void {
  for (const key of ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr']) {
    const setting = settings.raw.get(key)
    for (const text of parseList(setting?.value ?? '') ?? []) {
      const cidr = parseCidr(text)
      const source = setting?.source
      if (cidr !== undefined && source) store.ranges.push({ cidr, kind: 'pod', node: null, basis: key, source })
    }
  }
}

/** Hubble sets `source_xlated` for the reverse translation of services too: to the service's address, no node's. */
function isServiceReply({ kind, translatedSource }: RecordedTranslation, addressBook: AddressBook): boolean {
  return kind === 'hubble' && addressBook.lookup(translatedSource).kind === 'service'
}

/** Addresses from dumps and IPAM, with nodes known by address given their names. */
function resolveAddresses(facts: readonly AddressFact[], attribution: Attribution): AddressFact[] {
  return facts.map((fact) => {
    const node =
      fact.node ?? attribution.ownerOf(fact.nodeIp) ?? (fact.kind === 'pod' ? attribution.podOwnerOf(fact.ip) : null)
    const named =
      fact.kind === 'cilium_host' || fact.kind === 'health' || fact.kind === 'ingress' || fact.kind === 'node'
    return { ...fact, node, name: fact.name ?? (named ? node : null) }
  })
}

/** Strongest input for each address of each node. */
function originIndex(store: FactStore): (node: ClusterNode, address: NodeAddress) => AddressOrigin {
  const origins = new Map<IpText, AddressOrigin>()
  for (const { addresses, origin } of store.nodes) {
    for (const { ip } of addresses) {
      const known = origins.get(ip)
      if (known === undefined || originRank(origin) < originRank(known)) origins.set(ip, origin)
    }
  }
  return (_node, { ip }) => origins.get(ip) ?? (store.hostIps.has(ip) ? 'pod' : 'agent')
}

/** Services with the addresses of their EndpointSlices; a Service given twice is taken once. */
function joinBackends(store: FactStore): Service[] {
  const ips = new Map<string, Set<IpText>>()
  for (const { namespace, service, ips: backends } of store.backends) {
    const key = `${namespace}/${service}`
    const known = ips.get(key) ?? new Set()
    for (const ip of backends) known.add(ip)
    ips.set(key, known)
  }
  const services = new Map<string, Service>()
  for (const service of store.services) {
    const key = `${service.namespace}/${service.name}`
    if (!services.has(key)) services.set(key, { ...service, backends: [...(ips.get(key) ?? [])] })
  }
  return [...services.values()]
}

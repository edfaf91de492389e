import type { Cidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import { type AddressOrigin, type FactStore, type NodeFact, originRank } from './facts.ts'
import type {
  AgentStatus,
  ClusterNode,
  InstalledState,
  IpsetDump,
  IptablesDump,
  NodeAddress,
  NodeDevice,
  NodeRoute,
} from './snapshot.ts'

interface RankedAddress extends NodeAddress {
  readonly rank: number
}

/** A node while its facts are put together; `finish()` gives the snapshot's node. */
export class NodeDraft {
  readonly name: string
  private readonly addresses: RankedAddress[] = []
  private readonly health = new Set<IpText>()
  private readonly ingress = new Set<IpText>()
  private readonly cidrs: { cidr: Cidr; rank: number }[] = []
  private readonly pools = new Map<string, readonly Cidr[]>()
  private labels: Record<string, string> = {}
  private remoteCluster = false
  private source: SourceRef
  private readonly deviceMap = new Map<string, NodeDevice>()
  private routeList: readonly NodeRoute[] | null = null
  status: AgentStatus | null = null
  iptables: IptablesDump | null = null
  ip6tables: IptablesDump | null = null
  ipsets: Map<string, IpsetDump> | null = null
  ipMasqCidrs: InstalledState['ipMasqCidrs'] = null
  egressEntries: InstalledState['egressEntries'] = null

  constructor(name: string, source: SourceRef) {
    this.name = name
    this.source = source
  }

  /** Adds what one input says; the strongest inputs must come first. */
  add(fact: NodeFact): void {
    for (const { ip, type, source } of fact.addresses) this.addAddress({ ip, type, source }, fact.origin)
    for (const ip of fact.health) this.health.add(ip)
    for (const ip of fact.ingress) this.ingress.add(ip)
    for (const cidr of fact.podCidrs) this.addPodCidr(cidr, fact.origin)
    for (const [pool, cidrs] of fact.pools) if (!this.pools.has(pool)) this.pools.set(pool, cidrs)
    this.labels = { ...fact.labels, ...this.labels }
    this.remoteCluster ||= fact.remoteCluster
  }

  /** Adds an address unless a stronger input gave it a type already. */
  addAddress(address: NodeAddress, origin: AddressOrigin): void {
    const rank = originRank(origin)
    const known = this.addresses.findIndex(({ ip }) => ip === address.ip)
    if (known < 0) this.addresses.push({ ...address, rank })
    else if (rank < (this.addresses[known]?.rank ?? 0)) this.addresses[known] = { ...address, rank }
  }

  /** Of each family only the strongest input's CIDRs count: with cluster-pool IPAM the Node's own is not what Cilium uses. */
  addPodCidr(cidr: Cidr, origin: AddressOrigin): void {
    const rank = originRank(origin)
    const family = this.cidrs.filter((known) => known.cidr.family === cidr.family)
    if (family.some((known) => known.rank < rank || known.cidr.text === cidr.text)) return
    this.cidrs.push({ cidr, rank })
  }

  addDevices(devices: readonly NodeDevice[]): void {
    for (const device of devices) {
      const known = this.deviceMap.get(device.name)
      if (known === undefined || device.addresses.length > known.addresses.length)
        this.deviceMap.set(device.name, device)
    }
  }

  addRoutes(routes: readonly NodeRoute[]): void {
    const known = this.routeList ?? []
    const text = (route: NodeRoute): string => `${route.destination?.text} ${route.device} ${route.via} ${route.src}`
    const texts = new Set(known.map(text))
    this.routeList = [...known, ...routes.filter((route) => !texts.has(text(route)))]
  }

  get ips(): readonly IpText[] {
    return [
      ...this.addresses.map(({ ip }) => ip),
      ...[...this.deviceMap.values()].flatMap((d) => d.addresses.map(({ ip }) => ip)),
    ]
  }

  get podCidrs(): readonly Cidr[] {
    return this.cidrs.map(({ cidr }) => cidr)
  }

  get devices(): readonly NodeDevice[] {
    return [...this.deviceMap.values()]
  }

  get nodeLabels(): Readonly<Record<string, string>> {
    return this.labels
  }

  finish(): ClusterNode {
    const addresses = this.addresses.map(({ ip, type, source }) => Object.freeze({ ip, type, source }))
    return Object.freeze({
      name: this.name,
      addresses,
      ciliumHost: addresses.filter(({ type }) => type === 'CiliumInternalIP').map(({ ip }) => ip),
      health: [...this.health],
      ingress: [...this.ingress],
      podCidrs: this.podCidrs,
      pools: this.pools,
      labels: this.labels,
      remoteCluster: this.remoteCluster,
      devices: this.deviceMap.size === 0 ? null : this.deviceMap,
      routes: this.routeList,
      installed: {
        iptables: this.iptables,
        ip6tables: this.ip6tables,
        ipsets: this.ipsets,
        ipMasqCidrs: this.ipMasqCidrs,
        egressEntries: this.egressEntries,
      },
      status: this.status,
      source: this.source,
    })
  }
}

/** Merges what all inputs say of nodes; a fact without a name joins the node that has its address, or makes one named by it. */
export function draftNodes(store: FactStore): Map<string, NodeDraft> {
  const drafts = new Map<string, NodeDraft>()
  const byStrength = [...store.nodes].sort((a, b) => originRank(a.origin) - originRank(b.origin))
  const owners = new Map<IpText, string>()
  for (const { name, addresses } of store.nodes) {
    if (name !== null) for (const { ip } of addresses) owners.set(ip, name)
  }
  for (const fact of byStrength) {
    const [first] = fact.addresses
    const name = fact.name ?? (first === undefined ? undefined : (owners.get(first.ip) ?? first.ip))
    if (name === undefined) continue
    const draft = drafts.get(name) ?? new NodeDraft(name, fact.source)
    drafts.set(name, draft)
    draft.add(fact)
  }
  const isListed = store.nodes.some(({ origin }) => origin !== 'option')
  for (const [ip, { node, source }] of store.hostIps) {
    // A pod of a node that a list no longer has is stale, and so is the node.
    if (isListed && !drafts.has(node)) continue
    const draft = drafts.get(node) ?? new NodeDraft(node, source)
    if (!owners.has(ip) && !draft.ips.includes(ip)) draft.addAddress({ ip, type: 'InternalIP', source }, 'pod')
    drafts.set(node, draft)
  }
  return drafts
}

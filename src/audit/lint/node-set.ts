import type { ClusterNode, ClusterSnapshot, IpsetDump, NodeAddress } from '../../cluster/snapshot.ts'
import { type IpFamily, ipFamily } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { parseCiliumVersion } from '../../masquerade/cilium-version.ts'
import { listsExternalIps } from '../../masquerade/iptables/node-set.ts'
import { type Hit, type LintCheck, listing } from './check.ts'
import { FAMILIES, masquerades, ownNodes, since, wantsIptables } from './in-force.ts'

/** The ipset of node addresses against the nodes. */
export const NODE_SET: readonly LintCheck[] = [
  {
    code: 'node-set-missing',
    severity: 'error',
    title: 'a node is missing from the node ipset',
    consequence: 'Traffic of pods to that node is masqueraded, although nodes are exempt.',
    remedy: 'Restart the Cilium agent of the node whose set it is.',
    find: (cluster) =>
      compareSets(cluster, ({ node, set, family }) => {
        const members = new Set(set.members.map(({ text }) => text))
        const absent = internalAddresses(cluster, family).filter(({ ip }) => !members.has(blockOf(ip)))
        const [first] = absent
        if (first === undefined) return []
        const found = `${set.name} of ${node} lacks ${listing(absent.map(({ ip, name }) => `${ip} (${name})`))}`
        return [{ found, subject: set.name, sources: [set.source, first.source], confirm: `ipset list ${set.name}` }]
      }),
  },
  {
    code: 'node-set-surplus',
    severity: 'warning',
    title: 'the node ipset holds an address that is no node',
    consequence: 'Pods reach that address with their own, although only nodes are exempt.',
    remedy: 'Restart the Cilium agent of the node whose set it is.',
    find: (cluster) =>
      compareSets(cluster, ({ node, set, family }) => {
        // Nodes of a mesh's other clusters are in the set, and may be missing from the metadata.
        if (isInMesh(cluster)) return []
        const known = new Set(
          [...internalAddresses(cluster, family), ...listedExternalIps(cluster)].map(({ ip }) => blockOf(ip)),
        )
        const surplus = set.members
          .filter(({ text }) => !known.has(text))
          .map(({ text }) => text.replace(/\/(?:32|128)$/, ''))
        if (surplus.length === 0) return []
        const found = `${set.name} of ${node} holds ${listing(surplus)}, which no node has as InternalIP`
        return [
          {
            found,
            subject: set.name,
            sources: [set.source, cluster.nodes[0]?.source],
            confirm: `ipset list ${set.name}`,
          },
        ]
      }),
  },
]

function isInMesh(cluster: ClusterSnapshot): boolean {
  const id = cluster.settings.raw.get('cluster-id')?.value ?? '0'
  return id !== '0' && id !== '' && !cluster.nodes.some(({ remoteCluster }) => remoteCluster)
}

interface GivenSet {
  readonly node: string
  readonly family: IpFamily
  readonly set: IpsetDump
}

/** Node sets that were dumped where the settings have one; one dump that stands for all nodes counts once. */
function compareSets(cluster: ClusterSnapshot, hits: (given: GivenSet) => readonly Hit[]): Hit[] {
  const { settings } = cluster
  if (
    !cluster.nodesKnown ||
    !wantsIptables(settings) ||
    settings.routingMode.value === 'tunnel' ||
    !since(settings, 11)
  )
    return []
  const seen = new Map<IpsetDump, ClusterNode[]>()
  for (const node of ownNodes(cluster)) {
    for (const family of FAMILIES) {
      const set = node.installed.ipsets?.get(`cilium_node_set_v${family}`)
      if (set !== undefined && masquerades(settings, family)) seen.set(set, [...(seen.get(set) ?? []), node])
    }
  }
  return [...seen].flatMap(([set, nodes]) =>
    hits({ node: listing(nodes.map(({ name }) => name)), family: set.family, set }),
  )
}

interface InternalAddress {
  readonly ip: string
  readonly name: string
  readonly source: SourceRef
}

/** InternalIPs of all nodes, those of other clusters of a mesh included. */
function internalAddresses(cluster: ClusterSnapshot, family: IpFamily): InternalAddress[] {
  return cluster.nodes.flatMap((node) =>
    node.addresses
      .filter(({ ip, type }) => type === 'InternalIP' && ipFamily(ip) === family)
      .map(({ ip, source }) => ({ ip, name: node.name, source })),
  )
}

/** ExternalIPs where the release may have put them into the set. */
function listedExternalIps({ settings, nodes }: ClusterSnapshot): NodeAddress[] {
  const release = parseCiliumVersion(settings.ciliumRelease?.value ?? settings.ciliumVersion.value)
  if (listsExternalIps(release) === false) return []
  return nodes.flatMap(({ addresses }) => addresses.filter(({ type }) => type === 'ExternalIP'))
}

const blockOf = (ip: string): string => `${ip}/${ipFamily(ip) === 4 ? 32 : 128}`

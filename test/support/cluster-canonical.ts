import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'

const SOURCE_FIELDS = new Set(['source', 'sourceRef', 'file', 'line'])

/** What a snapshot says, without where each fact came from and without the order facts came in. */
export function canonical(cluster: ClusterSnapshot): unknown {
  const { nodes, pods, services, egressGatewayPolicies, podPools, ipMasqAgent, translations, connections, nodesKnown } =
    cluster
  const names = [null, ...nodes.map(({ name }) => name)]
  const settings = names.map((name) => {
    const { raw, ...fields } = cluster.settingsFor(name)
    return [
      name,
      Object.entries(fields).map(([key, own]) => [
        key,
        typeof own === 'boolean' ? own : { value: own?.value, origin: own?.origin },
      ]),
      [...raw.keys()].sort(),
    ]
  })
  const ips = new Set([
    ...pods.flatMap((pod) => pod.ips),
    ...nodes.flatMap((node) => node.addresses.map(({ ip }) => ip)),
    ...services.flatMap((s) => s.clusterIps),
    '10.244.1.250',
    '8.8.8.8',
  ])
  const identities = [...ips].map((ip) => cluster.addressBook.lookup(ip))
  return sorted({
    nodes,
    pods,
    services,
    egressGatewayPolicies,
    podPools,
    ipMasqAgent,
    translations,
    connections,
    nodesKnown,
    settings,
    identities,
  })
}

/** The value with lists in a fixed order, maps as lists, and sources left out. */
function sorted(value: unknown): unknown {
  if (value instanceof Map) return sorted([...value])
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => {
      const [left, right] = [JSON.stringify(a) ?? '', JSON.stringify(b) ?? '']
      return left < right ? -1 : left > right ? 1 : 0
    })
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SOURCE_FIELDS.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, own]) => [key, sorted(own)]),
  )
}

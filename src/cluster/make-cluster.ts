import { type Cidr, parseCidr } from '../core/cidr.ts'
import { ipFamily, parseIp } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import { dumpOf, FactStore } from './facts.ts'
import { finishCluster } from './finish-cluster.ts'
import type { GivenFacts } from './given-facts.ts'
import { type Piece, readPieces } from './read-piece.ts'
import type { ClusterSnapshot, EgressGatewayPolicy, NodeAddressType, PodPool } from './snapshot.ts'

/** One node in plain words. Addresses of both families may be mixed. */
export interface NodeDescription {
  readonly name: string
  readonly internalIps?: readonly string[]
  readonly externalIps?: readonly string[]
  readonly ciliumHost?: readonly string[]
  readonly podCidrs?: readonly string[]
  readonly health?: readonly string[]
  readonly ingress?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly remoteCluster?: boolean
  /** Addresses by device, in the kernel's order, as `ip addr` would show them; prefix length optional. */
  readonly devices?: Readonly<Record<string, readonly string[]>>
  readonly routes?: readonly {
    /** `default` or a block. */
    readonly destination: string
    readonly device?: string
    readonly via?: string
    readonly src?: string
  }[]
}

export interface PodDescription {
  /** `default` where left out. */
  readonly namespace?: string
  readonly name: string
  readonly node?: string
  readonly ips: readonly string[]
  readonly hostNetwork?: boolean
  /** `Running` where left out. */
  readonly phase?: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface ServiceDescription {
  readonly namespace?: string
  readonly name: string
  readonly clusterIps?: readonly string[]
  readonly externalIps?: readonly string[]
  readonly loadBalancerIps?: readonly string[]
  readonly ports?: readonly { readonly port: number; readonly nodePort?: number; readonly protocol?: string }[]
  readonly backends?: readonly string[]
}

/** A cluster in plain words, for programs that have the facts already and for tests. */
export interface ClusterDescription {
  /** Left out: nodes are not known. An empty list says that there are none. */
  readonly nodes?: readonly NodeDescription[]
  readonly pods?: readonly PodDescription[]
  readonly services?: readonly ServiceDescription[]
  /** cilium-config keys and texts, all of them: keys left out have their defaults. */
  readonly config?: Readonly<Record<string, string>>
  /** Text of the ip-masq-agent file; `null` where there is no such file; left out where that is not known. */
  readonly ipMasqAgent?: string | null
  readonly egressGatewayPolicies?: readonly Omit<EgressGatewayPolicy, 'source'>[]
  readonly podPools?: readonly Omit<PodPool, 'source'>[]
  readonly ciliumVersion?: string
  readonly given?: GivenFacts
  /** Further metadata as text: `iptables-save`, `ipset list` … */
  readonly pieces?: readonly Piece[]
}

const SOURCE: SourceRef = { file: 'description' }

/**
 * A snapshot from a description instead of files.
 *
 * @throws {TypeError} where an address or block of the description is none.
 * @throws {MasqcheckError} as `buildCluster()` does, for `given` and `pieces`.
 */
export function makeCluster(description: ClusterDescription): ClusterSnapshot {
  const store = new FactStore()
  if (description.nodes !== undefined) store.nodesListed = true
  if (description.pods !== undefined) store.podsListed = true
  for (const node of description.nodes ?? []) addNode(node, store)
  for (const pod of description.pods ?? []) addPod(pod, store)
  for (const service of description.services ?? []) addService(service, store)
  for (const policy of description.egressGatewayPolicies ?? []) store.policies.push({ ...policy, source: SOURCE })
  for (const pool of description.podPools ?? []) store.podPools.push({ ...pool, source: SOURCE })
  if (description.config !== undefined) {
    store.wholeConfig = true
    for (const [key, value] of Object.entries(description.config)) {
      store.settings.push({ key, value, origin: 'cilium-config', source: SOURCE, weight: 0 })
    }
  }
  if (description.ipMasqAgent !== undefined) {
    store.masqFiles.push({ text: description.ipMasqAgent, origin: 'file', key: null, firstLine: 1, source: SOURCE })
  }
  readPieces(description.pieces ?? [], store)
  return finishCluster(store, {
    ...(description.given === undefined ? {} : { given: description.given }),
    ...(description.ciliumVersion === undefined ? {} : { ciliumVersion: description.ciliumVersion }),
  })
}

const ips = (texts: readonly string[] | undefined): string[] => (texts ?? []).map(ip)

function ip(text: string): string {
  const parsed = parseIp(text)
  if (parsed === undefined) throw new TypeError(`Not an IP address: "${text}"`)
  return parsed
}

function block(text: string): Cidr {
  const parsed = parseCidr(text, { bareAddress: true })
  if (parsed === undefined) throw new TypeError(`Not a CIDR: "${text}"`)
  return parsed
}

function addNode(node: NodeDescription, store: FactStore): void {
  const typed = (
    type: NodeAddressType,
    texts: readonly string[] | undefined,
  ): { ip: string; type: NodeAddressType; source: SourceRef }[] =>
    ips(texts).map((address) => ({ ip: address, type, source: SOURCE }))
  store.nodes.push({
    name: node.name,
    origin: 'cilium-node',
    addresses: [
      ...typed('InternalIP', node.internalIps),
      ...typed('ExternalIP', node.externalIps),
      ...typed('CiliumInternalIP', node.ciliumHost),
    ],
    podCidrs: (node.podCidrs ?? []).map(block),
    pools: new Map(),
    health: ips(node.health),
    ingress: ips(node.ingress),
    labels: node.labels ?? {},
    remoteCluster: node.remoteCluster ?? false,
    source: SOURCE,
  })
  const entry = { file: SOURCE.file, order: 0, kind: 'description', node: node.name, note: '' }
  const dump = dumpOf(entry, { given: node.name, words: [], folder: null, path: '' }, [])
  const devices = Object.entries(node.devices ?? {}).map(([name, addresses], i) => ({
    name,
    ifindex: i + 1,
    mtu: null,
    source: SOURCE,
    addresses: addresses.map((text) => {
      const [address = '', prefix] = text.split('/')
      const known = ip(address)
      const bits = ipFamily(known) === 4 ? 32 : 128
      return {
        ip: known,
        prefix: prefix === undefined ? bits : Number(prefix),
        scope: scopeOf(known),
        secondary: false,
      }
    }),
  }))
  if (devices.length > 0) store.dumps.push({ ...dump, content: { kind: 'devices', devices } })
  const routes = (node.routes ?? []).map(({ destination, device, via, src }) => ({
    destination: destination === 'default' ? null : block(destination),
    device: device ?? null,
    via: via === undefined ? null : ip(via),
    src: src === undefined ? null : ip(src),
    source: SOURCE,
  }))
  if (routes.length > 0) store.dumps.push({ ...dump, content: { kind: 'routes', routes } })
}

function scopeOf(address: string): 'global' | 'link' | 'host' {
  if (address.startsWith('127.') || address === '::1') return 'host'
  return /^(?:169\.254\.|fe[89ab])/.test(address) ? 'link' : 'global'
}

function addPod(pod: PodDescription, store: FactStore): void {
  store.listedPods.push({
    namespace: pod.namespace ?? 'default',
    name: pod.name,
    node: pod.node ?? null,
    ips: ips(pod.ips),
    hostNetwork: pod.hostNetwork ?? false,
    phase: pod.phase ?? 'Running',
    terminating: false,
    labels: pod.labels ?? {},
    ports: [],
    source: SOURCE,
  })
}

function addService(service: ServiceDescription, store: FactStore): void {
  const { namespace = 'default', name } = service
  store.services.push({
    namespace,
    name,
    type: service.loadBalancerIps?.length ? 'LoadBalancer' : 'ClusterIP',
    clusterIps: ips(service.clusterIps),
    externalIps: ips(service.externalIps),
    loadBalancerIps: ips(service.loadBalancerIps),
    externalTrafficPolicy: 'Cluster',
    ports: (service.ports ?? []).map(({ port, nodePort, protocol }) => ({
      port,
      nodePort: nodePort ?? null,
      protocol: protocol ?? 'TCP',
      targetPort: null,
    })),
    backends: [],
    source: SOURCE,
  })
  store.backends.push({ namespace, service: name, ips: ips(service.backends) })
}

import { formatSourceRef } from '../core/source-ref.ts'
import type { Warning } from '../core/warning.ts'
import type { AddressBook, IdentityKind } from './address-book.ts'
import { AddressIndex, type Claim, ClaimRank } from './address-index.ts'
import { type AddressFact, type AddressOrigin, originRank, type RangeFact } from './facts.ts'
import { matchesSelector } from './label-selector.ts'
import { NameIndex } from './name-index.ts'
import { hostDevices } from './node-devices.ts'
import type { ClusterNode, EgressGatewayPolicy, NodeAddress, Pod, PodPool, Service } from './snapshot.ts'

/** What the address book is made from; all of it in its final form. */
export interface AddressBookInputs {
  readonly nodes: readonly ClusterNode[]
  readonly nodesKnown: boolean
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly policies: readonly EgressGatewayPolicy[]
  readonly podPools: readonly PodPool[]
  readonly addresses: readonly AddressFact[]
  readonly ranges: readonly RangeFact[]
  /** Origin of a node's address, for the strength of its claim. */
  originOf(node: ClusterNode, address: NodeAddress): AddressOrigin
}

/** Puts everybody's claims on addresses and blocks together; `warn` is told of addresses with several owners. */
export function buildAddressBook(inputs: AddressBookInputs, warn: (warning: Warning) => void): AddressBook {
  const index = new AddressIndex({ nodesKnown: inputs.nodesKnown })
  for (const node of inputs.nodes) claimNode(index, node, inputs)
  for (const policy of inputs.policies) claimEgressAddresses(index, policy, inputs.nodes)
  for (const service of inputs.services) claimService(index, service)
  for (const fact of inputs.addresses) claimAddress(index, fact)
  for (const pod of inputs.pods) claimPod(index, pod, warn)
  claimSharedHostAddresses(index, inputs.nodes)
  addRanges(index, inputs)
  const names = new NameIndex(inputs, (ip) => index.lookup(ip))
  return { lookup: (ip) => index.lookup(ip), resolve: (name) => names.resolve(name) }
}

const ORIGIN_WORDS: Readonly<Record<AddressOrigin, string>> = {
  option: 'given by hand',
  'cilium-node': 'CiliumNode',
  agent: 'agent',
  'ip-addr': 'ip addr',
  annotation: 'node annotation',
  node: 'node',
  pod: 'pod status.hostIP',
  table: 'node',
  endpoint: 'CiliumEndpoint',
  flow: 'Hubble flow',
}

function claimNode(index: AddressIndex, node: ClusterNode, inputs: AddressBookInputs): void {
  const owner = { name: node.name, node: node.name, remoteCluster: node.remoteCluster }
  for (const address of node.addresses) {
    const origin = inputs.originOf(node, address)
    const device = deviceOf(node, address.ip)
    const basis = origin === 'pod' ? ORIGIN_WORDS.pod : `${ORIGIN_WORDS[origin]} ${address.type}`
    index.claim(address.ip, {
      ...owner,
      kind: address.type === 'CiliumInternalIP' ? 'cilium_host' : 'node',
      basis: origin === 'option' ? address.source.file : basis,
      source: address.source,
      rank: origin === 'option' ? ClaimRank.Option : ClaimRank.Node + originRank(origin),
      ...(address.type === 'CiliumInternalIP' ? {} : { addressType: address.type }),
      ...(device === undefined ? {} : { device }),
    })
  }
  const own: [IdentityKind, readonly string[]][] = [
    ['health', node.health],
    ['ingress', node.ingress],
  ]
  for (const [kind, ips] of own) {
    for (const ip of ips) {
      index.claim(ip, {
        ...owner,
        kind,
        basis: `CiliumNode ${kind} address`,
        source: node.source,
        rank: ClaimRank.Node,
      })
    }
  }
}

function deviceOf(node: ClusterNode, ip: string): string | undefined {
  for (const device of node.devices?.values() ?? []) {
    if (device.addresses.some((address) => address.ip === ip)) return device.name
  }
  return undefined
}

function claimEgressAddresses(index: AddressIndex, policy: EgressGatewayPolicy, nodes: readonly ClusterNode[]): void {
  for (const { egressIp, nodeSelector } of policy.gateways) {
    if (egressIp === null) continue
    // Of several nodes the first by name is the gateway (cilium-masquerade §2.7); nodes are sorted by name.
    const gateway = nodes.find(({ labels }) => nodeSelector !== null && matchesSelector(nodeSelector, labels))
    const basis = `CiliumEgressGatewayPolicy ${policy.name} egressIP`
    index.claim(egressIp, {
      kind: 'egress_gateway',
      name: policy.name,
      node: gateway?.name ?? null,
      basis,
      source: policy.source,
      rank: ClaimRank.EgressPolicy,
    })
  }
}

function claimService(index: AddressIndex, service: Service): void {
  const claims: [readonly string[], string][] = [
    [service.clusterIps, 'Service clusterIPs'],
    [service.externalIps, 'Service externalIPs'],
    [service.loadBalancerIps, 'Service load balancer address'],
  ]
  const name = `${service.namespace}/${service.name}`
  for (const [ips, basis] of claims) {
    for (const ip of ips) {
      index.claim(ip, { kind: 'service', name, node: null, basis, source: service.source, rank: ClaimRank.Service })
    }
  }
}

function claimAddress(index: AddressIndex, fact: AddressFact): void {
  const { ip, kind, name, node, origin, basis, source, remoteCluster } = fact
  let rank: number = origin === 'option' ? ClaimRank.Option : ClaimRank.Node + originRank(origin)
  if (kind === 'pod' && origin !== 'option') rank = ClaimRank.AgentPod
  if (kind === 'service' && origin !== 'option') rank = ClaimRank.Service
  if (kind === 'node') rank = ClaimRank.OtherHostAddress
  index.claim(ip, {
    kind: kind === 'host' ? 'node' : kind,
    name,
    node,
    basis,
    source,
    rank,
    ...(kind === 'node' ? { addressType: 'other' } : {}),
    ...(remoteCluster ? { remoteCluster } : {}),
  })
}

const FINISHED = new Set(['Succeeded', 'Failed'])

function claimPod(index: AddressIndex, pod: Pod, warn: (warning: Warning) => void): void {
  const name = `${pod.namespace}/${pod.name}`
  for (const ip of pod.ips) {
    if (pod.hostNetwork) {
      index.claim(ip, {
        kind: 'node',
        name: pod.node,
        node: pod.node,
        basis: 'pod status.hostIP',
        source: pod.source,
        rank: ClaimRank.HostNetworkPod,
        hostNetworkPod: name,
      })
      continue
    }
    const finished = FINISHED.has(pod.phase)
    const claim: Claim = {
      kind: 'pod',
      name,
      node: pod.node,
      basis: podBasis(pod, finished),
      source: pod.source,
      rank: podRank(pod, finished),
    }
    if (!finished) warnOfRival(index, ip, claim, warn)
    index.claim(ip, claim)
  }
}

function podBasis({ basis, phase }: Pod, finished: boolean): string {
  const shown = basis ?? 'pod status.podIPs'
  return finished ? `${shown} (${phase})` : shown
}

function podRank(pod: Pod, finished: boolean): number {
  if (pod.basis === '--pod') return ClaimRank.Option
  return finished ? ClaimRank.CompletedPod : ClaimRank.RunningPod
}

function warnOfRival(index: AddressIndex, ip: string, claim: Claim, warn: (warning: Warning) => void): void {
  const [rival] = index.claims(ip)
  if (rival === undefined || rival.rank !== claim.rank || rival.kind !== 'pod' || rival.name === claim.name) return
  const where = [rival, claim].map(({ name, source }) => `${name} (${source === null ? '' : formatSourceRef(source)})`)
  warn({
    code: 'address-claimed-twice',
    file: claim.source?.file ?? null,
    message: `Two running pods have the address ${ip}: ${where.join(' and ')}; the metadata is of more than one moment, or one pod is stale`,
  })
}

/** Addresses only `ip addr` shows. One that several nodes carry (docker0, a VIP) is no node's in particular. */
function claimSharedHostAddresses(index: AddressIndex, nodes: readonly ClusterNode[]): void {
  const carriers = new Map<string, { node: ClusterNode; device: string; source: Claim['source'] }[]>()
  for (const node of nodes) {
    for (const { name: device, addresses, source } of hostDevices(node)) {
      for (const { ip } of addresses) {
        const known = carriers.get(ip) ?? []
        if (!known.some((carrier) => carrier.node === node)) carriers.set(ip, [...known, { node, device, source }])
      }
    }
  }
  const listed = new Set(nodes.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
  for (const [ip, found] of carriers) {
    const [only] = found
    if (only === undefined || listed.has(ip)) continue
    const shared = found.length > 1
    index.claim(ip, {
      kind: 'node',
      name: shared ? null : only.node.name,
      node: shared ? null : only.node.name,
      basis: shared ? `ip addr of ${found.length} nodes, device ${only.device}` : `ip addr, device ${only.device}`,
      source: only.source,
      rank: ClaimRank.OtherHostAddress,
      addressType: 'other',
      device: only.device,
    })
  }
}

function addRanges(index: AddressIndex, { nodes, ranges, podPools }: AddressBookInputs): void {
  for (const { name, podCidrs, pools, source, remoteCluster } of nodes) {
    for (const cidr of podCidrs) {
      index.range(cidr, { kind: 'pod', node: name, basis: `pod CIDR ${cidr.text}`, source, remoteCluster })
    }
    for (const [pool, cidrs] of pools) {
      for (const cidr of cidrs) {
        index.range(cidr, { kind: 'pod', node: name, basis: `pool ${pool} CIDR ${cidr.text}`, source, remoteCluster })
      }
    }
  }
  for (const { name, cidrs, source } of podPools) {
    for (const cidr of cidrs)
      index.range(cidr, { kind: 'pod', node: null, basis: `pool ${name} CIDR ${cidr.text}`, source })
  }
  for (const { cidr, kind, node, basis, source } of ranges) {
    const owner = node ?? nodes.find(({ podCidrs }) => podCidrs.some((own) => own.text === cidr.text))?.name ?? null
    index.range(cidr, { kind, node: owner, basis: `${basis} ${cidr.text}`, source })
  }
}

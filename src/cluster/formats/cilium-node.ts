import * as z from 'zod'
import type { Cidr } from '../../core/cidr.ts'
import type { IpText } from '../../core/ip.ts'
import type { FactStore } from '../facts.ts'
import { METADATA, present, readCidr, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { ObjectFormat } from './format.ts'

const PAIR = z.object({ ipv4: z.string().nullish(), ipv6: z.string().nullish() }).nullish()
const OWNED = z.object({ owner: z.string().nullish(), resource: z.string().nullish() }).nullish()
const POOL = z.object({ pool: z.string(), cidrs: z.array(z.string()).nullish() })

const CILIUM_NODE = z.object({
  metadata: METADATA,
  spec: z
    .object({
      addresses: z.array(z.object({ type: z.string(), ip: z.string() })).nullish(),
      health: PAIR,
      ingress: PAIR,
      ipam: z
        .object({
          podCIDRs: z.array(z.string()).nullish(),
          pools: z.object({ allocated: z.array(POOL).nullish() }).nullish(),
          pool: z.record(z.string(), OWNED).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  status: z.object({ ipam: z.object({ used: z.record(z.string(), OWNED).nullish() }).nullish() }).nullish(),
})
type CiliumNodeObject = z.infer<typeof CILIUM_NODE>

/** `kubectl get ciliumnodes`: every address of the node by type, the pod CIDRs Cilium really uses, health and ingress addresses. */
export const ciliumNode: ObjectFormat = {
  objects: ['CiliumNode'],
  read(item, store) {
    const object = readFields(CILIUM_NODE, item)
    const { metadata, spec } = object
    const addresses = (spec?.addresses ?? []).flatMap(({ type, ip: text }, i) => {
      if (type !== 'InternalIP' && type !== 'ExternalIP' && type !== 'CiliumInternalIP') return []
      const path = ['spec', 'addresses', i, 'ip']
      const ip = readIp(text, item, path, store)
      return ip === undefined ? [] : [{ ip, type, source: itemSource(item, ...path) } as const]
    })
    const podCidrs = (spec?.ipam?.podCIDRs ?? []).map((text, i) =>
      readCidr(text, item, ['spec', 'ipam', 'podCIDRs', i], store),
    )
    store.nodes.push({
      name: metadata.name,
      origin: 'cilium-node',
      addresses,
      podCidrs: present(podCidrs),
      pools: readPools(object, item, store),
      health: readPair(object, 'health', item, store),
      ingress: readPair(object, 'ingress', item, store),
      labels: metadata.labels ?? {},
      remoteCluster: false,
      source: itemSource(item),
    })
    readSingleAddresses(object, item, store)
    store.nodesListed = true
    return { kind: 'cilium-node' }
  },
}

function readPair(
  object: CiliumNodeObject,
  field: 'health' | 'ingress',
  item: ManifestItem,
  store: FactStore,
): IpText[] {
  const pair = object.spec?.[field]
  return present([
    readIp(pair?.ipv4, item, ['spec', field, 'ipv4'], store),
    readIp(pair?.ipv6, item, ['spec', field, 'ipv6'], store),
  ])
}

function readPools(object: CiliumNodeObject, item: ManifestItem, store: FactStore): Map<string, readonly Cidr[]> {
  const pools = new Map<string, readonly Cidr[]>()
  for (const [i, { pool, cidrs }] of (object.spec?.ipam?.pools?.allocated ?? []).entries()) {
    const path = ['spec', 'ipam', 'pools', 'allocated', i, 'cidrs']
    const read = (cidrs ?? []).map((text, j) => readCidr(text, item, [...path, j], store))
    pools.set(pool, [...(pools.get(pool) ?? []), ...present(read)])
  }
  return pools
}

/** ENI, Azure and CRD IPAM: single addresses instead of CIDRs; `status.ipam.used` names the owner as `namespace/pod`. */
function readSingleAddresses(object: CiliumNodeObject, item: ManifestItem, store: FactStore): void {
  const used = object.status?.ipam?.used ?? {}
  for (const text of new Set([...Object.keys(object.spec?.ipam?.pool ?? {}), ...Object.keys(used)])) {
    const ip = readIp(text, item, ['spec', 'ipam', 'pool', text], store)
    if (ip === undefined) continue
    const owner = used[text]?.owner ?? object.spec?.ipam?.pool?.[text]?.owner ?? null
    const kind = owner === 'router' ? 'cilium_host' : owner === 'health' || owner === 'ingress' ? owner : 'pod'
    const name = owner?.includes('/') ? owner : null
    store.addresses.push({
      ip,
      kind,
      name: kind === 'pod' ? name : object.metadata.name,
      node: object.metadata.name,
      nodeIp: null,
      local: false,
      origin: name === null && kind === 'pod' ? 'flow' : 'cilium-node',
      basis: owner === null ? 'CiliumNode IPAM pool, no pod listed' : `CiliumNode IPAM, used by ${owner}`,
      source: itemSource(item),
      remoteCluster: false,
    })
  }
}

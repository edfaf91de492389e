import * as z from 'zod'
import type { IpText } from '../../core/ip.ts'
import type { FactStore, NodeFact } from '../facts.ts'
import { METADATA, present, readCidr, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { ObjectFormat } from './format.ts'

const NODE = z.object({
  metadata: METADATA,
  spec: z.object({ podCIDR: z.string().nullish(), podCIDRs: z.array(z.string()).nullish() }).nullish(),
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).nullish() }).nullish(),
})

/**
 * `kubectl get nodes -o json|yaml`: `status.addresses`, `spec.podCIDRs`, labels, and the annotations the agent writes with
 * `annotate-k8s-node` (always up to 1.11).
 */
export const node: ObjectFormat = {
  objects: ['Node'],
  read(item, store) {
    const { metadata, spec, status } = readFields(NODE, item)
    const addresses = (status?.addresses ?? []).flatMap(({ type, address }, i) => {
      if (type !== 'InternalIP' && type !== 'ExternalIP') return []
      const path = ['status', 'addresses', i, 'address']
      const ip = readIp(address, item, path, store)
      return ip === undefined ? [] : [{ ip, type, source: itemSource(item, ...path) } as const]
    })
    const podCidrs = spec?.podCIDRs?.length
      ? spec.podCIDRs.map((text, i) => readCidr(text, item, ['spec', 'podCIDRs', i], store))
      : [readCidr(spec?.podCIDR, item, ['spec', 'podCIDR'], store)]
    const base: NodeFact = {
      name: metadata.name,
      origin: 'node',
      addresses,
      podCidrs: present(podCidrs),
      pools: new Map(),
      health: [],
      ingress: [],
      labels: metadata.labels ?? {},
      remoteCluster: false,
      source: itemSource(item),
    }
    store.nodes.push(base)
    const annotated = annotationFact(base, metadata.annotations ?? {}, item, store)
    if (annotated !== undefined) store.nodes.push(annotated)
    store.nodesListed = true
    return { kind: 'node' }
  },
}

/** cilium/cilium pkg/annotation: since 1.14 `network.cilium.io/…`, before `io.cilium.network.…`; newer agents know both. */
const ANNOTATION_PREFIXES = ['network.cilium.io/', 'io.cilium.network.']

function annotationFact(
  base: NodeFact,
  annotations: Readonly<Record<string, string>>,
  item: ManifestItem,
  store: FactStore,
): NodeFact | undefined {
  let found = false
  const values = (suffix: string): { key: string; text: string }[] =>
    ['ipv4', 'ipv6'].flatMap((family) => {
      const key = ANNOTATION_PREFIXES.map((prefix) => `${prefix}${family}-${suffix}`).find((k) => annotations[k])
      const text = key === undefined ? undefined : annotations[key]
      if (key === undefined || text === undefined) return []
      found = true
      return [{ key, text }]
    })
  const ips = (suffix: string): IpText[] =>
    present(values(suffix).map(({ key, text }) => readIp(text, item, ['metadata', 'annotations', key], store)))
  const fact: NodeFact = {
    ...base,
    origin: 'annotation',
    addresses: ips('cilium-host').map((ip) => ({
      ip,
      type: 'CiliumInternalIP' as const,
      source: itemSource(item, 'metadata', 'annotations'),
    })),
    podCidrs: present(
      values('pod-cidr').map(({ key, text }) => readCidr(text, item, ['metadata', 'annotations', key], store)),
    ),
    health: ips('health-ip'),
    ingress: ips('Ingress-ip'),
    labels: {},
  }
  return found ? fact : undefined
}

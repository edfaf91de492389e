import * as z from 'zod'
import type { IpText } from '../../core/ip.ts'
import type { FactStore, PodFact } from '../facts.ts'
import { METADATA, present, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem, type PathStep } from '../manifest.ts'
import type { ObjectFormat } from './format.ts'

const NETWORKING = z
  .object({
    addressing: z.array(z.object({ ipv4: z.string().nullish(), ipv6: z.string().nullish() })).nullish(),
    node: z.string().nullish(),
  })
  .nullish()

const CILIUM_ENDPOINT = z.object({
  metadata: METADATA,
  status: z.object({ networking: NETWORKING, state: z.string().nullish() }).nullish(),
})

const CILIUM_ENDPOINT_SLICE = z.object({
  metadata: METADATA,
  namespace: z.string().nullish(),
  endpoints: z.array(z.object({ name: z.string(), networking: NETWORKING })).nullish(),
})

/** `kubectl get ciliumendpoints -A`: the pods Cilium manages, their addresses, and the node by its address. */
export const ciliumEndpoint: ObjectFormat = {
  objects: ['CiliumEndpoint'],
  read(item, store) {
    const { metadata, status } = readFields(CILIUM_ENDPOINT, item)
    const ips = readAddressing(status?.networking, item, ['status', 'networking'], store)
    const nodeIp = readIp(status?.networking?.node, item, ['status', 'networking', 'node'], store) ?? null
    store.pods.push({
      ...endpointPod(metadata.namespace ?? 'default', metadata.name, ips, nodeIp),
      terminating: status?.state === 'disconnecting',
      source: itemSource(item),
    })
    return { kind: 'cilium-endpoint' }
  },
}

/** `kubectl get ciliumendpointslices`: several endpoints of one namespace in one object. */
export const ciliumEndpointSlice: ObjectFormat = {
  objects: ['CiliumEndpointSlice'],
  read(item, store) {
    const { namespace, endpoints } = readFields(CILIUM_ENDPOINT_SLICE, item)
    for (const [i, { name, networking }] of (endpoints ?? []).entries()) {
      const path = ['endpoints', i, 'networking']
      const ips = readAddressing(networking, item, path, store)
      const nodeIp = readIp(networking?.node, item, [...path, 'node'], store) ?? null
      const source = itemSource(item, 'endpoints', i)
      store.pods.push({ ...endpointPod(namespace ?? 'default', name, ips, nodeIp), source })
    }
    return { kind: 'cilium-endpoint-slice' }
  },
}

function readAddressing(
  networking: z.infer<typeof NETWORKING>,
  item: ManifestItem,
  path: readonly PathStep[],
  store: FactStore,
): IpText[] {
  return (networking?.addressing ?? []).flatMap(({ ipv4, ipv6 }, i) =>
    present([
      readIp(ipv4, item, [...path, 'addressing', i, 'ipv4'], store),
      readIp(ipv6, item, [...path, 'addressing', i, 'ipv6'], store),
    ]),
  )
}

/** Host-network pods have no endpoint, so that an endpoint's pod is none. */
export function endpointPod(
  namespace: string,
  name: string,
  ips: readonly IpText[],
  nodeIp: IpText | null,
): Omit<PodFact, 'source'> {
  return {
    namespace,
    name,
    node: null,
    nodeIp,
    ips,
    hostNetwork: false,
    phase: 'Running',
    terminating: false,
    labels: {},
    ports: [],
    origin: 'endpoint',
  }
}

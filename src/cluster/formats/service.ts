import * as z from 'zod'
import type { FactStore } from '../facts.ts'
import { METADATA, present, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { ObjectFormat } from './format.ts'

const TEXTS = z.array(z.string()).nullish()
const PORT = z.object({
  port: z.number(),
  nodePort: z.number().nullish(),
  protocol: z.string().nullish(),
  targetPort: z.union([z.number(), z.string()]).nullish(),
})

const SERVICE = z.object({
  metadata: METADATA,
  spec: z
    .object({
      type: z.string().nullish(),
      clusterIP: z.string().nullish(),
      clusterIPs: TEXTS,
      externalIPs: TEXTS,
      externalTrafficPolicy: z.string().nullish(),
      ports: z.array(PORT).nullish(),
    })
    .nullish(),
  status: z
    .object({
      loadBalancer: z.object({ ingress: z.array(z.object({ ip: z.string().nullish() })).nullish() }).nullish(),
    })
    .nullish(),
})

/** `kubectl get services -A`: addresses, ports and node ports. `clusterIP: None` (headless) and `""` (ExternalName) are no address. */
export const service: ObjectFormat = {
  objects: ['Service'],
  read(item, store) {
    const { metadata, spec, status } = readFields(SERVICE, item)
    const clusterIps = spec?.clusterIPs?.length
      ? readIps(spec.clusterIPs, ['spec', 'clusterIPs'], item, store)
      : present([readIp(spec?.clusterIP, item, ['spec', 'clusterIP'], store)])
    const ingress = status?.loadBalancer?.ingress ?? []
    store.services.push({
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
      type: spec?.type ?? 'ClusterIP',
      clusterIps,
      externalIps: readIps(spec?.externalIPs ?? [], ['spec', 'externalIPs'], item, store),
      loadBalancerIps: present(
        ingress.map(({ ip }, i) => readIp(ip, item, ['status', 'loadBalancer', 'ingress', i, 'ip'], store)),
      ),
      externalTrafficPolicy: spec?.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster',
      ports: (spec?.ports ?? []).map(({ port, nodePort, protocol, targetPort }) => ({
        port,
        nodePort: nodePort ?? null,
        protocol: protocol ?? 'TCP',
        targetPort: targetPort ?? null,
      })),
      backends: [],
      source: itemSource(item),
    })
    return { kind: 'service' }
  },
}

function readIps(texts: readonly string[], path: readonly string[], item: ManifestItem, store: FactStore): string[] {
  return present(texts.map((text, i) => readIp(text, item, [...path, i], store)))
}

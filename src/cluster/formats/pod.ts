import * as z from 'zod'
import { type IpText, parseIp } from '../../core/ip.ts'
import type { FactStore } from '../facts.ts'
import { METADATA, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { Pod } from '../snapshot.ts'
import { readImages } from './cilium-image.ts'
import type { ObjectFormat } from './format.ts'

const PORT = z.object({
  containerPort: z.number(),
  hostPort: z.number().nullish(),
  protocol: z.string().nullish(),
})
const CONTAINER = z.object({ image: z.string().nullish(), ports: z.array(PORT).nullish() })

const POD = z.object({
  metadata: METADATA.extend({ deletionTimestamp: z.string().nullish() }),
  spec: z
    .object({
      nodeName: z.string().nullish(),
      hostNetwork: z.boolean().nullish(),
      containers: z.array(CONTAINER).nullish(),
    })
    .nullish(),
  status: z
    .object({
      phase: z.string().nullish(),
      hostIP: z.string().nullish(),
      podIP: z.string().nullish(),
      podIPs: z.array(z.object({ ip: z.string().nullish() })).nullish(),
    })
    .nullish(),
})

const NO_LABELS: Readonly<Record<string, string>> = {}
const NO_PORTS: Pod['ports'] = []
const NO_IPS: readonly IpText[] = []
const NO_CONTAINERS: readonly z.infer<typeof CONTAINER>[] = []

/** `kubectl get pods -A -o json|yaml`. */
export const pod: ObjectFormat = {
  objects: ['Pod'],
  read(item, store) {
    const { metadata, spec, status } = readFields(POD, item)
    const ips = readIps(status, item, store)
    const containers = spec?.containers ?? NO_CONTAINERS
    const ports = readPorts(containers)
    store.listedPods.push({
      namespace: store.intern(metadata.namespace ?? 'default'),
      name: metadata.name,
      node: spec?.nodeName ? store.intern(spec.nodeName) : null,
      ips: ips.length === 0 ? NO_IPS : ips,
      hostNetwork: spec?.hostNetwork ?? false,
      phase: status?.phase ?? 'Unknown',
      terminating: Boolean(metadata.deletionTimestamp),
      labels: metadata.labels ? store.internLabels(metadata.labels) : NO_LABELS,
      ports: ports.length === 0 ? NO_PORTS : store.internPorts(ports),
      source: itemSource(item),
    })
    const hostIp = spec?.nodeName ? parseIp(status?.hostIP ?? '') : undefined
    if (hostIp !== undefined && spec?.nodeName && !store.hostIps.has(hostIp)) {
      store.hostIps.set(hostIp, { node: spec.nodeName, source: itemSource(item) })
    }
    store.podsListed = true
    if (metadata.labels?.['k8s-app'] === 'cilium') readImages(containers, item, store)
    return { kind: 'pod' }
  },
}

function readIps(status: z.infer<typeof POD>['status'], item: ManifestItem, store: FactStore): IpText[] {
  const ips: IpText[] = []
  const listed = status?.podIPs?.length ?? 0
  for (let i = 0; i < listed; i++) {
    const ip = readIp(status?.podIPs?.[i]?.ip, item, ['status', 'podIPs', i, 'ip'], store)
    if (ip !== undefined) ips.push(ip)
  }
  if (ips.length > 0) return ips
  const ip = readIp(status?.podIP, item, ['status', 'podIP'], store)
  return ip === undefined ? ips : [ip]
}

function readPorts(containers: readonly z.infer<typeof CONTAINER>[]): Pod['ports'][number][] {
  const found: Pod['ports'][number][] = []
  for (const { ports } of containers) {
    for (const { containerPort, hostPort, protocol } of ports ?? []) {
      found.push({ containerPort, hostPort: hostPort ?? null, protocol: protocol ?? 'TCP' })
    }
  }
  return found
}

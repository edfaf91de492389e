import * as z from 'zod'
import { METADATA, present, readFields, readIp } from '../fields.ts'
import type { ObjectFormat } from './format.ts'

const ENDPOINT_SLICE = z.object({
  metadata: METADATA,
  addressType: z.string().nullish(),
  endpoints: z.array(z.object({ addresses: z.array(z.string()).nullish() })).nullish(),
})

/** `kubectl get endpointslices -A`: backends of a Service, named by a label. */
export const endpointSlice: ObjectFormat = {
  objects: ['EndpointSlice'],
  read(item, store) {
    const { metadata, addressType, endpoints } = readFields(ENDPOINT_SLICE, item)
    const service = metadata.labels?.['kubernetes.io/service-name']
    if (service === undefined) return { kind: 'endpoint-slice', unused: 'it names no service' }
    if (addressType === 'FQDN') return { kind: 'endpoint-slice', unused: 'its endpoints are names' }
    const ips = (endpoints ?? []).flatMap(({ addresses }, i) =>
      (addresses ?? []).map((text, j) => readIp(text, item, ['endpoints', i, 'addresses', j], store)),
    )
    store.backends.push({ namespace: metadata.namespace ?? 'default', service, ips: present(ips) })
    return { kind: 'endpoint-slice' }
  },
}

const ENDPOINTS = z.object({
  metadata: METADATA,
  subsets: z.array(z.object({ addresses: z.array(z.object({ ip: z.string() })).nullish() })).nullish(),
})

/** `kubectl get endpoints -A`: the older form, called as its Service. */
export const endpoints: ObjectFormat = {
  objects: ['Endpoints'],
  read(item, store) {
    const { metadata, subsets } = readFields(ENDPOINTS, item)
    const ips = (subsets ?? []).flatMap(({ addresses }, i) =>
      (addresses ?? []).map(({ ip }, j) => readIp(ip, item, ['subsets', i, 'addresses', j, 'ip'], store)),
    )
    store.backends.push({ namespace: metadata.namespace ?? 'default', service: metadata.name, ips: present(ips) })
    return { kind: 'endpoints' }
  },
}

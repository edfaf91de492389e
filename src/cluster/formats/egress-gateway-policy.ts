import * as z from 'zod'
import type { FactStore } from '../facts.ts'
import { METADATA, present, readCidr, readFields, readIp } from '../fields.ts'
import { itemSource, type ManifestItem, type PathStep } from '../manifest.ts'
import type { EgressGatewayPolicy } from '../snapshot.ts'
import type { ObjectFormat } from './format.ts'
import { LABEL_SELECTOR } from './label-selector.ts'

const TEXTS = z.array(z.string()).nullish()
const SELECTORS = { podSelector: LABEL_SELECTOR, namespaceSelector: LABEL_SELECTOR }
const GATEWAY = z.object({
  nodeSelector: LABEL_SELECTOR,
  interface: z.string().nullish(),
  egressIP: z.string().nullish(),
})

const POLICY = z.object({
  metadata: METADATA,
  spec: z.object({
    selectors: z.array(z.object({ ...SELECTORS, nodeSelector: LABEL_SELECTOR })).nullish(),
    destinationCIDRs: TEXTS,
    excludedCIDRs: TEXTS,
    egressGateway: GATEWAY.nullish(),
    egressGateways: z.array(GATEWAY).nullish(),
  }),
})

/** `kubectl get ciliumegressgatewaypolicies`: which pods leave through which node, with which address. */
export const egressGatewayPolicy: ObjectFormat = {
  objects: ['CiliumEgressGatewayPolicy'],
  read(item, store) {
    const { metadata, spec } = readFields(POLICY, item)
    const gateways = spec.egressGateways?.length
      ? spec.egressGateways.map((gateway, i) => readGateway(gateway, ['spec', 'egressGateways', i], item, store))
      : spec.egressGateway
        ? [readGateway(spec.egressGateway, ['spec', 'egressGateway'], item, store)]
        : []
    store.policies.push({
      name: metadata.name,
      selectors: (spec.selectors ?? []).map(({ podSelector, namespaceSelector, nodeSelector }) => ({
        podSelector: podSelector ?? null,
        namespaceSelector: namespaceSelector ?? null,
        nodeSelector: nodeSelector ?? null,
      })),
      destinationCidrs: readCidrs(spec.destinationCIDRs, ['spec', 'destinationCIDRs'], item, store),
      excludedCidrs: readCidrs(spec.excludedCIDRs, ['spec', 'excludedCIDRs'], item, store),
      gateways,
      source: itemSource(item),
    })
    return { kind: 'cilium-egress-gateway-policy' }
  },
}

const NAT_POLICY = z.object({
  metadata: METADATA,
  spec: z.object({
    egress: z.array(z.object(SELECTORS)).nullish(),
    destinationCIDRs: TEXTS,
    egressSourceIP: z.string().nullish(),
  }),
})

/** `CiliumEgressNATPolicy`, the form up to 1.12: an address only, the gateway is the node that has it. */
export const egressNatPolicy: ObjectFormat = {
  objects: ['CiliumEgressNATPolicy'],
  read(item, store) {
    const { metadata, spec } = readFields(NAT_POLICY, item)
    const egressIp = readIp(spec.egressSourceIP, item, ['spec', 'egressSourceIP'], store) ?? null
    store.policies.push({
      name: metadata.name,
      selectors: (spec.egress ?? []).map(({ podSelector, namespaceSelector }) => ({
        podSelector: podSelector ?? null,
        namespaceSelector: namespaceSelector ?? null,
        nodeSelector: null,
      })),
      destinationCidrs: readCidrs(spec.destinationCIDRs, ['spec', 'destinationCIDRs'], item, store),
      excludedCidrs: [],
      gateways: [{ nodeSelector: null, egressIp, interface: null }],
      source: itemSource(item),
    })
    return { kind: 'cilium-egress-nat-policy' }
  },
}

function readGateway(
  { nodeSelector, egressIP, interface: device }: z.infer<typeof GATEWAY>,
  path: readonly PathStep[],
  item: ManifestItem,
  store: FactStore,
): EgressGatewayPolicy['gateways'][number] {
  return {
    nodeSelector: nodeSelector ?? null,
    egressIp: readIp(egressIP, item, [...path, 'egressIP'], store) ?? null,
    interface: device ?? null,
  }
}

function readCidrs(
  texts: readonly string[] | null | undefined,
  path: readonly PathStep[],
  item: ManifestItem,
  store: FactStore,
): EgressGatewayPolicy['destinationCidrs'] {
  return present((texts ?? []).map((text, i) => readCidr(text, item, [...path, i], store)))
}

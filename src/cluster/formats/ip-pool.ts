import * as z from 'zod'
import type { FactStore } from '../facts.ts'
import { METADATA, present, readCidr, readFields } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { PodPool } from '../snapshot.ts'
import type { ObjectFormat } from './format.ts'

const BLOCKS = z.object({ cidrs: z.array(z.string()).nullish() }).nullish()
const POD_POOL = z.object({ metadata: METADATA, spec: z.object({ ipv4: BLOCKS, ipv6: BLOCKS }).nullish() })

/** `CiliumPodIPPool` of multi-pool IPAM; an annotation exempts its pods from masquerading (cilium-masquerade §2.6). */
export const podIpPool: ObjectFormat = {
  objects: ['CiliumPodIPPool'],
  read(item, store) {
    const { metadata, spec } = readFields(POD_POOL, item)
    store.podPools.push({
      name: metadata.name,
      cidrs: [...readBlocks(spec?.ipv4, 'ipv4', item, store), ...readBlocks(spec?.ipv6, 'ipv6', item, store)],
      skipMasquerade: metadata.annotations?.['ipam.cilium.io/skip-masquerade'] === 'true',
      source: itemSource(item),
    })
    return { kind: 'cilium-pod-ip-pool' }
  },
}

function readBlocks(
  blocks: z.infer<typeof BLOCKS>,
  family: 'ipv4' | 'ipv6',
  item: ManifestItem,
  store: FactStore,
): PodPool['cidrs'] {
  return present((blocks?.cidrs ?? []).map((text, i) => readCidr(text, item, ['spec', family, 'cidrs', i], store)))
}

const LB_POOL = z.object({
  metadata: METADATA,
  spec: z
    .object({
      blocks: z.array(z.object({ cidr: z.string().nullish() })).nullish(),
      cidrs: z.array(z.object({ cidr: z.string().nullish() })).nullish(),
    })
    .nullish(),
})

/** `CiliumLoadBalancerIPPool`: addresses load balancers may get; up to 1.15 its blocks are called `cidrs`. */
export const loadBalancerIpPool: ObjectFormat = {
  objects: ['CiliumLoadBalancerIPPool'],
  read(item, store) {
    const { metadata, spec } = readFields(LB_POOL, item)
    for (const field of ['blocks', 'cidrs'] as const) {
      for (const [i, { cidr: text }] of (spec?.[field] ?? []).entries()) {
        const cidr = readCidr(text, item, ['spec', field, i, 'cidr'], store)
        if (cidr === undefined) continue
        const basis = `CiliumLoadBalancerIPPool ${metadata.name}`
        store.ranges.push({ cidr, kind: 'service', node: null, basis, source: itemSource(item) })
      }
    }
    return { kind: 'cilium-load-balancer-ip-pool' }
  },
}

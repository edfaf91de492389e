import * as z from 'zod'
import { METADATA, readFields } from '../fields.ts'
import { itemSource } from '../manifest.ts'
import type { ObjectFormat } from './format.ts'
import { LABEL_SELECTOR } from './label-selector.ts'

const NODE_CONFIG = z.object({
  metadata: METADATA,
  spec: z.object({
    nodeSelector: LABEL_SELECTOR,
    defaults: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  }),
})

/** `CiliumNodeConfig`: cilium-config keys for the nodes a selector matches. */
export const ciliumNodeConfig: ObjectFormat = {
  objects: ['CiliumNodeConfig'],
  read(item, store) {
    const { metadata, spec } = readFields(NODE_CONFIG, item)
    const settings = Object.entries(spec.defaults ?? {}).map(([key, value]) => ({
      key,
      value,
      origin: 'node-config' as const,
      source: itemSource(item, 'spec', 'defaults', key),
      weight: 0,
    }))
    const selector = spec.nodeSelector ?? { matchLabels: {}, matchExpressions: [] }
    store.nodeConfigs.push({ name: metadata.name, selector, settings })
    return { kind: 'cilium-node-config' }
  },
}

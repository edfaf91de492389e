import * as z from 'zod'
import { METADATA, readFields } from '../fields.ts'
import { readImages } from './cilium-image.ts'
import type { ObjectFormat } from './format.ts'

const WORKLOAD = z.object({
  metadata: METADATA,
  spec: z
    .object({
      template: z
        .object({
          spec: z.object({ containers: z.array(z.object({ image: z.string().nullish() })).nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
})

/** The `cilium` DaemonSet: its image tells the version. */
export const workload: ObjectFormat = {
  objects: ['DaemonSet'],
  read(item, store) {
    const { metadata, spec } = readFields(WORKLOAD, item)
    if (metadata.name !== 'cilium' && metadata.labels?.['k8s-app'] !== 'cilium') {
      return { kind: 'daemon-set', unused: `DaemonSet "${metadata.name}" is not Cilium's agent` }
    }
    readImages(spec?.template?.spec?.containers ?? [], item, store)
    return { kind: 'daemon-set' }
  },
}

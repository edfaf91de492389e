import type { FactStore } from '../facts.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'

/** `quay.io/cilium/cilium:v1.17.6@sha256:…`, vendor forks (`cilium-ee`), tags such as `v1.17.6-cee.1`. */
const AGENT_IMAGE = /(?:^|\/)cilium(?:-\w+)?:v?(\d+\.\d+(?:\.\d+)?)/

/** Takes the Cilium version from the agent's container images. */
export function readImages(
  containers: readonly { readonly image?: string | null | undefined }[],
  item: ManifestItem,
  store: FactStore,
): void {
  for (const { image } of containers) {
    const version = AGENT_IMAGE.exec(image ?? '')?.[1]
    if (version !== undefined) store.versions.push({ version, origin: 'agent-config', source: itemSource(item) })
  }
}

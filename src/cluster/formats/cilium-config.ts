import type { FactStore } from '../facts.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'

/** The `cilium-config` ConfigMap: agent options as key and text, the intended state of every node. */
export function readCiliumConfig(
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>>,
  item: ManifestItem,
  store: FactStore,
): void {
  for (const [key, value] of Object.entries(data)) {
    store.settings.push({ key, value, origin: 'cilium-config', source: itemSource(item, 'data', key), weight: 0 })
  }
  store.wholeConfig = true
  const chart = /^cilium-(\d+\.\d+\.\d+)/.exec(labels['helm.sh/chart'] ?? '')?.[1]
  if (chart !== undefined) {
    store.versions.push({ version: chart, origin: 'cilium-config', source: itemSource(item, 'metadata', 'labels') })
  }
}

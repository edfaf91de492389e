import type * as z from 'zod'
import type { FactStore } from '../facts.ts'
import type { METADATA } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'

/**
 * The `cilium-config` ConfigMap: agent options as key and text, the intended state of every node. Some platforms lay a second
 * one over it (`cilium-config-emergency-override`).
 */
export function readCiliumConfig(
  { name, labels }: z.infer<typeof METADATA>,
  data: Readonly<Record<string, string>>,
  item: ManifestItem,
  store: FactStore,
): void {
  const weight = name.endsWith('-override') ? -1 : 0
  for (const [key, value] of Object.entries(data)) {
    store.settings.push({ key, value, origin: 'cilium-config', source: itemSource(item, 'data', key), weight })
  }
  store.wholeConfig = true
  const chart = /^cilium-(\d+\.\d+\.\d+)/.exec(labels?.['helm.sh/chart'] ?? '')?.[1]
  if (chart !== undefined) {
    store.versions.push({ version: chart, origin: 'cilium-config', source: itemSource(item, 'metadata', 'labels') })
  }
}

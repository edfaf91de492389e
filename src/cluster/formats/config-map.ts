import * as z from 'zod'
import type { FactStore } from '../facts.ts'
import { METADATA, readFields } from '../fields.ts'
import type { ManifestItem } from '../manifest.ts'
import { readCiliumConfig } from './cilium-config.ts'
import { count, type ObjectFormat, type ObjectOutcome } from './format.ts'
import { readMasqConfigMap } from './ip-masq-agent.ts'
import { readKubeadmConfig, readKubeProxyConfig } from './kubeadm.ts'

/** Values are strings in Kubernetes; a ConfigMap written by hand may have `true` or `10` unquoted. */
const SCALAR = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((v) => (v === null ? '' : String(v)))

const CONFIG_MAP = z.object({
  metadata: METADATA,
  data: z.record(z.string(), SCALAR).nullish(),
})

/** A ConfigMap, known by its name or, for renamed copies, by its keys. */
export const configMap: ObjectFormat = {
  objects: ['ConfigMap'],
  read(item, store) {
    const { metadata, data } = readFields(CONFIG_MAP, item)
    return readConfigMap(metadata, data ?? {}, item, store)
  },
}

function readConfigMap(
  metadata: z.infer<typeof METADATA>,
  data: Readonly<Record<string, string>>,
  item: ManifestItem,
  store: FactStore,
): ObjectOutcome {
  const { name } = metadata
  if (name.startsWith('cilium-config') || 'enable-ipv4-masquerade' in data || 'cni-exclusive' in data) {
    readCiliumConfig(metadata, data, item, store)
    return { kind: 'cilium-config', note: count(Object.keys(data).length, 'setting') }
  }
  if (readMasqConfigMap(name, data, item, store)) return { kind: 'ip-masq-agent' }
  if (data.ClusterConfiguration !== undefined) {
    return { kind: 'kubeadm-config', ...readKubeadmConfig(data.ClusterConfiguration, item, store) }
  }
  if (name === 'kube-proxy' || data['config.conf'] !== undefined) {
    return { kind: 'kube-proxy-config', ...readKubeProxyConfig(data['config.conf'] ?? '', item, store) }
  }
  return { kind: 'config-map', unused: `ConfigMap "${name}" holds nothing about masquerading` }
}

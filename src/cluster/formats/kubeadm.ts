import { type Cidr, parseCidr } from '../../core/cidr.ts'
import type { FactStore } from '../facts.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import { parseYaml, YamlSyntaxError } from '../yaml-positions.ts'

interface Unused {
  readonly unused?: string
}

/** `kubeadm-config`: `networking.podSubnet` and `serviceSubnet` of the embedded ClusterConfiguration. */
export function readKubeadmConfig(text: string, item: ManifestItem, store: FactStore): Unused {
  const networking = member(parseQuietly(text), 'networking')
  const source = itemSource(item, 'data', 'ClusterConfiguration')
  const ranges = (key: string, kind: 'pod' | 'service'): number => {
    const cidrs = cidrList(member(networking, key))
    for (const cidr of cidrs) store.ranges.push({ cidr, kind, node: null, basis: `kubeadm ${key}`, source })
    return cidrs.length
  }
  const found = ranges('podSubnet', 'pod') + ranges('serviceSubnet', 'service')
  return found === 0 ? { unused: 'kubeadm-config names no pod or service subnet' } : {}
}

/** `kube-proxy`: `clusterCIDR` of the embedded KubeProxyConfiguration. */
export function readKubeProxyConfig(text: string, item: ManifestItem, store: FactStore): Unused {
  const cidrs = cidrList(member(parseQuietly(text), 'clusterCIDR'))
  const source = itemSource(item, 'data', 'config.conf')
  for (const cidr of cidrs)
    store.ranges.push({ cidr, kind: 'pod', node: null, basis: 'kube-proxy clusterCIDR', source })
  return cidrs.length === 0 ? { unused: 'the kube-proxy configuration names no clusterCIDR' } : {}
}

function parseQuietly(text: string): unknown {
  try {
    return parseYaml(text).value
  } catch (error) {
    if (error instanceof YamlSyntaxError) return undefined
    throw error
  }
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
}

function cidrList(value: unknown): Cidr[] {
  if (typeof value !== 'string') return []
  return value
    .split(',')
    .map((text) => parseCidr(text.trim()))
    .filter((cidr) => cidr !== undefined)
}

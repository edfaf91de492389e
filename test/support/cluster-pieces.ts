import { buildCluster } from '../../src/cluster/build-cluster.ts'
import type { GivenFacts } from '../../src/cluster/given-facts.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'

/** A snapshot from texts by file name. */
export function clusterOf(texts: Readonly<Record<string, string>>, given?: GivenFacts): ClusterSnapshot {
  const pieces = Object.entries(texts).map(([file, text]) => ({ file, text }))
  return buildCluster(pieces, given === undefined ? {} : { given })
}

/** A snapshot from one text called `input`. */
export function clusterFrom(text: string, given?: GivenFacts): ClusterSnapshot {
  return clusterOf({ input: text }, given)
}

interface NodeWords {
  readonly name: string
  readonly ip: string
  readonly ciliumHost?: string
  readonly podCidr?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** A CiliumNode object. */
export function ciliumNode({ name, ip, ciliumHost, podCidr, labels }: NodeWords): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec: {
      addresses: [
        { ip, type: 'InternalIP' },
        ...(ciliumHost === undefined ? [] : [{ ip: ciliumHost, type: 'CiliumInternalIP' }]),
      ],
      ipam: { podCIDRs: podCidr === undefined ? [] : [podCidr] },
    },
  }
}

interface PodWords {
  readonly name: string
  readonly namespace?: string
  readonly node?: string
  readonly ip?: string
  readonly phase?: string
  readonly hostNetwork?: boolean
}

/** A Pod object. */
export function pod({ name, namespace, node, ip, phase, hostNetwork }: PodWords): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespace ?? 'default' },
    spec: { ...(node === undefined ? {} : { nodeName: node }), ...(hostNetwork ? { hostNetwork } : {}) },
    status: { phase: phase ?? 'Running', ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }) },
  }
}

/** A `kubectl get -o json` list. */
export function list(...items: unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, null, 4)
}

/** Two nodes with pod CIDRs and cilium_host addresses, as a list. */
export const TWO_NODES: string = list(
  ciliumNode({ name: 'n1', ip: '192.0.2.1', ciliumHost: '10.0.1.1', podCidr: '10.0.1.0/24' }),
  ciliumNode({ name: 'n2', ip: '192.0.2.2', ciliumHost: '10.0.2.1', podCidr: '10.0.2.0/24' }),
)

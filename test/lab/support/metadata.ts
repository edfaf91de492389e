import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { dumpInstalled } from './masquerading.ts'
import { type LabCluster, NATIVE_ROUTING_CIDR } from './topology.ts'

/** `kubectl get nodes,ciliumnodes,pods -A -o yaml` of the lab's cluster. */
export function kubernetesLists(cluster: LabCluster): string {
  const nodes = cluster.nodes.map((node) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: { 'kubernetes.io/hostname': node.name } },
    spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] },
    status: {
      addresses: [
        { address: node.ip, type: 'InternalIP' },
        { address: node.name, type: 'Hostname' },
      ],
    },
  }))
  const ciliumNodes = cluster.nodes.map((node) => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name: node.name },
    spec: {
      addresses: [
        { ip: node.ip, type: 'InternalIP' },
        { ip: node.ciliumHost, type: 'CiliumInternalIP' },
      ],
      ipam: { podCIDRs: [node.podCidr] },
    },
  }))
  const pods = cluster.nodes.flatMap((node) =>
    node.pods.map((pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod.name, namespace: 'default', labels: { app: pod.name } },
      spec: { nodeName: node.name },
      status: { hostIP: node.ip, phase: 'Running', podIP: pod.ip, podIPs: [{ ip: pod.ip }] },
    })),
  )
  return stringify({ apiVersion: 'v1', kind: 'List', items: [...nodes, ...ciliumNodes, ...pods] })
}

/** The cilium-config ConfigMap of the lab's cluster. `overrides` are cilium-config keys. */
export function ciliumConfig(overrides: Readonly<Record<string, string>> = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: {
      'auto-direct-node-routes': 'true',
      'enable-bpf-masquerade': 'false',
      'enable-endpoint-routes': 'true',
      'enable-ipv4': 'true',
      'enable-ipv4-masquerade': 'true',
      'enable-ipv6': 'false',
      ipam: 'kubernetes',
      'ipv4-native-routing-cidr': NATIVE_ROUTING_CIDR,
      'kube-proxy-replacement': 'true',
      'routing-mode': 'native',
      ...overrides,
    },
  })
}

/** Writes the metadata folder that `--cluster` reads; with `installed` also each node's iptables-save and the ipset. */
export function writeMetadata(
  cluster: LabCluster,
  folder: string,
  options: {
    config?: Readonly<Record<string, string>>
    installed?: boolean
    files?: Readonly<Record<string, string>>
  } = {},
): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nodes-and-pods.yaml'), kubernetesLists(cluster))
  writeFileSync(join(folder, 'cilium-config.yaml'), ciliumConfig(options.config))
  for (const node of cluster.nodes) {
    writeFileSync(join(folder, `ip-addr-${node.name}.json`), node.namespace.exec('ip', ['-j', 'addr']))
    writeFileSync(join(folder, `ip-route-${node.name}.txt`), node.namespace.exec('ip', ['route']))
  }
  for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), content)
  if (!options.installed) return
  for (const node of cluster.nodes) {
    const dump = dumpInstalled(node)
    // A node without rules prints nothing, and an empty file says nothing.
    if (dump.iptablesSave !== '') writeFileSync(join(folder, `iptables-save-${node.name}.txt`), dump.iptablesSave)
    if (dump.ipsetList !== '') writeFileSync(join(folder, 'ipset-list.txt'), dump.ipsetList)
  }
}

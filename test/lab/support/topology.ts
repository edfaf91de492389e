import type { Namespace, Namespaces } from './namespaces.ts'

/** The lab's cluster: what a kind cluster with Cilium looks like from outside, made of the kernel's own parts. */
export interface LabPod {
  readonly name: string
  readonly namespace: Namespace
  readonly ip: string
  /** Host-side veth, `lxc…`. */
  readonly lxc: string
  readonly node: LabNode
}

export interface LabNode {
  readonly name: string
  readonly namespace: Namespace
  readonly ip: string
  readonly podCidr: string
  readonly ciliumHost: string
  readonly pods: LabPod[]
}

export interface LabHost {
  readonly name: string
  readonly namespace: Namespace
  readonly ip: string
}

export interface LabCluster {
  readonly nodes: readonly LabNode[]
  readonly outside: readonly LabHost[]
  /** The LAN's switch; a place to capture as "beyond the node". */
  readonly lan: Namespace
}

/** Addresses of the lab: nodes 172.18.0.2…, pods 10.244.<node>.0/24, cilium_host .250, outside hosts 172.18.0.100… */
export const NATIVE_ROUTING_CIDR = '10.244.0.0/16'

/**
 * Builds nodes with pods behind them and hosts outside, all on one LAN, nothing translated yet.
 *
 * @param namespaces - Where they are made; the caller cleans them up, also when this throws halfway.
 * @param options.podsPerNode - Pods on each node: 10.244.N.11, .12 …
 */
export function buildCluster(
  namespaces: Namespaces,
  options: { nodes?: number; podsPerNode?: number; outside?: number; routing?: 'native' | 'tunnel' } = {},
): LabCluster {
  const lan = namespaces.add('lan')
  lan.exec('ip', ['link', 'add', 'br0', 'type', 'bridge'])
  lan.exec('ip', ['link', 'set', 'br0', 'up'])
  // A new namespace sends bridged packets through iptables; here the bridge is a wire.
  lan.exec('sh', ['-c', 'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || true'])

  const nodes = Array.from({ length: options.nodes ?? 2 }, (_, i) =>
    addNode(namespaces, lan, i + 1, options.podsPerNode ?? 2),
  )
  const outside = Array.from({ length: options.outside ?? 1 }, (_, i) => {
    const name = `outside${i + 1}`
    const namespace = namespaces.add(name)
    const ip = `172.18.0.${100 + i}`
    attachToLan(namespaces, lan, namespace, name, ip)
    return { name, namespace, ip }
  })
  for (const node of nodes) {
    if (options.routing === 'tunnel') addOverlay(node)
    for (const other of nodes) {
      if (other === node) continue
      const way =
        options.routing === 'tunnel'
          ? ['encap', 'ip', 'id', '2', 'dst', other.ip, 'dev', 'cilium_vxlan']
          : ['via', other.ip, 'dev', 'eth0']
      node.namespace.exec('ip', ['route', 'add', other.podCidr, ...way])
    }
  }
  return { nodes, outside, lan }
}

/** The overlay device as Cilium makes it: one for all nodes, the far end chosen by route, UDP port 8472. */
function addOverlay(node: LabNode): void {
  node.namespace.exec('ip', ['link', 'add', 'cilium_vxlan', 'type', 'vxlan', 'external', 'dstport', '8472'])
  node.namespace.exec('ip', ['link', 'set', 'cilium_vxlan', 'up'])
  node.namespace.sysctl('ipv4.conf.cilium_vxlan.rp_filter', 0)
  for (const pod of node.pods) pod.namespace.exec('ip', ['link', 'set', 'eth0', 'mtu', '1450'])
}

function attachToLan(namespaces: Namespaces, lan: Namespace, namespace: Namespace, name: string, ip: string): void {
  namespaces.link(namespace, 'eth0', lan, `p-${name}`.slice(0, 15))
  lan.exec('ip', ['link', 'set', `p-${name}`.slice(0, 15), 'master', 'br0'])
  namespace.exec('ip', ['addr', 'add', `${ip}/24`, 'dev', 'eth0'])
}

function addNode(namespaces: Namespaces, lan: Namespace, number: number, podCount: number): LabNode {
  const name = `n${number}`
  const namespace = namespaces.add(name)
  const ip = `172.18.0.${number + 1}`
  attachToLan(namespaces, lan, namespace, name, ip)
  for (const device of ['all', 'default', 'eth0']) {
    namespace.sysctl(`ipv4.conf.${device}.rp_filter`, 0)
    namespace.sysctl(`ipv4.conf.${device}.send_redirects`, 0)
  }
  namespace.sysctl('ipv4.ip_forward', 1)
  const ciliumHost = `10.244.${number}.250`
  namespace.exec('ip', ['link', 'add', 'cilium_net', 'type', 'veth', 'peer', 'name', 'cilium_host'])
  namespace.exec('ip', ['link', 'set', 'cilium_net', 'up'])
  namespace.exec('ip', ['link', 'set', 'cilium_host', 'up'])
  namespace.exec('ip', ['addr', 'add', `${ciliumHost}/32`, 'dev', 'cilium_host'])
  const node: LabNode = { name, namespace, ip, podCidr: `10.244.${number}.0/24`, ciliumHost, pods: [] }
  for (let i = 1; i <= podCount; i++) addPod(namespaces, node, i)
  return node
}

/** A pod as Cilium wires it: /32 on eth0, the cilium_host address as gateway, an `lxc…` veth on the node. */
function addPod(namespaces: Namespaces, node: LabNode, number: number): void {
  const name = `${node.name}-p${number}`
  const namespace = namespaces.add(name)
  const ip = `${node.podCidr.split('.').slice(0, 3).join('.')}.${10 + number}`
  const lxc = `lxc${node.name}p${number}`
  namespaces.link(namespace, 'eth0', node.namespace, lxc)
  namespace.exec('ip', ['addr', 'add', `${ip}/32`, 'dev', 'eth0'])
  namespace.exec('ip', ['route', 'add', node.ciliumHost, 'dev', 'eth0', 'scope', 'link'])
  namespace.exec('ip', ['route', 'add', 'default', 'via', node.ciliumHost, 'dev', 'eth0'])
  node.namespace.exec('ip', ['route', 'add', `${ip}/32`, 'dev', lxc])
  node.namespace.sysctl(`ipv4.conf.${lxc}.rp_filter`, 0)
  node.namespace.sysctl(`ipv4.conf.${lxc}.send_redirects`, 0)
  node.pods.push({ name, namespace, ip, lxc, node })
}

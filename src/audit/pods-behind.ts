import type { ClusterNode, ClusterSnapshot } from '../cluster/snapshot.ts'
import { cidrContains } from '../core/cidr.ts'
import { formatIp, type IpFamily, type IpText, ipFamily } from '../core/ip.ts'

/**
 * Addresses that stand for "some pod of this node" when the pod behind a node address is not known.
 *
 * Pods of one node share the answer of the settings unless something picks among them: egress gateway policies, pools,
 * several pod CIDRs. Then all pods of the node are returned (at most {@link MAX_PODS}), else one. Where no pod is
 * listed an unused address of the node's pod CIDR is taken; empty when the node has no pod CIDR either.
 */
export function podsBehind(cluster: ClusterSnapshot, nodeName: string, family: IpFamily): readonly IpText[] {
  const node = cluster.nodesByName.get(nodeName)
  const listed = cluster.pods
    .filter((pod) => pod.node === nodeName && !pod.hostNetwork && isRunning(pod.phase))
    .flatMap((pod) => pod.ips.filter((ip) => ipFamily(ip) === family))
  if (listed.length > 0) return podsDiffer(cluster, node) ? listed.slice(0, MAX_PODS) : onePod(listed, node)
  const unused = node && unusedPodAddress(node, family)
  return unused === undefined ? [] : [unused]
}

// The kubelet runs 110 pods a node by default; clouds go to 250.
const MAX_PODS = 256

function isRunning(phase: string): boolean {
  return phase === 'Running' || phase === ''
}

function podsDiffer(cluster: ClusterSnapshot, node: ClusterNode | undefined): boolean {
  return (
    cluster.egressGatewayPolicies.length > 0 ||
    cluster.podPools.length > 0 ||
    (node !== undefined && (node.pools.size > 0 || node.podCidrs.length > 2))
  )
}

// A pod inside the alloc CIDR is the typical one: iptables rules are made for that range.
function onePod(listed: readonly IpText[], node: ClusterNode | undefined): readonly IpText[] {
  const inside = listed.find((ip) => node?.podCidrs.some((cidr) => cidrContains(cidr, ip)))
  const pod = inside ?? listed[0]
  return pod === undefined ? [] : [pod]
}

function unusedPodAddress(node: ClusterNode, family: IpFamily): IpText | undefined {
  const cidr = node.podCidrs.find((candidate) => candidate.family === family)
  if (cidr === undefined) return undefined
  const taken = new Set([...node.ciliumHost, ...node.health, ...node.ingress])
  const [w0, w1, w2, w3] = cidr.words
  // 1 is often a gateway; beyond the node's own few addresses any is free to stand for a pod.
  for (let host = 2; host < 2 + taken.size + 1; host++) {
    const ip = formatIp(family, w0, w1, w2, w3 + host)
    if (!taken.has(ip) && cidrContains(cidr, ip)) return ip
  }
  return undefined
}

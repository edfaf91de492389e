import type { ClusterSnapshot, Pod } from '../cluster/snapshot.ts'
import type { IpText } from '../core/ip.ts'

const indexes = new WeakMap<ClusterSnapshot, ReadonlyMap<IpText, Pod>>()

/** The running pod that has an address, built once per snapshot; completed pods lose to running ones. */
export function podAt(cluster: ClusterSnapshot, ip: IpText): Pod | undefined {
  let index = indexes.get(cluster)
  if (index === undefined) {
    index = buildIndex(cluster)
    indexes.set(cluster, index)
  }
  return index.get(ip)
}

function buildIndex(cluster: ClusterSnapshot): Map<IpText, Pod> {
  const index = new Map<IpText, Pod>()
  for (const pod of cluster.pods) {
    if (pod.hostNetwork) continue
    for (const ip of pod.ips) {
      const holder = index.get(ip)
      if (holder === undefined || (isOver(holder) && !isOver(pod))) index.set(ip, pod)
    }
  }
  return index
}

function isOver(pod: Pod): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed'
}

import { finishCluster } from '../../src/cluster/build-cluster.ts'
import { FactStore } from '../../src/cluster/facts.ts'
import type { GivenFacts } from '../../src/cluster/given-facts.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'

/** The seed's kind cluster as far as its two captures need it: BPF masquerading, native routing. */
export const SEED: GivenFacts = {
  nodes: ['kind-control-plane=172.17.0.2', 'kind-worker=172.17.0.4', 'kind-worker2=172.17.0.3'],
  podCidrs: ['kind-control-plane=10.244.0.0/24', 'kind-worker=10.244.2.0/24', 'kind-worker2=10.244.1.0/24'],
  pods: ['default/curl@kind-control-plane=10.244.0.101', 'default/net-client@kind-worker=10.244.2.53'],
  ciliumHosts: ['kind-control-plane=10.244.0.215', 'kind-worker=10.244.2.122', 'kind-worker2=10.244.1.61'],
  masquerade: 'bpf',
  routing: 'native',
  nativeRoutingCidrs: ['10.244.0.0/16'],
}

/** Fixture F of the incidents: two nodes, native routing, a client and a server pod. */
export const FIXTURE: GivenFacts = {
  nodes: ['n1=172.18.0.2', 'n2=172.18.0.3'],
  podCidrs: ['n1=10.244.1.0/24', 'n2=10.244.2.0/24'],
  pods: ['default/client@n1=10.244.1.10', 'default/server@n2=10.244.2.20'],
  ciliumHosts: ['n1=10.244.1.250', 'n2=10.244.2.250'],
  serviceCidrs: ['10.96.0.0/12'],
  masquerade: 'bpf',
  routing: 'native',
  nativeRoutingCidrs: ['10.244.0.0/16'],
}

/** A cluster known by hand-given facts alone. */
export function aCluster(given: GivenFacts, ciliumVersion = '1.17'): ClusterSnapshot {
  return finishCluster(new FactStore(), { given, ciliumVersion })
}

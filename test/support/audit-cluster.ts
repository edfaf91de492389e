import { buildCluster } from '../../src/cluster/build-cluster.ts'
import { FactStore } from '../../src/cluster/facts.ts'
import { finishCluster } from '../../src/cluster/finish-cluster.ts'
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

/** A cluster of hand-given facts and pieces of metadata by file name. */
export function clusterOf(
  given: GivenFacts,
  files: Readonly<Record<string, string>>,
  ciliumVersion?: string,
): ClusterSnapshot {
  const pieces = Object.entries(files).map(([file, text]) => ({ file, text }))
  return buildCluster(pieces, { given, ...(ciliumVersion === undefined ? {} : { ciliumVersion }) })
}

/** A Service with its backends, as `kubectl get services,endpointslices -o yaml` lists them. */
export function aService(facts: {
  readonly name: string
  readonly type?: string
  readonly clusterIp?: string
  readonly loadBalancerIp?: string
  readonly policy?: 'Cluster' | 'Local'
  readonly port: number
  /** The port itself where left out. */
  readonly targetPort?: number
  readonly nodePort?: number
  readonly protocol?: string
  readonly backends?: readonly string[]
}): string {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: facts.name, namespace: 'default' },
    spec: {
      type: facts.type ?? 'ClusterIP',
      clusterIP: facts.clusterIp ?? '10.96.0.50',
      externalTrafficPolicy: facts.policy,
      ports: [
        {
          port: facts.port,
          targetPort: facts.targetPort ?? facts.port,
          nodePort: facts.nodePort,
          protocol: facts.protocol ?? 'TCP',
        },
      ],
    },
    status: facts.loadBalancerIp === undefined ? {} : { loadBalancer: { ingress: [{ ip: facts.loadBalancerIp }] } },
  }
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${facts.name}-x`, namespace: 'default', labels: { 'kubernetes.io/service-name': facts.name } },
    addressType: 'IPv4',
    endpoints: (facts.backends ?? []).map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports: [{ port: facts.targetPort ?? facts.port }],
  }
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [service, slice] })
}

/** The cilium-config ConfigMap. */
export function ciliumConfig(data: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data,
  })
}

/** The ip-masq-agent ConfigMap with this file in it. */
export function masqAgentConfig(file: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system' },
    data: { config: file },
  })
}

/**
 * A small model of a healthy Cilium cluster, written from the references and not from our own rules: which addresses and
 * TTLs a connection shows at every place it passes. What masqcheck says of captures of it must never be a contradiction.
 */
export interface World {
  readonly engine: 'bpf' | 'iptables' | 'off'
  readonly routing: 'native' | 'tunnel'
  /** CIDRs that ip-masq-agent exempts (BPF only); `null` without the agent. */
  readonly agent: readonly string[] | null
  /** With BPF host routing answers reach the pod without showing on its lxc device. */
  readonly hostRouting: 'bpf' | 'legacy'
  readonly endpointRoutes: boolean
  readonly kubeProxy: boolean
  readonly dsr: boolean
  /** Only in tunnel routing may it be unset. */
  readonly nativeCidr: boolean
}

/** Who takes part: a pod by node and number, a node, a machine outside, or a Service's address that stands for a pod. */
export type Party =
  | { readonly kind: 'pod'; readonly node: number; readonly pod: number }
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'outside'; readonly host: OutsideHost }
  | { readonly kind: 'cluster-ip'; readonly node: number; readonly pod: number }
  /** The NodePort of node `at`, with the pod as backend. */
  | { readonly kind: 'node-port'; readonly at: number; readonly node: number; readonly pod: number }

export const OUTSIDE_HOSTS = { near: '172.18.0.200', far: '8.8.8.8', corporate: '10.199.0.5' } as const
export type OutsideHost = keyof typeof OUTSIDE_HOSTS
/** Routers between the nodes' network and the machine. */
export const ROUTERS: Readonly<Record<OutsideHost, number>> = { near: 0, far: 2, corporate: 1 }

export const nodeIp = (node: number): string => `172.18.0.${node + 1}`
export const podIp = (node: number, pod: number): string => `10.244.${node}.${10 + pod}`
export const ciliumHostIp = (node: number): string => `10.244.${node}.250`
export const clusterIp = (node: number, pod: number): string => `10.96.${node}.${10 + pod}`
export const nodePort = (node: number, pod: number): number => 30_000 + node * 10 + pod
export const SERVICE_PORT = 80
export const BACKEND_PORT = 8080
/** Cilium's loopback address, for a pod that calls itself through its Service. */
export const HAIRPIN_SOURCE = '169.254.42.1'

/** One place that a packet passes, and how it looks there. Ports of `src` and `dst` are `null` where the packet's own holds. */
export interface Look {
  /** `pod 1/0`, `lxc 1/0`, `eth0 1`, `cilium_vxlan 1`, `outside near`. */
  readonly place: string
  readonly way: 'in' | 'out'
  readonly src: string
  readonly srcPort: 'client' | 'server' | number
  readonly dst: string
  readonly dstPort: 'client' | 'server' | number
  readonly ttl: number
  /** Outer addresses of the tunnel. */
  readonly outer?: readonly [string, string]
}

/** A fault that one node makes, in the words of the code it must draw. */
export type Fault =
  | 'MASQUERADE_MISSING'
  | 'MASQUERADE_UNEXPECTED'
  | 'MASQUERADE_WRONG_ADDRESS'
  | 'CILIUM_HOST_LEAKED'
  | 'NODE_SNAT_UNEXPECTED'

/** What the packets of one connection look like everywhere, both ways. */
export interface Journey {
  readonly forward: readonly Look[]
  readonly reverse: readonly Look[]
}

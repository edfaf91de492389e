import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { ServerPorts } from '../flow/server-ports.ts'
import type { TunnelPorts } from '../packet/encapsulation.ts'

/** What the cluster's metadata tells the earlier stages: where its servers listen, and which port its tunnel has. */
export function flowHints(clusters: readonly ClusterSnapshot[]): {
  readonly serverPorts: ServerPorts
  readonly tunnelPorts: TunnelPorts
} {
  const tcp = new Set<number>()
  const udp = new Set<number>()
  const add = (protocol: string, port: number | string | null): void => {
    if (typeof port === 'number' && port > 0 && port < 65536) (protocol.toUpperCase() === 'UDP' ? udp : tcp).add(port)
  }
  for (const { pods, services } of clusters) {
    for (const { ports } of pods) for (const { protocol, containerPort } of ports) add(protocol, containerPort)
    for (const { ports } of services) {
      for (const { protocol, port, targetPort, nodePort } of ports) {
        for (const number of [port, targetPort, nodePort]) add(protocol, number)
      }
    }
  }
  return { serverPorts: { tcp, udp }, tunnelPorts: tunnelPorts(clusters) }
}

// The usual ports stay: a capture may hold other tunnels than the cluster's own.
function tunnelPorts(clusters: readonly ClusterSnapshot[]): TunnelPorts {
  const vxlan = new Set([4789, 8472])
  const geneve = new Set([6081])
  for (const { settings } of clusters) {
    if (settings.tunnelPort.origin === 'default') continue
    const ports = settings.tunnelProtocol.value === 'geneve' ? geneve : vxlan
    ports.add(settings.tunnelPort.value)
  }
  return { vxlan: [...vxlan], geneve: [...geneve] }
}

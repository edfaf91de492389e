import { IpProtocol } from '../../core/protocol.ts'
import type { AuditContext } from '../context.ts'
import { isPodLike } from '../identity.ts'
import type { Verdict } from '../verdict.ts'
import { endpointText } from '../words.ts'
import type { CauseGroup } from './group.ts'

const LAST_PORT = 65535
// netfilter looks for a free port from here up where a process chose one from here up (net/netfilter/nf_nat_core.c).
const FIRST_UNPRIVILEGED_PORT = 1024

/** Source ports that translated flows hold towards one address and port, of those there are. */
export interface PortsInUse {
  readonly towards: string
  readonly used: number
  readonly available: number
}

/**
 * Counts the distinct source ports under one translated address towards the destination that a group's example has: a
 * translation needs one of its own for each connection there. `null` for protocols without ports.
 */
export function portsInUse(
  { example }: CauseGroup,
  verdicts: readonly Verdict[],
  { cluster }: AuditContext,
): PortsInUse | null {
  const { destination, protocol } = example.flow
  if (protocol !== IpProtocol.Tcp && protocol !== IpProtocol.Udp) return null
  const byAddress = new Map<string, Set<number>>()
  for (const { flow, source } of verdicts) {
    if (flow.protocol !== protocol || flow.source.port === null || isPodLike(source)) continue
    if (flow.destination.port !== destination.port || flow.destination.ip !== destination.ip) continue
    const ports = byAddress.get(source.ip) ?? new Set()
    byAddress.set(source.ip, ports.add(flow.source.port))
  }
  const used = Math.max(0, ...[...byAddress.values()].map(({ size }) => size))
  const [, lastNodePort] = cluster.settingsFor(example.expected?.node ?? null).nodePortRange.value
  const first = example.expected?.engine === 'bpf' ? lastNodePort + 1 : FIRST_UNPRIVILEGED_PORT
  return { towards: endpointText(destination), used, available: LAST_PORT - first + 1 }
}

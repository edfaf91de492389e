import type { Settings } from '../../cluster/settings.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import type { Engine } from '../../masquerade/decision.ts'
import type { Vote } from './vote.ts'

// Linux: net.ipv4.ip_local_port_range, default upper end.
const LAST_EPHEMERAL_PORT = 60999

/**
 * What the source port of a node's flow says. Under BPF masquerading every translated TCP and UDP flow uses a port above
 * `node-port-range`; netfilter keeps the port a process chose, whichever it is, and says nothing.
 *
 * @see cilium-masquerade reference §2.4, §9.4
 */
export function sourcePortVote(flow: Flow, engine: Engine, settings: Settings): Vote | null {
  const port = flow.source.port
  if (engine !== 'bpf' || port === null) return null
  if (flow.protocol !== IpProtocol.Tcp && flow.protocol !== IpProtocol.Udp) return null
  const floor = settings.nodePortRange.value[1] + 1
  if (port < floor) return portVote('host', `port ${port} is below ${floor}, where BPF masquerading begins`, 'high')
  if (port > LAST_EPHEMERAL_PORT) {
    return portVote(
      'pod',
      `port ${port} is above the ephemeral range: BPF masquerading chose it, or the process did`,
      'low',
    )
  }
  return null
}

function portVote(side: Vote['says'], detail: string, confidence: 'high' | 'low'): Vote {
  return { says: side, evidence: { kind: 'source-port', detail, confidence } }
}

import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import { startSeconds } from '../connection/fingerprint.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { endpointText } from '../words.ts'

// Linux keeps a closed connection's port in TIME_WAIT so long (include/net/tcp.h TCP_TIMEWAIT_LEN).
const TIME_WAIT_SECONDS = 60

/**
 * A translated port that is used again, towards the same server, before the server has forgotten its last connection: the
 * server answers with numbers of the old one and the opener resets. Another pod behind the address is the usual reason.
 */
export function portReuse({ verdicts }: JudgedFlows): Finding[] {
  // Keys cost more than all else here: only ports that were refused are looked at.
  const refused = new Set<number | null>()
  for (const { flow, source } of verdicts) {
    if (flow.protocol === IpProtocol.Tcp && source.kind === 'node' && isRefused(flow)) refused.add(flow.source.port)
  }
  const last = new Map<string, Flow>()
  const findings: Finding[] = []
  for (const { flow, source } of refused.size === 0 ? [] : verdicts) {
    if (flow.protocol !== IpProtocol.Tcp || source.kind !== 'node' || !refused.has(flow.source.port)) continue
    const key = `${flow.capture}|${endpointText(flow.source)}|${endpointText(flow.destination)}`
    const before = last.get(key)
    last.set(key, flow)
    if (before === undefined || !isRefused(flow) || !isClosed(before)) continue
    const seconds = startSeconds(flow) - (before.endSec + before.endNsec / 1e9)
    if (seconds < 0 || seconds > TIME_WAIT_SECONDS) continue
    findings.push({
      code: 'port-reused-too-soon',
      severity: 'warning',
      message: `${endpointText(flow.source)} > ${endpointText(flow.destination)} was used again ${seconds.toFixed(1)} s after its last connection (flow ${before.id}) closed, within the server's TIME_WAIT; the server answered with the old numbers and the opening was reset`,
      subject: endpointText(flow.source),
      sources: [],
      flows: [before.id, flow.id],
    })
  }
  return findings
}

// An acknowledgment where a SYN-ACK belongs, then a reset by the opener.
function isRefused({ tcp }: Verdict['flow']): boolean {
  const history = tcp?.history ?? ''
  return history.startsWith('S') && history.includes('a') && !history.includes('h') && history.includes('R')
}

function isClosed({ tcp }: Flow): boolean {
  const history = tcp?.history ?? ''
  return history.includes('F') || history.includes('f')
}

import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import { formatTime } from '../../core/time.ts'
import type { Flow } from '../../flow/flow.ts'
import { isPodLike } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { endpointText } from '../words.ts'

/**
 * Lone resets and closing segments of pods with the pod's own address, behind a connection that was translated from
 * start to end: netfilter does not translate what its connection table calls invalid. Harmless.
 */
export function strays({ verdicts, captures }: JudgedFlows): Finding[] {
  const ends = new Map<string, Flow>()
  const candidates = verdicts.filter(isStray)
  if (candidates.length === 0) return []
  for (const { flow } of verdicts) for (const key of endKeys(flow)) ends.set(key, flow)
  return candidates.flatMap(({ flow }): Finding[] => {
    const [packet] = flow.samples
    const owner = packet && ends.get(endKey(flow, packet.seq))
    if (packet === undefined || owner === undefined) return []
    const when = flow.timeKind === 'absolute' ? formatTime(flow.startSec, flow.startNsec) : `${flow.startSec}s`
    const file = captures[flow.capture]?.files[packet.file] ?? captures[flow.capture]?.name
    return [
      {
        code: 'stray-after-close',
        severity: 'info',
        message: `packet ${packet.record} of ${file} at ${when}: a late ${packet.flags & TcpFlag.Rst ? 'RST' : 'FIN'} of the connection in flow ${owner.id} left untranslated from ${endpointText(flow.source)}; netfilter does not translate what it calls invalid, and nothing is wrong with the settings`,
        subject: endpointText(flow.source),
        sources: [],
        flows: [owner.id, flow.id],
      },
    ]
  })
}

function isStray({ flow, source }: Verdict): boolean {
  if (flow.protocol !== IpProtocol.Tcp || !isPodLike(source) || flow.originKnown) return false
  if (flow.forward.payloadBytes > 0 || flow.reverse.packets > 0) return false
  return flow.samples.every(({ flags }) => (flags & (TcpFlag.Rst | TcpFlag.Fin)) !== 0 && (flags & TcpFlag.Syn) === 0)
}

/** Sequence numbers at which the opener's side of a connection ends: behind its data, and behind its FIN. */
function endKeys(flow: Flow): string[] {
  const { isn, payloadBytes } = flow.forward
  if (flow.protocol !== IpProtocol.Tcp || isn === null) return []
  return [1, 2].map((control) => endKey(flow, (isn + control + payloadBytes) >>> 0))
}

function endKey(flow: Flow, seq: number): string {
  return `${flow.destination.ip}|${flow.destination.port}|${seq}`
}

import { IpProtocol } from '../../core/protocol.ts'
import type { AnalysedCapture } from '../analysis.ts'
import type { AuditContext } from '../context.ts'
import { sideOfDevice } from '../device-side.ts'
import { isPodLike } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { deviceNameOf } from './device-name.ts'

/**
 * Answers that were translated back to the pod and then went nowhere: the pod's requests came through the tunnel, the
 * answers to it show on the native device and not in the tunnel, and the pod never acknowledges them. Translation is
 * right both ways; what comes after it is not.
 */
export function answersNotForwarded({ verdicts, captures, context }: JudgedFlows): Finding[] {
  const byDevices = new Map<string, { message: string; subject: string; flows: number[] }>()
  for (const verdict of verdicts) {
    const { flow, source, point } = verdict
    const stuck = stuckAnswers(verdict, captures[flow.capture], context)
    if (stuck === null) continue
    const node = point.name === null ? 'the node' : `node ${point.name}`
    const message = `requests of pods of ${source.node ?? 'another node'} come to ${node} by ${stuck.tunnel}, and the answers to them, translated back, show on ${stuck.native} and never leave by ${stuck.tunnel}`
    const entry = byDevices.get(message) ?? { message, subject: `${stuck.tunnel} of ${node}`, flows: [] }
    entry.flows.push(flow.id)
    byDevices.set(message, entry)
  }
  return [...byDevices.values()].map(({ message, subject, flows }) => ({
    code: 'answer-not-forwarded',
    severity: 'error',
    message: `${message}: translation is right both ways, and the answers are lost behind it (${flows.length} connections)`,
    subject,
    sources: [],
    flows,
    confirm: 'cilium-dbg monitor --type drop; cilium-dbg bpf tunnel list; cilium-dbg bpf ipcache list',
  }))
}

function stuckAnswers(
  { flow, source, point }: Verdict,
  capture: AnalysedCapture | undefined,
  context: AuditContext,
): { tunnel: string; native: string } | null {
  if (flow.protocol !== IpProtocol.Tcp || !isPodLike(source) || flow.reverse.packets === 0) return null
  if (/[ADF]/.test(flow.tcp?.history ?? '')) return null
  let tunnel: string | null = null
  let native: string | null = null
  for (const vantage of flow.vantages) {
    const device = deviceNameOf(vantage, point.name, capture, context)
    const inTunnel = vantage.depth > 0 || (device !== null && sideOfDevice(device) === 'overlay')
    if (inTunnel && vantage.reversePackets > 0) return null
    if (inTunnel) tunnel = device ?? 'the tunnel'
    else if (vantage.reversePackets > 0) native = device ?? 'another device'
  }
  return tunnel === null || native === null ? null : { tunnel, native }
}

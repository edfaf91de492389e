import type { Flow, Vantage } from '../../flow/flow.ts'
import type { AnalysedCapture } from '../analysis.ts'
import type { AuditContext } from '../context.ts'
import { sideOfDevice } from '../device-side.ts'
import { isPodLike } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { deviceNameOf } from './device-name.ts'

/**
 * The right address at the wrong door: a packet that leaves by another device than the one its address belongs to, and
 * answers that leave by another device than their request came in. Networks that check sources drop both.
 */
export function wrongDoors({ verdicts, captures, context }: JudgedFlows): Finding[] {
  const byDoors = new Map<string, { message: string; subject: string; flows: number[] }>()
  const note = (message: string, subject: string, flow: Flow): void => {
    const entry = byDoors.get(message)
    if (entry === undefined) byDoors.set(message, { message, subject, flows: [flow.id] })
    else entry.flows.push(flow.id)
  }
  for (const verdict of verdicts) {
    const { flow, source, point } = verdict
    if (point.kind !== 'node' || point.name === null) continue
    const home = homeDevice(verdict, context)
    if (home !== null)
      note(
        `${source.ip} belongs to ${home} of ${point.name}, and packets under it leave by ${point.interface}`,
        `${point.interface} of ${point.name}`,
        flow,
      )
    const doors = isPodLike(verdict.destination)
      ? differentDoors(flow, point.name, captures[flow.capture], context)
      : null
    if (doors !== null)
      note(
        `requests to pods come in by ${doors.in} of ${point.name}, and their answers leave by ${doors.out}`,
        `${doors.out} of ${point.name}`,
        flow,
      )
  }
  return [...byDoors.values()].map(({ message, subject, flows }) => ({
    code: 'wrong-interface',
    severity: 'error',
    message: `${message}: the network may drop them (source checks, reverse path filters)`,
    subject,
    sources: [],
    flows,
    confirm: 'ip rule; ip route show table all',
  }))
}

/** The device that carries the source address, where the packet leaves by another native device. */
function homeDevice({ source, point, flow }: Verdict, context: AuditContext): string | null {
  if (source.kind !== 'node' || source.node !== point.name || point.side !== 'after' || flow.tunnel !== null)
    return null
  const devices = context.node(point.name)?.devices
  if (devices == null || point.interface === null || !devices.has(point.interface)) return null
  const holders = [...devices.values()].filter(({ addresses }) => addresses.some(({ ip }) => ip === source.ip))
  const [home] = holders
  // An address on lo or on a bridge of no network belongs to every door; slaves carry none of their own.
  if (home === undefined || holders.length > 1 || sideOfDevice(home.name) !== 'after') return null
  const hasOwn = devices.get(point.interface)?.addresses.some(({ scope }) => scope === 'global') ?? false
  return home.name !== point.interface && hasOwn ? home.name : null
}

function differentDoors(
  flow: Flow,
  nodeName: string,
  capture: AnalysedCapture | undefined,
  context: AuditContext,
): { in: string; out: string } | null {
  const nameOf = (vantage: Vantage): string | null => deviceNameOf(vantage, nodeName, capture, context)
  const native = flow.vantages.filter((vantage) => {
    const name = nameOf(vantage)
    return name !== null && name !== 'any' && vantage.depth === 0 && sideOfDevice(name) === 'after'
  })
  const request = native.find(({ forwardPackets }) => forwardPackets > 0)
  const answer = native.find(({ reversePackets }) => reversePackets > 0)
  const [into, out] = [request && nameOf(request), answer && nameOf(answer)]
  if (into == null || out == null || into === out) return null
  // A bond and its slave, or a VLAN and its parent, both show both ways.
  const bothWays = native.some(({ forwardPackets, reversePackets }) => forwardPackets > 0 && reversePackets > 0)
  return bothWays ? null : { in: into, out }
}

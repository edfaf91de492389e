import type { Analysis } from '../../src/audit/analysis.ts'
import { type AssessOptions, assess } from '../../src/audit/assess.ts'
import type { Verdict } from '../../src/audit/verdict.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { aCapture, aFlow, type FlowFacts } from './audit-flows.ts'

type CaptureFacts = Parameters<typeof aCapture>[0]

/** Where a capture was taken, as a test says it. */
export const NODE_ETH0 = (node: string): CaptureFacts => ({
  name: `${node}-eth0.pcap`,
  interfaces: [{ name: 'eth0', host: node }],
})
export const ANY = (node: string): CaptureFacts => ({
  name: `${node}-any.pcap`,
  interfaces: [{ name: 'any', linkType: 276, host: node }],
})
export const OUTSIDE: CaptureFacts = { name: 'outside.pcap', interfaces: [{ name: 'eth0', host: 'outside' }] }
export const IN_POD = (pod: string): CaptureFacts => ({
  name: `${pod}.pcap`,
  interfaces: [{ name: 'eth0', host: pod }],
})
export const NOWHERE: CaptureFacts = { name: 'capture.pcap' }

/** On `-i any` of a node: In from the pod's link, Out on the native device. */
export const LXC_IN = { ttl: 64, vantages: [{ sllPacketType: 0, ifindex: 12 }] } as const
export const ETH0_OUT = { ttl: 63, vantages: [{ sllPacketType: 4, ifindex: 2 }] } as const

/** Plays an incident: flows in one or more captures, against a cluster. Flow ids are given in order. */
export function play(
  cluster: ClusterSnapshot,
  captures: readonly CaptureFacts[],
  flows: readonly FlowFacts[],
  options: AssessOptions = {},
): Analysis {
  return assess(
    flows.map((facts, i) => aFlow({ id: i + 1, ...facts })),
    captures.map((facts, index) => aCapture({ index, ...facts })),
    cluster,
    options,
  )
}

/** `consistent`, or `contradiction MASQUERADE_MISSING`: one word or two for each verdict. */
export function words({ verdicts }: Analysis): string[] {
  return verdicts.map(({ verdict, code }: Verdict) => (code === null ? verdict : `${verdict} ${code}`))
}

export function codes({ findings }: Analysis): string[] {
  return findings.map(({ code }) => code)
}

import { expect, test } from 'vitest'
import { decide } from '../../src/masquerade/decide.ts'
import type { Decision, PacketQuery } from '../../src/masquerade/decision.ts'
import { buildCluster, type ClusterSpec, type NodeSpec } from './masquerade-cluster.ts'

export const POD = '10.244.1.10'
export const OTHER_POD = '10.244.2.20'
export const OUTSIDE = '1.1.1.1'
export const N2_ADDRESS = '172.18.0.3'

export const N1: NodeSpec = {
  name: 'n1',
  internalIP: '172.18.0.2',
  internalIPv6: 'fc00:f853:ccd:e793::2',
  ciliumHostIP: '10.244.1.250',
  ciliumHostIPv6: 'fd00:10:244:1::fa',
  podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
  interfaces: { eth0: ['172.18.0.2/16', 'fc00:f853:ccd:e793::2/64'], eth1: ['192.168.77.2/24'] },
  health: ['10.244.1.251'],
  ingress: ['10.244.1.252'],
}
export const N2: NodeSpec = {
  name: 'n2',
  internalIP: N2_ADDRESS,
  externalIP: '35.190.10.12',
  internalIPv6: 'fc00:f853:ccd:e793::3',
  ciliumHostIP: '10.244.2.250',
  podCIDRs: ['10.244.2.0/24', 'fd00:10:244:2::/64'],
}

type Config = Readonly<Record<string, string>>

export const NATIVE: Config = { 'routing-mode': 'native', 'ipv4-native-routing-cidr': '10.244.0.0/16' }
export const BPF: Config = {
  ...NATIVE,
  'enable-bpf-masquerade': 'true',
  'kube-proxy-replacement': 'true',
  devices: 'eth+',
}
export const IPTABLES: Config = { ...NATIVE, 'enable-bpf-masquerade': 'false' }
export const TUNNEL: Config = { 'routing-mode': 'tunnel', 'ipv4-native-routing-cidr': '' }

/** A question in few words; everything else is as in the fixture: TCP from {@link POD} to {@link OUTSIDE}, on n1, by eth0. */
export interface Ask extends Partial<PacketQuery> {
  readonly config?: Readonly<Record<string, string>>
  readonly cluster?: Omit<ClusterSpec, 'config'>
}

export function ask({ config = BPF, cluster = {}, ...query }: Ask): Decision {
  const snapshot = buildCluster({ version: '1.17', nodes: [N1, N2], ...cluster, config })
  return decide(
    { source: POD, destination: OUTSIDE, protocol: 6, node: 'n1', outInterface: 'eth0', ...query },
    snapshot,
  )
}

/** Name of the row, the question, and `action rule`, with the address behind where it matters. */
export type Row = readonly [name: string, question: Ask, answer: string]

/** Tests rows of questions; the nearest that the rule must not decide stands beside the one that it must. */
export function askRows(rows: readonly Row[]): void {
  test.each(rows)('%s', (_name, question, answer) => {
    const decision = ask(question)
    const { action, rule, address } = decision
    const shown = answer.split(' ').length > 2 ? `${action} ${rule} ${address}` : `${action} ${rule}`
    const trace = decision.trace.map((step) => `${step.matched ? '*' : ' '} ${step.rule}: ${step.detail}`)
    expect(shown, [...trace, ...decision.assumptions].join('\n')).toBe(answer)
  })
}

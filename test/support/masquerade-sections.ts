import { expect, test } from 'vitest'
import { decide } from '../../src/masquerade/decide.ts'
import { loadedClusterOf, type MasqueradeCase, queryOf } from './masquerade-cases.ts'
import type { NodeSpec } from './masquerade-cluster.ts'

type Config = Readonly<Record<string, string | undefined>>

const DUAL_STACK: Config = {
  'enable-ipv4': 'true',
  'enable-ipv6': 'true',
  'enable-ipv4-masquerade': 'true',
  'enable-ipv6-masquerade': 'true',
}
const CIDRS: Config = { 'ipv4-native-routing-cidr': '10.244.0.0/16', 'ipv6-native-routing-cidr': 'fd00:10:244::/56' }
const WITH_BPF: Config = { 'enable-bpf-masquerade': 'true', 'kube-proxy-replacement': 'true', devices: 'eth0' }
const AGENT_ON: Config = { 'enable-ip-masq-agent': 'true' }

/** Settings of the tables by the names their rows use. */
export const BPF: Config = { ...DUAL_STACK, ...CIDRS, ...WITH_BPF, 'routing-mode': 'native' }
export const BPF_TUNNEL: Config = { ...DUAL_STACK, ...WITH_BPF, 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' }
export const AGENT: Config = { ...DUAL_STACK, ...WITH_BPF, ...AGENT_ON, 'routing-mode': 'native' }
export const AGENT_TUNNEL: Config = { ...BPF_TUNNEL, ...AGENT_ON }
export const GATEWAY: Config = { ...BPF, 'enable-ipv4-egress-gateway': 'true' }
export const GATEWAY_TUNNEL: Config = { ...BPF_TUNNEL, 'enable-ipv4-egress-gateway': 'true' }
export const IPTABLES: Config = { ...DUAL_STACK, ...CIDRS, 'enable-bpf-masquerade': 'false', 'routing-mode': 'native' }
export const IPTABLES_TUNNEL: Config = { ...DUAL_STACK, 'enable-bpf-masquerade': 'false', 'routing-mode': 'tunnel' }
export const ROUTE_SOURCE: Config = { ...IPTABLES, 'enable-masquerade-to-route-source': 'true' }

export const POD6 = 'fd00:10:244:1::45'
const POD = '10.244.1.45'

/** The pod, and the sender of every row, is on w1. The second cards are known to `ip addr` alone. */
const W1: NodeSpec = {
  name: 'w1',
  internalIP: '172.18.0.3',
  internalIPv6: 'fc00:f853:ccd:e793::3',
  externalIP: '35.190.10.11',
  ciliumHostIP: '10.244.1.93',
  ciliumHostIPv6: 'fd00:10:244:1::a1',
  podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
  interfaces: { eth0: ['172.18.0.3', 'fc00:f853:ccd:e793::3'], eth1: ['192.168.77.3', '2001:db8:77::3'] },
}
const W2: NodeSpec = {
  name: 'w2',
  internalIP: '172.18.0.4',
  internalIPv6: 'fc00:f853:ccd:e793::4',
  externalIP: '35.190.10.12',
  ciliumHostIP: '10.244.2.122',
  ciliumHostIPv6: 'fd00:10:244:2::a2',
  podCIDRs: ['10.244.2.0/24', 'fd00:10:244:2::/64'],
  interfaces: { eth0: ['172.18.0.4', 'fc00:f853:ccd:e793::4'], eth1: ['192.168.77.4'] },
}

/** What a row changes of "TCP from the pod to 8.8.8.8 by eth0, Cilium 1.17". */
export interface Question extends Partial<Omit<MasqueradeCase['flow'], 'outInterface'>> {
  readonly config: Config
  /** `null`: no device is given. */
  readonly out?: string | null
  readonly version?: string
  /** Text of the ip-masq-agent file. */
  readonly agent?: string
  readonly policy?: Partial<NonNullable<MasqueradeCase['egressGatewayPolicies']>[number]>
  readonly routes?: NonNullable<MasqueradeCase['routes']>
  /** What is different about w1. */
  readonly sender?: Partial<NodeSpec>
}

/** Section of the masquerade reference, what is asked, the question, and `action rule` with the address where it changes. */
export type SectionRow = readonly [section: string, name: string, question: Question, answer: string]

/** Tests rows written from the reference alone, each cluster read from the metadata that kubectl and the agent print. */
export function sectionRows(rows: readonly SectionRow[]): void {
  test.each(rows)('§%s: %s', (_section, _name, question, answer) => {
    const row = caseOf(question)
    const decision = decide(queryOf(row), loadedClusterOf(row))
    const { action, rule, address } = decision
    const kept = address === row.flow.src || address === null
    const trace = decision.trace.map((step) => `${step.matched ? '*' : ' '} ${step.rule}: ${step.detail}`)
    expect(kept ? `${action} ${rule}` : `${action} ${rule} ${address}`, trace.join('\n')).toBe(answer)
  })
}

function caseOf({ config, out, version, agent, policy, routes, sender, ...flow }: Question): MasqueradeCase {
  const set = Object.entries(config).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
  return {
    id: '',
    mode: config['enable-bpf-masquerade'] === 'true' ? 'bpf' : 'iptables',
    ciliumVersion: version ?? '1.17',
    config: Object.fromEntries(set),
    ipMasqAgent:
      agent === undefined ? null : { state: agent === '' ? 'empty' : 'content', content: agent, effective: [] },
    nodes: [{ ...W1, ...sender }, W2],
    ...(routes === undefined ? {} : { routes }),
    ...(policy === undefined ? {} : { egressGatewayPolicies: [{ ...POLICY, ...policy }] }),
    flow: {
      node: 'w1',
      src: POD,
      srcKind: flow.src === undefined || flow.src === POD6 ? 'pod' : 'other',
      dst: '8.8.8.8',
      dstPort: 443,
      proto: 'tcp',
      ...(out === null ? {} : { outInterface: out ?? 'eth0' }),
      ...flow,
    },
    expected: { action: '', rule: '', why: '' },
  }
}

/** Of the pod to 93.184.216.0/24, by way of w2. */
const POLICY = {
  sourceIPs: [POD],
  destinationCIDRs: ['93.184.216.0/24'],
  gatewayNode: 'w2',
  egressIP: '172.18.0.240',
}

import { describe, expect, test } from 'vitest'
import { causes } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, LXC_IN } from '../../support/audit-incident.ts'

const GIVEN = {
  ...FIXTURE,
  nodes: ['n1=172.18.0.2', 'n2=172.18.0.3'],
  pods: ['default/client@n1=10.244.1.10', 'default/other@n1=10.244.1.11'],
}
const IPTABLES = { ...GIVEN, masquerade: 'iptables' } as const

let next = 1
/** Left with the pod's address, as eth0 shows it. */
const kept = (to: string, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `10.244.1.10:${40000 + next} > ${to}`,
  isn: next++,
  ttl: 63,
  ...facts,
})
/** Translated, its pod not shown. */
const translated = (to: string, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `172.18.0.2:${40000 + next} > ${to}`,
  isn: next++,
  ttl: 63,
  ...facts,
})
const codesOf = (given: typeof GIVEN | typeof IPTABLES, flows: readonly FlowFacts[]) =>
  causes(aCluster(given), flows).map(({ cause }) => [cause.code, cause.subject])

describe('causeOfMissing() by what the contradictions have in common', () => {
  test.each([
    ['BPF', GIVEN, 'cilium-dbg bpf ipmasq list; cilium-dbg bpf ipcache get 1.1.1.1'],
    ['iptables', IPTABLES, 'ipset test cilium_node_set_v4 1.1.1.1; iptables -t nat -S CILIUM_POST_nat'],
  ])('one destination of several, %s', (_, given, confirm) => {
    const [first] = causes(aCluster(given), [kept('1.1.1.1:443'), translated('8.8.8.8:443'), translated('9.9.9.9:443')])
    expect(first?.cause).toMatchObject({ code: 'destination-exempt', subject: '1.1.1.1', confirm })
  })

  test('one protocol of several', () => {
    const flows = [kept('1.1.1.1:53', { protocol: 'udp' }), translated('1.1.1.1:443'), translated('1.1.1.1:80')]
    expect(codesOf(GIVEN, flows)).toEqual([['protocol-exempt', 'n1']])
  })

  test('one pod of several, where pairs show who the others are', () => {
    const pair = (port: number): FlowFacts[] => [
      { tuple: `10.244.1.11:${port} > 1.1.1.1:443`, isn: port, tsVal: 1, ...LXC_IN },
      { tuple: `172.18.0.2:${port} > 1.1.1.1:443`, isn: port, tsVal: 1, ...ETH0_OUT },
    ]
    const flows = [kept('1.1.1.1:443', ETH0_OUT), kept('1.1.1.1:443', ETH0_OUT), ...pair(51000), ...pair(51001)]
    const [first] = causes(aCluster(GIVEN), flows, ANY('n1'))
    expect(first?.cause).toMatchObject({ code: 'pod-exempt', subject: 'default/client' })
  })

  test('the node, where none is right: the mechanism is not in force', () => {
    const flows = [kept('1.1.1.1:443'), kept('8.8.8.8:443'), kept('9.9.9.9:443')]
    const [bpf] = causes(aCluster(GIVEN), flows)
    expect(bpf?.cause).toMatchObject({ code: 'masquerade-not-in-force', subject: 'n1' })
    expect(bpf?.cause.explanation).toMatch(/^no BPF program translates what leaves n1/)
    const [iptables] = causes(aCluster(IPTABLES), flows)
    expect(iptables?.cause.explanation).toBe('no masquerade rule takes effect on n1')
  })

  test('says that few connections show little', () => {
    const [first] = causes(aCluster(GIVEN), [kept('1.1.1.1:443'), kept('8.8.8.8:443')])
    expect(first?.cause.explanation).toMatch(/^as far as so few connections show, /)
  })

  test('alike connections, some of them translated: no setting does that', () => {
    const flows = Array.from({ length: 10 }, (_, i) => (i % 5 === 0 ? kept('1.1.1.1:443') : translated('1.1.1.1:443')))
    expect(codesOf(GIVEN, flows)).toEqual([['sometimes-not-translated', 'n1']])
  })
})

import { describe, expect, test } from 'vitest'
import { answersNotForwarded } from '../../../src/audit/findings/answer-not-forwarded.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'

const CAPTURE = {
  interfaces: [
    { name: 'cilium_vxlan', host: 'n1' },
    { name: 'eth0', host: 'n1' },
  ],
}
const seen = (interfaceIndex: number, forwardPackets: number, reversePackets: number) => ({
  interfaceIndex,
  forwardPackets,
  reversePackets,
})
/** A pod of n2 asks through the tunnel; its answer shows on the native device, translated back. */
const stuck = (facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: '10.244.2.20:40000 > 1.1.1.1:443',
  ttl: 63,
  history: 'Sh',
  vantages: [seen(0, 4, 0), seen(1, 0, 4)],
  ...facts,
})
const found = (flow: FlowFacts) =>
  answersNotForwarded(judged(aCluster({ ...FIXTURE, routing: 'tunnel' }), [flow], CAPTURE))

describe('answersNotForwarded()', () => {
  test('names where the answers show and where they are missing', () => {
    const [finding] = found(stuck())
    expect(finding).toMatchObject({ code: 'answer-not-forwarded', severity: 'error', flows: [1] })
    expect(finding?.message).toContain('come to node n1 by cilium_vxlan')
    expect(finding?.message).toContain('show on eth0 and never leave by cilium_vxlan')
  })

  test.each<[string, Partial<FlowFacts>]>([
    ['the opener acknowledges an answer: it came', { history: 'ShA' }],
    ['the answer leaves by the tunnel', { vantages: [seen(0, 4, 4), seen(1, 0, 4)] }],
    ['the request did not come by the tunnel', { vantages: [seen(1, 4, 4)] }],
    ['there is no answer', { answered: false, history: 'S', vantages: [seen(0, 4, 0)] }],
  ])('says nothing where %s', (_, facts) => {
    expect(found(stuck(facts))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { otherNodeAddresses } from '../../../src/audit/findings/other-node-address.ts'
import { judged } from '../../support/audit-causes.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, LXC_IN } from '../../support/audit-incident.ts'

const address = (local: string) => ({ family: 'inet', local, prefixlen: 24, scope: 'global' })
// BPF takes the primary address of the device, whichever Kubernetes calls the node's (§1.3): a public one before a private.
const IP_ADDR = JSON.stringify([
  { ifindex: 2, ifname: 'eth0', mtu: 1500, operstate: 'UP', addr_info: [address('172.18.0.2'), address('20.1.1.2')] },
])
const CLUSTER = clusterOf(FIXTURE, { 'n1/ip-addr.json': IP_ADDR })
const leavingAs = (ip: string): FlowFacts[] => [
  { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...LXC_IN },
  { tuple: `${ip}:40000 > 1.1.1.1:443`, isn: 1, tsVal: 1, ...ETH0_OUT },
]
const found = (flows: readonly FlowFacts[]) => otherNodeAddresses(judged(CLUSTER, flows, ANY('n1')))

describe('otherNodeAddresses()', () => {
  test('names the address pods leave with and the one Kubernetes knows', () => {
    const [finding, ...more] = found(leavingAs('20.1.1.2'))
    expect(more).toEqual([])
    expect(finding).toMatchObject({ code: 'not-the-node-address', severity: 'info', flows: [2] })
    expect(finding?.message).toContain('pods of n1 leave as 20.1.1.2, which is not its InternalIP 172.18.0.2')
  })

  test("says nothing of the node's own traffic under it, nor of pods under the InternalIP", () => {
    expect(found([{ tuple: '20.1.1.2:40000 > 1.1.1.1:443', ttl: 64, vantages: ETH0_OUT.vantages }])).toEqual([])
    expect(found(leavingAs('172.18.0.2'))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { HopBaselines, isCarrier } from '../../../src/audit/attribution/ttl.ts'
import { AuditContext } from '../../../src/audit/context.ts'
import { SightingPlacer } from '../../../src/audit/sighting.ts'
import type { CapturePoint } from '../../../src/audit/verdict.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { aCluster, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../../support/audit-flows.ts'
import { IN_POD, OUTSIDE } from '../../support/audit-points.ts'

const IN_VXLAN: FlowFacts['tunnel'] = {
  kind: 'vxlan',
  vni: 7,
  outerSource: '172.18.0.2',
  outerDestination: '172.18.0.3',
}
const FROM_NODE = '172.18.0.2:40000 > 1.1.1.1:443'

/** `pod high`: what the TTLs of a capture say of its last flow; `silent` where they say nothing. */
function say(point: CapturePoint, flows: readonly FlowFacts[], cluster = aCluster(FIXTURE)): string {
  const context = new AuditContext(cluster, { expected: () => ({}) as never, installed: () => null })
  const captures = [0, 1].map((index) => ({ ...aCapture({ index }), points: [point] }))
  const placer = new SightingPlacer(captures, context)
  const sightings = flows.map((facts, i) => placer.place(aFlow({ id: i + 1, ...facts })))
  const last = sightings.at(-1)
  const vote = last === undefined ? null : new HopBaselines(sightings, context).vote(last)
  return vote === null ? 'silent' : `${vote.says} ${vote.evidence.confidence}`
}

describe('HopBaselines.vote() beyond the node', () => {
  const near: FlowFacts = { tuple: FROM_NODE, ttl: 61 }
  const far: FlowFacts = { tuple: FROM_NODE, ttl: 60 }
  const rows: [string, readonly FlowFacts[], string][] = [
    ['needs a second distance of the node', [near, near], 'silent'],
    ['takes the farther of two for a pod', [near, far], 'pod medium'],
    ['takes the nearer of two for the host', [far, near], 'host medium'],
    ['does not compare two nodes', [{ ...near, tuple: '172.18.0.3:40000 > 1.1.1.1:443' }, far], 'silent'],
    ['does not compare two captures', [{ ...near, capture: 1 }, far], 'silent'],
    ["leaves out a tunnel's inner packets", [{ ...near, tunnel: IN_VXLAN }, far], 'silent'],
    ['knows Windows for an initial 128', [{ tuple: FROM_NODE, ttl: 128 }], 'host high'],
    ['is silent without TTLs', [near, { tuple: FROM_NODE }], 'silent'],
  ]
  test.each(rows)('%s', (_, flows, expected) => {
    expect(say(OUTSIDE, flows)).toBe(expected)
  })
})

describe('HopBaselines.vote() next to the node', () => {
  test('in a pod of that node a forwarded packet was forwarded by it, and by nobody in a pod elsewhere', () => {
    const flow: FlowFacts = { tuple: '172.18.0.2:40000 > 10.244.1.10:80', ttl: 62 }
    expect(say(IN_POD, [flow])).toBe('pod high')
    expect(say({ ...IN_POD, name: 'default/server' }, [{ ...flow, tuple: '172.18.0.2:40000 > 10.244.2.20:80' }])).toBe(
      'silent',
    )
  })

  test("outside, on the network of the node's own device, one hop is the node's", () => {
    const ipAddr =
      '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether 02:42:ac:12:00:02\n    inet 172.18.0.2/16 scope global eth0\n       valid_lft forever\n'
    const cluster = clusterOf(FIXTURE, { 'ip-addr-n1.txt': ipAddr })
    expect(say(OUTSIDE, [{ tuple: '172.18.0.2:40000 > 172.18.0.99:443', ttl: 63 }], cluster)).toBe('pod medium')
    expect(say(OUTSIDE, [{ tuple: FROM_NODE, ttl: 63 }], cluster)).toBe('silent')
  })
})

test('isCarrier() knows tunnel, WireGuard and ESP packets', () => {
  const to = (port: number, protocol: 'tcp' | 'udp' = 'udp') =>
    aFlow({ tuple: `172.18.0.2:40000 > 172.18.0.3:${port}`, protocol })
  const carries = [8472, 6081, 51871, 9999].map((port) => isCarrier(to(port), 9999))
  expect(carries).toEqual([true, true, true, true])
  expect(isCarrier(to(53), 9999)).toBe(false)
  expect(isCarrier(to(8472, 'tcp'), 8472)).toBe(false)
  expect(isCarrier({ ...to(53), protocol: IpProtocol.Esp }, 8472)).toBe(true)
})

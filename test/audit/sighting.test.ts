import { describe, expect, test } from 'vitest'
import type { AnalysedCapture } from '../../src/audit/analysis.ts'
import { AuditContext } from '../../src/audit/context.ts'
import { type Sighting, SightingPlacer } from '../../src/audit/sighting.ts'
import type { CapturePoint } from '../../src/audit/verdict.ts'
import type { Vantage } from '../../src/flow/flow.ts'
import { aCluster, clusterOf, FIXTURE } from '../support/audit-cluster.ts'
import { aCapture, aFlow } from '../support/audit-flows.ts'

const IP_ADDR = ['lo', 'eth0', 'lxc12ab']
  .map(
    (name, i) =>
      `${i + 1}: ${name}: <UP> mtu 1500 qdisc noqueue state UP group default\n    inet ${['127.0.0.1/8', '172.18.0.2/16', '10.9.9.9/32'][i]} scope global ${name}\n`,
  )
  .join('')

function place(
  tuple: string,
  point: Partial<CapturePoint>,
  vantages: readonly Partial<Vantage>[],
  cluster = aCluster(FIXTURE),
): Sighting {
  const base: CapturePoint = {
    kind: 'node',
    name: 'n1',
    interface: 'any',
    side: 'both',
    basis: 'option',
    assumed: false,
    ...point,
  }
  const capture: AnalysedCapture = { ...aCapture({}), points: [base] }
  const context = new AuditContext(cluster, { expected: () => ({}) as never, installed: () => null })
  return new SightingPlacer([capture], context).place(aFlow({ tuple, vantages }))
}

const IN = { sllPacketType: 0 }
const OUT = { sllPacketType: 4 }
const OUTWARD = '10.244.1.10:40000 > 1.1.1.1:443'

describe('SightingPlacer.place() on all devices', () => {
  const rows: [string, string, readonly Partial<Vantage>[], string][] = [
    ['a pod of this node, In', OUTWARD, [IN], 'before'],
    ['a pod of this node, In and Out', OUTWARD, [IN, OUT], 'after'],
    ['a pod of this node, Out to its neighbour', '10.244.1.10:40000 > 10.244.1.11:80', [IN, OUT], 'before'],
    ['a pod of this node, to the node itself', '10.244.1.10:40000 > 172.18.0.2:10250', [IN], 'before'],
    ['a pod of another node, In', '10.244.2.20:40000 > 10.244.1.10:80', [IN], 'after'],
    ['the node, Out', '172.18.0.2:40000 > 1.1.1.1:443', [OUT], 'after'],
    ['the outside, In', '1.1.1.1:40000 > 10.244.1.10:80', [IN], 'after'],
    ['inside a tunnel', OUTWARD, [{ depth: 1 }], 'overlay'],
    ['no direction, and an initial TTL', OUTWARD, [{ minTtlForward: 64 }], 'before'],
    ['no direction, forwarded', OUTWARD, [{ minTtlForward: 63 }], 'both'],
    ['no direction, no TTL', OUTWARD, [{}], 'both'],
  ]
  test.each(rows)('%s', (_, tuple, vantages, side) => {
    expect(place(tuple, {}, vantages).point.side).toBe(side)
  })

  test('interface indices get the names that the node gives them', () => {
    const cluster = clusterOf(FIXTURE, { 'ip-addr-n1.txt': IP_ADDR })
    expect(place(OUTWARD, {}, [{ ...IN, ifindex: 3 }], cluster).point).toMatchObject({
      interface: 'lxc12ab',
      side: 'before',
    })
    expect(
      place(
        OUTWARD,
        {},
        [
          { ...IN, ifindex: 3 },
          { ...OUT, ifindex: 2 },
        ],
        cluster,
      ).point,
    ).toMatchObject({ interface: 'eth0', side: 'after' })
  })
})

describe("SightingPlacer.place() on a pod's link", () => {
  const lxc = { interface: 'lxc12', side: 'before' } as const
  const rows: [string, string, Partial<CapturePoint>, readonly Partial<Vantage>[], string][] = [
    ['the pod itself', OUTWARD, lxc, [{}], 'before'],
    ['a pod of another node, arriving', '10.244.2.20:40000 > 10.244.1.10:80', lxc, [{}], 'after'],
    ['a neighbour on the node', '10.244.1.11:40000 > 10.244.1.10:80', lxc, [{}], 'before'],
    ['the outside, arriving', '1.1.1.1:40000 > 10.244.1.10:80', lxc, [{}], 'after'],
    ['inside the pod, its own', OUTWARD, { kind: 'pod', name: 'default/client', side: 'before' }, [{}], 'before'],
    [
      'inside the pod, a stranger',
      '10.244.2.20:40000 > 10.244.1.10:80',
      { kind: 'pod', name: 'default/client', side: 'before' },
      [{}],
      'after',
    ],
    ['an lxc of an unnamed node, In', OUTWARD, { ...lxc, name: null }, [{ direction: 'in' }], 'before'],
    ['an lxc of an unnamed node, Out', OUTWARD, { ...lxc, name: null }, [{ direction: 'out' }], 'after'],
    ['an lxc of an unnamed node, forwarded', OUTWARD, { ...lxc, name: null }, [{ minTtlForward: 62 }], 'after'],
  ]
  test.each(rows)('%s', (_, tuple, point, vantages, side) => {
    expect(place(tuple, point, vantages).point.side).toBe(side)
  })
})

test('answers have a side of their own', () => {
  const vantages = [
    { ...IN, forwardPackets: 0, reversePackets: 3 },
    { ...OUT, forwardPackets: 0, reversePackets: 3 },
  ]
  expect(place('1.1.1.1:40000 > 10.244.1.10:80', {}, vantages).replySide).toBe('after')
  expect(place('1.1.1.1:40000 > 10.244.1.10:80', {}, [{ ...IN, reversePackets: 0 }]).replySide).toBeNull()
})

test('an assumed point gives way to an initial TTL', () => {
  const assumed = {
    kind: 'unknown',
    name: null,
    interface: null,
    side: 'after',
    basis: 'assumed',
    assumed: true,
  } as const
  expect(place(OUTWARD, assumed, [{ minTtlForward: 64 }]).point.side).toBe('before')
  expect(place(OUTWARD, assumed, [{ minTtlForward: 63 }]).point.side).toBe('after')
})

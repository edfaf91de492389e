import { describe, expect, test } from 'vitest'
import { Attributor } from '../../../src/audit/attribution/attributor.ts'
import type { Attribution } from '../../../src/audit/attribution/vote.ts'
import { AuditContext } from '../../../src/audit/context.ts'
import { type Sighting, SightingPlacer } from '../../../src/audit/sighting.ts'
import type { CapturePoint } from '../../../src/audit/verdict.ts'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { aCluster, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../../support/audit-flows.ts'
import { ON_NODE, OUTSIDE } from '../../support/audit-points.ts'

const NODE_FLOW: FlowFacts = { tuple: '172.18.0.2:40000 > 1.1.1.1:443' }

function attributeAll(
  facts: readonly FlowFacts[],
  point: CapturePoint,
  cluster: ClusterSnapshot = aCluster(FIXTURE),
): Attribution[] {
  const context = new AuditContext(cluster, { expected: () => ({}) as never, installed: () => null })
  const placer = new SightingPlacer([{ ...aCapture({}), points: [point] }], context)
  const sightings: Sighting[] = facts.map((fact, i) => placer.place(aFlow({ id: i + 1, ...fact })))
  const attributor = new Attributor(sightings, context)
  return sightings.map((sighting) => attributor.attribute(sighting))
}
const origins = (...args: Parameters<typeof attributeAll>): string[] =>
  attributeAll(...args).map(({ origin, confidence }) => `${origin} ${confidence}`)

describe('TTL', () => {
  const rows: [string, readonly FlowFacts[], CapturePoint, readonly string[]][] = [
    ['initial at the node', [{ ...NODE_FLOW, ttl: 64 }], ON_NODE, ['host high']],
    ['forwarded at the node', [{ ...NODE_FLOW, ttl: 63 }], ON_NODE, ['pod high']],
    ['two hops, legacy host routing', [{ ...NODE_FLOW, ttl: 62 }], ON_NODE, ['pod high']],
    ['initial, further away', [{ ...NODE_FLOW, ttl: 64 }], OUTSIDE, ['host high']],
    ['one distance only, further away', [{ ...NODE_FLOW, ttl: 60 }], OUTSIDE, ['unknown low']],
    [
      'two distances of one node',
      [
        { ...NODE_FLOW, ttl: 61 },
        { ...NODE_FLOW, ttl: 60 },
      ],
      OUTSIDE,
      ['host medium', 'pod medium'],
    ],
    ['not printed', [NODE_FLOW], ON_NODE, ['unknown low']],
  ]
  test.each(rows)('%s', (_, facts, point, expected) => {
    expect(origins(facts, point)).toEqual(expected)
  })

  test('a tunnel packet of the node gives the baseline', () => {
    const carrier: FlowFacts = { tuple: '172.18.0.2:50000 > 172.18.0.9:8472', protocol: 'udp', ttl: 60 }
    expect(origins([carrier, { ...NODE_FLOW, ttl: 59 }], OUTSIDE)[1]).toBe('pod medium')
    expect(origins([carrier, { ...NODE_FLOW, ttl: 60 }], OUTSIDE)[1]).toBe('host medium')
  })

  test('answers of the node count for its own distance', () => {
    const asked: FlowFacts = { tuple: '1.1.1.1:5000 > 172.18.0.2:22', reverseTtl: 61 }
    expect(origins([asked, { ...NODE_FLOW, ttl: 60 }], OUTSIDE)[1]).toBe('pod medium')
  })

  test('nodes that share a link have no router between them', () => {
    const given = { ...FIXTURE, settings: ['auto-direct-node-routes=true'] }
    const there: CapturePoint = { ...ON_NODE, name: 'n2' }
    expect(origins([{ ...NODE_FLOW, ttl: 63 }], there, aCluster(given))).toEqual(['pod medium'])
    expect(origins([{ ...NODE_FLOW, ttl: 63 }], there)).toEqual(['unknown low'])
  })
})

describe("TTL of the host's own packets into a pod of its node", () => {
  const intoPod: FlowFacts = { tuple: '10.244.1.250:40000 > 10.244.1.10:8080' }
  const inPod: CapturePoint = { ...ON_NODE, interface: 'lxc1', side: 'before' }
  const routed = aCluster({ ...FIXTURE, settings: ['enable-endpoint-routes=true'] })

  test.each([
    [64, 'host high'],
    [63, 'unknown low'],
    [62, 'pod high'],
  ])("%d behind Cilium's local delivery, which takes one off", (ttl, expected) => {
    expect(origins([{ ...intoPod, ttl }], inPod)).toEqual([expected])
  })

  test('63 with endpoint routes was forwarded', () => {
    expect(origins([{ ...intoPod, ttl: 63 }], inPod, routed)).toEqual(['pod high'])
  })
})

describe('recorded translations', () => {
  const nat = 'TCP OUT 10.244.1.10:40000 -> 1.1.1.1:443 XLATE_SRC 172.18.0.2:40000 Created=100sec ago NeedsCT=0\n'
  const cluster = clusterOf(FIXTURE, { 'bpf-nat-list-n1.txt': `root@n1:/# cilium-dbg bpf nat list\n${nat}` })
  test('name the pod', () => {
    const [found] = attributeAll([NODE_FLOW], OUTSIDE, cluster)
    expect(found).toMatchObject({ origin: 'pod', confidence: 'high', original: { ip: '10.244.1.10', port: 40000 } })
    expect(found?.evidence[0]).toMatchObject({ kind: 'nat-table' })
  })

  test('another tuple is not in them, which says nothing', () => {
    expect(origins([{ tuple: '172.18.0.2:40001 > 1.1.1.1:443' }], OUTSIDE, cluster)).toEqual(['unknown low'])
  })
})

describe('source ports', () => {
  const rows: [number, 'bpf' | 'iptables', string][] = [
    [32767, 'bpf', 'host high'],
    [32768, 'bpf', 'unknown low'],
    [60999, 'bpf', 'unknown low'],
    [61000, 'bpf', 'pod low'],
    [1024, 'iptables', 'unknown low'],
    [65000, 'iptables', 'unknown low'],
  ]
  test.each(rows)('%d under %s', (port, masquerade, expected) => {
    expect(
      origins([{ tuple: `172.18.0.2:${port} > 1.1.1.1:443` }], OUTSIDE, aCluster({ ...FIXTURE, masquerade })),
    ).toEqual([expected])
  })

  test('the floor moves with node-port-range', () => {
    const cluster = aCluster({ ...FIXTURE, settings: ['node-port-range=30000,40000'] })
    expect(origins([{ tuple: '172.18.0.2:39999 > 1.1.1.1:443' }], OUTSIDE, cluster)).toEqual(['host high'])
  })
})

describe('MSS', () => {
  const tunnel = aCluster({ ...FIXTURE, routing: 'tunnel' })
  test.each([
    [1460, 'host low'],
    [1410, 'pod low'],
    [1400, 'unknown low'],
  ])('%d in tunnel routing', (mss, expected) => {
    expect(origins([{ ...NODE_FLOW, mss }], OUTSIDE, tunnel)).toEqual([expected])
  })

  test.each([
    ['native', 'enable-wireguard=true', 1365, 'pod low'],
    ['native', 'enable-ipsec=true', 1383, 'pod low'],
    ['tunnel', 'enable-ipsec=true', 1333, 'pod low'],
    ['tunnel', 'enable-ipsec=true', 1410, 'unknown low'],
    ['tunnel', 'enable-wireguard=true', 1460, 'host low'],
  ] as const)('%s routing, %s: %d', (routing, setting, mss, expected) => {
    const cluster = aCluster({ ...FIXTURE, routing, settings: [setting] })
    expect(origins([{ ...NODE_FLOW, mss }], OUTSIDE, cluster)).toEqual([expected])
  })

  test("weighs more where the node's own device tells the MTU", () => {
    const ipAddr =
      '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 9000 state UP\n    link/ether 02:42:ac:12:00:02\n    inet 172.18.0.2/16 scope global eth0\n       valid_lft forever\n'
    const cluster = clusterOf({ ...FIXTURE, routing: 'tunnel' }, { 'ip-addr-n1.txt': ipAddr })
    expect(origins([{ ...NODE_FLOW, mss: 8960 }], OUTSIDE, cluster)).toEqual(['host medium'])
    expect(origins([{ ...NODE_FLOW, mss: 8910 }], OUTSIDE, cluster)).toEqual(['pod medium'])
    expect(origins([{ ...NODE_FLOW, mss: 1460 }], OUTSIDE, cluster)).toEqual(['unknown low'])
  })

  test('says nothing under native routing', () => {
    expect(origins([{ ...NODE_FLOW, mss: 1460 }], OUTSIDE)).toEqual(['unknown low'])
  })
})

describe('TCP timestamp clocks', () => {
  const clock = (offset: number, at: number): Pick<FlowFacts, 'at' | 'clock'> => ({ at, clock: offset })
  const pod = (offset: number, at: number): FlowFacts => ({
    tuple: `10.244.1.10:4${at}000 > 9.9.9.9:80`,
    ttl: 64,
    ...clock(offset, at),
  })
  const host: FlowFacts = { tuple: '172.18.0.2:1000 > 1.1.1.1:443', ...clock(500, 1) }

  test('speak where a pod in the capture calibrates them', () => {
    const flows = [
      pod(77, 1),
      pod(77, 3),
      host,
      { ...NODE_FLOW, ...clock(500, 4) },
      { ...NODE_FLOW, ...clock(90_000, 5) },
    ]
    expect(origins(flows, OUTSIDE).slice(3)).toEqual(['host medium', 'pod medium'])
  })

  test('are silent where every connection of one pod has a clock of its own', () => {
    const flows = [pod(77, 1), pod(99_000, 3), host, { ...NODE_FLOW, ...clock(90_000, 5) }]
    expect(origins(flows, OUTSIDE)[3]).toBe('unknown low')
  })

  test('are silent where all pods run on one clock', () => {
    const other: FlowFacts = { tuple: '10.244.1.11:40000 > 9.9.9.9:80', ttl: 64, ...clock(77, 2) }
    const flows = [pod(77, 1), pod(77, 3), other, host, { ...NODE_FLOW, ...clock(90_000, 5) }]
    expect(origins(flows, OUTSIDE)[4]).toBe('unknown low')
  })

  test('are silent without any pod', () => {
    expect(origins([host, { ...NODE_FLOW, ...clock(90_000, 5) }], OUTSIDE)[1]).toBe('unknown low')
  })
})

import { describe, expect, test } from 'vitest'
import { AuditContext } from '../../src/audit/context.ts'
import { resolvePoints } from '../../src/audit/point.ts'
import type { PointClaim } from '../../src/audit/point-claim.ts'
import { readHints } from '../../src/audit/point-hints.ts'
import type { CapturePoint } from '../../src/audit/verdict.ts'
import type { CaptureInterface } from '../../src/capture/record.ts'
import { aCluster, FIXTURE } from '../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../support/audit-flows.ts'

const CONTEXT = new AuditContext(aCluster(FIXTURE), {
  expected: () => {
    throw new Error('not asked')
  },
  installed: () => null,
})

function pointsOf(
  interfaces: readonly Partial<CaptureInterface>[],
  options: { declared?: PointClaim; flows?: readonly FlowFacts[]; name?: string } = {},
): CapturePoint[] {
  const capture = aCapture({ name: options.name ?? 'capture.pcap', interfaces })
  const flows = (options.flows ?? []).map(aFlow)
  const [hints] = readHints([capture], flows, CONTEXT)
  if (hints === undefined) throw new Error('no hints')
  return resolvePoints(capture, options.declared ?? null, hints, CONTEXT)
}

const one = (...args: Parameters<typeof pointsOf>): CapturePoint | undefined => pointsOf(...args)[0]
const POD_OUT: FlowFacts = { tuple: '10.244.1.10:40000 > 1.1.1.1:443' }

describe('resolvePoints(), strongest source first', () => {
  test('what was declared wins over the prompt', () => {
    const declared: PointClaim = { kind: 'node', name: 'n1', interface: 'lxc12', basis: 'option' }
    expect(one([{ name: 'eth0', host: 'n2' }], { declared })).toEqual({
      kind: 'node',
      name: 'n1',
      interface: 'lxc12',
      side: 'before',
      basis: 'option',
      assumed: false,
    })
  })

  const prompts: [string, Partial<CaptureInterface>, Partial<CapturePoint>][] = [
    ['a node', { name: 'eth0', host: 'n1' }, { kind: 'node', name: 'n1', side: 'after' }],
    ['a node by its full name', { name: 'eth0', host: 'n1.example.com' }, { kind: 'node', name: 'n1' }],
    ['a node, all devices', { name: 'any', host: 'n1' }, { kind: 'node', side: 'both' }],
    ['a node, a pod link', { name: 'lxc12', host: 'n1' }, { kind: 'node', side: 'before' }],
    ['a node, the overlay', { name: 'cilium_vxlan', host: 'n1' }, { kind: 'node', side: 'overlay' }],
    ['a pod', { name: 'eth0', host: 'client' }, { kind: 'pod', name: 'default/client', side: 'before' }],
    [
      'nobody of the cluster',
      { name: 'eth0', host: '49b71dac045f' },
      { kind: 'external', name: '49b71dac045f', side: 'after' },
    ],
    [
      'kubectl exec into a pod',
      { host: 'laptop', name: 'eth0', command: 'kubectl exec -it -n web shop -- tcpdump -i eth0' },
      { kind: 'pod', name: 'web/shop' },
    ],
    [
      'kubectl exec into a listed pod',
      { host: 'laptop', name: 'eth0', command: 'kubectl exec client -c app -- tcpdump' },
      { kind: 'pod', name: 'default/client' },
    ],
    [
      'docker exec into a kind node',
      { host: 'laptop', name: 'eth0', command: 'docker exec -it n2 tcpdump -i eth0' },
      { kind: 'node', name: 'n2' },
    ],
  ]
  test.each(prompts)('a prompt of %s', (_, captured, point) => {
    expect(one([captured])).toMatchObject({ ...point, basis: 'prompt', assumed: false })
  })

  test('a host of an unknown name is no outside host where its packets show a node', () => {
    const flows = [{ tuple: '172.18.0.2:40000 > 1.1.1.1:443', vantages: [{ sllPacketType: 4 }] }]
    expect(one([{ name: 'any', linkType: 276, host: 'ip-10-0-0-1' }], { flows })).toMatchObject({
      kind: 'node',
      name: 'n1',
      side: 'both',
    })
  })

  test('a command that enters another namespace says nothing of the prompt', () => {
    expect(one([{ name: 'eth0', host: 'n1', command: 'nsenter -t 4711 -n tcpdump -i eth0' }])).toMatchObject({
      kind: 'unknown',
      assumed: true,
    })
  })

  test('a device that only nodes have tells the machine for all interfaces of the file', () => {
    const points = pointsOf([{ name: 'eth0' }, { name: 'lxc12' }, { name: 'cilium_vxlan' }])
    expect(points.map(({ kind, side, basis }) => [kind, side, basis])).toEqual([
      ['node', 'after', 'interface'],
      ['node', 'before', 'interface'],
      ['node', 'overlay', 'interface'],
    ])
  })

  test('packets of a node on their way out name it', () => {
    const flows = [{ tuple: '172.18.0.2:40000 > 1.1.1.1:443', vantages: [{ direction: 'out' as const }] }]
    expect(one([{ linkType: 1 }], { flows })).toMatchObject({ kind: 'node', name: 'n1', basis: 'addresses' })
  })

  test('one pod in every flow, unforwarded, is a capture in that pod', () => {
    const flows = [
      { ...POD_OUT, ttl: 64 },
      { tuple: '10.244.1.10:40001 > 10.244.2.20:80', ttl: 64 },
    ]
    expect(one([{}], { flows })).toMatchObject({
      kind: 'pod',
      name: 'default/client',
      side: 'before',
      basis: 'addresses',
    })
  })

  const names: [string, Partial<CapturePoint>][] = [
    [
      'dump/default_client_eth0.pcapng',
      { kind: 'pod', name: 'default/client', interface: 'eth0', side: 'before', basis: 'file-name' },
    ],
    ['retina-server-1750000000.pcap', { kind: 'pod', name: 'default/server', basis: 'file-name' }],
    ['servers.pcap', { kind: 'unknown', basis: 'assumed' }],
  ]
  test.each(names)('the file name %s', (name, point) => {
    expect(one([{}], { name })).toMatchObject(point)
  })

  test('TTLs tell the side where nothing tells the place', () => {
    const other = { tuple: '10.244.2.20:40001 > 1.1.1.1:80' }
    expect(
      one([{}], {
        flows: [
          { ...POD_OUT, ttl: 63 },
          { ...other, ttl: 62 },
        ],
      }),
    ).toMatchObject({ kind: 'unknown', side: 'after', basis: 'ttl', assumed: false })
    expect(
      one([{}], {
        flows: [
          { ...POD_OUT, ttl: 64 },
          { ...other, ttl: 64 },
        ],
      }),
    ).toMatchObject({ kind: 'unknown', side: 'before', basis: 'ttl' })
  })

  test('nothing at all: past the SNAT point, and said to be assumed', () => {
    expect(one([{}], { flows: [POD_OUT] })).toEqual({
      kind: 'unknown',
      name: null,
      interface: null,
      side: 'after',
      basis: 'assumed',
      assumed: true,
    })
    expect(one([])).toMatchObject({ side: 'after', assumed: true })
  })
})

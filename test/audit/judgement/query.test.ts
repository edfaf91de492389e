import { describe, expect, test } from 'vitest'
import { backendsOf, decideOnTheWay, queryOf } from '../../../src/audit/judgement/query.ts'
import type { CapturePoint } from '../../../src/audit/verdict.ts'
import { judged } from '../../support/audit-causes.ts'
import { aService, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow } from '../../support/audit-flows.ts'
import { aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const FLOW = aFlow({ tuple: '172.18.0.2:40000 > 1.1.1.1:443' })
const POINT: CapturePoint = { kind: 'node', name: 'n1', interface: 'eth0', side: 'after', basis: '', assumed: false }

describe('queryOf()', () => {
  test("asks about the opener's packet before translation", () => {
    expect(queryOf(FLOW, { source: '10.244.1.10', node: 'n1', point: POINT })).toMatchObject({
      source: '10.244.1.10',
      destination: '1.1.1.1',
      sourcePort: 40000,
      destinationPort: 443,
      node: 'n1',
      outInterface: 'eth0',
      isReply: false,
    })
  })

  test('of a reply turns the parties round', () => {
    expect(queryOf(FLOW, { source: '1.1.1.1', node: null, isReply: true })).toMatchObject({
      source: '1.1.1.1',
      destination: '172.18.0.2',
      sourcePort: 443,
      destinationPort: 40000,
    })
  })

  test.each<[string, Partial<CapturePoint>]>([
    ['another node shows it', { name: 'n2' }],
    ['it is before the SNAT point', { side: 'before' }],
    ['the capture holds all devices', { interface: 'any' }],
    ['it was taken outside', { kind: 'external' }],
  ])('the device is not known where %s', (_, facts) => {
    const query = queryOf(FLOW, { source: '10.244.1.10', node: 'n1', point: { ...POINT, ...facts } })
    expect(query.outInterface).toBeNull()
  })

  test.each([
    ['icmp', 8, 0],
    ['icmpv6', 128, 129],
    ['icmp', 13, 13],
  ] as const)('the answer to %s type %i is type %i', (protocol, type, answer) => {
    const echo = aFlow({ tuple: '10.0.0.1 > 1.1.1.1', protocol, icmp: { type, code: 0, id: 1 } })
    expect(queryOf(echo, { source: '10.0.0.1', node: null }).icmpType).toBe(type)
    expect(queryOf(echo, { source: '1.1.1.1', node: null, isReply: true }).icmpType).toBe(answer)
  })
})

test('decideOnTheWay() lets the gateway that a packet is steered to decide last', () => {
  const cluster = clusterOf(
    { masquerade: 'bpf', routing: 'tunnel' },
    {
      'config.json': ciliumConfig({ 'enable-ipv4-egress-gateway': 'true', 'kube-proxy-replacement': 'true' }),
      'objects.json': list(
        aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
        aNode('gw', ['172.18.0.3'], ['10.244.2.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.244.1.10'),
        anEgressPolicy(['0.0.0.0/0'], '33.44.55.25'),
      ),
    },
  )
  const query = queryOf(FLOW, { source: '10.244.1.10', node: 'n1' })
  const { context } = judged(cluster, [])
  expect(context.expected(query)).toMatchObject({ rule: 'egress-gateway-redirect', continuesAt: 'gw' })
  expect(decideOnTheWay(query, context)).toMatchObject({ action: 'egress-gateway', node: 'gw', address: '33.44.55.25' })
})

test('backendsOf() lists what a service address stands for, each once and of its family', () => {
  const backends = ['10.244.2.20', '10.244.1.10', '10.244.2.20']
  const { context } = judged(clusterOf(FIXTURE, { 'svc.json': aService({ name: 'web', port: 80, backends }) }), [])
  expect([...backendsOf(context.identify('10.96.0.50'), context)].sort()).toEqual(['10.244.1.10', '10.244.2.20'])
  expect(backendsOf(context.identify('10.96.0.51'), context)).toEqual([])
})

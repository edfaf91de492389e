import { describe, expect, test } from 'vitest'
import { AuditContext } from '../../src/audit/context.ts'
import { type CaptureHints, readHints } from '../../src/audit/point-hints.ts'
import { decide } from '../../src/masquerade/decide.ts'
import { aCluster, aService, clusterOf, FIXTURE } from '../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../support/audit-flows.ts'

const CLUSTER = clusterOf(FIXTURE, { 'svc.json': aService({ name: 'web', port: 80, backends: ['10.244.2.20'] }) })

function hints(flows: readonly FlowFacts[], cluster = CLUSTER): CaptureHints {
  const context = new AuditContext(cluster, { expected: decide, installed: () => null })
  const [only] = readHints([aCapture({})], flows.map(aFlow), context)
  if (only === undefined) throw new Error('no hints')
  return only
}

const OUT = { vantages: [{ direction: 'out' as const }] }
const IN = { vantages: [{ direction: 'in' as const }] }

describe('readHints() tells the machine by whose packets leave there', () => {
  const rows: [string, FlowFacts, string | null][] = [
    ['a node sends its own', { tuple: '172.18.0.2:40000 > 1.1.1.1:443', ...OUT }, 'n1'],
    ['SLL says "sent by us"', { tuple: '172.18.0.2:40000 > 1.1.1.1:443', vantages: [{ sllPacketType: 4 }] }, 'n1'],
    ["a node's packets come in", { tuple: '172.18.0.2:40000 > 172.18.0.3:10250', ...IN }, null],
    ['nothing tells the way', { tuple: '172.18.0.2:40000 > 1.1.1.1:443' }, null],
    // What n1 sends to a pod of n2 leaves n2 once more, by the pod's link: one hop further on.
    ["to another node's pod, forwarded", { tuple: '172.18.0.2:40000 > 10.244.2.20:80', ttl: 63, ...OUT }, null],
    ["to another node's pod, as sent", { tuple: '172.18.0.2:40000 > 10.244.2.20:80', ttl: 64, ...OUT }, 'n1'],
  ]
  test.each(rows)('%s', (_, flow, node) => {
    const { place } = hints([flow])
    expect(place).toEqual(node === null ? null : { kind: 'node', name: node, interface: null, basis: 'addresses' })
  })

  test('the node with most, where several show', () => {
    const own = (ip: string, port: number): FlowFacts => ({ tuple: `${ip}:${port} > 1.1.1.1:443`, ...OUT })
    expect(hints([own('172.18.0.3', 1), own('172.18.0.2', 2), own('172.18.0.2', 3)]).node).toBe('n1')
    expect(hints([own('172.18.0.3', 1), own('172.18.0.2', 2)])).toMatchObject({ node: null, place: null })
  })
})

describe('readHints() tells a pod by its address in every flow, where only its own side shows such packets', () => {
  const pod = { kind: 'pod', name: 'default/client', interface: null, basis: 'addresses' }
  const rows: [string, readonly FlowFacts[], object | null][] = [
    ['packets nobody forwarded', [{ tuple: '10.244.1.10:1 > 1.1.1.1:443', ttl: 64 }], pod],
    ['calls of a service address', [{ tuple: '10.244.1.10:1 > 10.96.0.50:80' }], pod],
    ['calls of its own node', [{ tuple: '10.244.1.10:1 > 172.18.0.2:10250' }], pod],
    ['forwarded packets', [{ tuple: '10.244.1.10:1 > 1.1.1.1:443', ttl: 63 }], null],
    ['no TTL, and calls that leave the node', [{ tuple: '10.244.1.10:1 > 1.1.1.1:443' }], null],
    [
      'a flow without it',
      [
        { tuple: '10.244.1.10:1 > 1.1.1.1:443', ttl: 64 },
        { tuple: '8.8.8.8:2 > 1.1.1.1:443', ttl: 64 },
      ],
      null,
    ],
    ['two pods in every flow', [{ tuple: '10.244.1.10:1 > 10.244.2.20:80', ttl: 64 }], null],
  ]
  test.each(rows)('%s', (_, flows, place) => {
    expect(hints(flows).place).toEqual(place)
  })
})

describe("readHints() tells whether pods' packets had been forwarded", () => {
  const at = (ttl: number | null, port = 1): FlowFacts => ({ tuple: `10.244.1.10:${port} > 1.1.1.1:443`, ttl })
  test.each<[string, readonly FlowFacts[], CaptureHints['podHops']]>([
    ['initial TTL', [at(64)], 'none'],
    ['one less', [at(63)], 'some'],
    ['both', [at(64), at(63, 2)], 'mixed'],
    ['no TTL', [at(null)], 'unknown'],
    ['no pods', [{ tuple: '8.8.8.8:1 > 1.1.1.1:443', ttl: 64 }], 'unknown'],
    [
      'inside a tunnel only',
      [{ ...at(63), tunnel: { kind: 'vxlan', vni: 1, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' } }],
      'unknown',
    ],
  ])('%s', (_, flows, expected) => {
    expect(hints(flows).podHops).toBe(expected)
  })
})

test('readHints() keeps captures apart', () => {
  const context = new AuditContext(aCluster(FIXTURE), { expected: decide, installed: () => null })
  const flows = [
    aFlow({ capture: 0, tuple: '172.18.0.2:1 > 1.1.1.1:443', ...OUT }),
    aFlow({ capture: 1, tuple: '172.18.0.3:1 > 1.1.1.1:443', ...OUT }),
  ]
  const read = readHints([aCapture({}), aCapture({ index: 1 }), aCapture({ index: 2 })], flows, context)
  expect(read.map(({ node }) => node)).toEqual(['n1', 'n2', null])
})

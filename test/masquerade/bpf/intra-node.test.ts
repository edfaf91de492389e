import { describe, expect, test } from 'vitest'
import { ask, askRows, N1, OTHER_POD, POD } from '../../support/masquerade-ask.ts'

describe('intra-node', () => {
  askRows([
    ['pod of the same node', { destination: '10.244.1.11', outInterface: 'lxc1' }, 'preserve intra-node'],
    ['pod of another node', { destination: OTHER_POD }, 'preserve exclusion-cidr'],
    ['address of the own node', { destination: '172.18.0.2', outInterface: null }, 'preserve intra-node'],
    ['second card of the own node, which only ip addr shows', { destination: '192.168.77.2' }, 'preserve intra-node'],
    ['cilium_host of the own node', { destination: '10.244.1.250' }, 'preserve intra-node'],
    ['loopback', { destination: '127.0.0.1' }, 'preserve intra-node'],
    ['the host to a local pod', { source: '172.18.0.2', destination: POD }, 'preserve intra-node'],
    ['127.0.0.1 to a local pod', { source: '127.0.0.1', destination: POD, node: null }, 'preserve intra-node'],
    [
      'the outside to a pod, at the node that delivers',
      { source: '1.1.1.1', destination: POD, node: null },
      'preserve intra-node',
    ],
  ])

  test('a pod of which the node is not known may be on the same one, which changes nothing', () => {
    const decision = ask({
      node: null,
      source: '10.9.0.7',
      destination: OTHER_POD,
      cluster: { pods: [{ name: 'a/b', ip: '10.9.0.7', node: null }] },
    })
    expect(decision).toMatchObject({ action: 'preserve', node: null })
    expect(decision.trace.find((step) => step.rule === 'intra-node')?.detail).toMatch(/cannot be told/)
  })

  test('names the node that delivers', () => {
    expect(ask({ source: '1.1.1.1', destination: POD, node: null }).node).toBe(N1.name)
  })
})

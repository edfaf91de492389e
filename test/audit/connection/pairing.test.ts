import { describe, expect, test } from 'vitest'
import type { FlowGroup } from '../../../src/audit/connection/connections.ts'
import { pairSightings } from '../../../src/audit/connection/pairing.ts'
import type { Sighting } from '../../../src/audit/sighting.ts'
import type { Identity } from '../../../src/cluster/address-book.ts'
import { aFlow } from '../../support/audit-flows.ts'

const GROUP: FlowGroup = { id: 'c1', members: [0, 1], confidence: 'high', answers: [] }

function sighting(ip: string, kind: Identity['kind'], side: Sighting['point']['side']): Sighting {
  const identity = (address: string, its: Identity['kind']): Identity => ({
    ip: address,
    kind: its,
    name: null,
    node: null,
    basis: '',
    source: null,
  })
  return {
    flow: aFlow({ tuple: `${ip}:1 > 1.1.1.1:2` }),
    source: identity(ip, kind),
    destination: identity('1.1.1.1', 'external'),
    point: { kind: 'node', name: 'n1', interface: null, side, basis: 'option', assumed: false },
    replySide: null,
  }
}

describe('pairSightings()', () => {
  test('the pod is the original, wherever and whenever it was seen', () => {
    const node = sighting('172.18.0.2', 'node', 'after')
    const pod = sighting('10.244.1.10', 'pod', 'after')
    expect(pairSightings(GROUP, [node, pod])).toMatchObject({ original: pod, translated: [node], unchanged: [] })
  })

  test('a client outside is, where a node forwards it', () => {
    const client = sighting('4.4.4.4', 'external', 'after')
    const node = sighting('172.18.0.2', 'node', 'after')
    expect(pairSightings(GROUP, [node, client])?.original).toBe(client)
  })

  test('of several under one address the nearest to the origin', () => {
    const far = sighting('10.244.1.10', 'pod', 'after')
    const near = sighting('10.244.1.10', 'pod', 'before')
    expect(pairSightings(GROUP, [far, near])).toMatchObject({ original: near, translated: [], unchanged: [far] })
  })

  test('nothing of nothing', () => {
    expect(pairSightings(GROUP, [])).toBeNull()
  })
})

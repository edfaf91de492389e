import { describe, expect, test } from 'vitest'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { NODE_ETH0, play, words } from '../../support/audit-incident.ts'

const MISSING = 'contradiction MASQUERADE_MISSING'
const kept: FlowFacts = { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, ttl: 63, answered: false }
const translated: FlowFacts = { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, ttl: 63 }
const atDevices = (first: string, second: string) => ({
  interfaces: [
    { name: first, host: 'n1' },
    { name: second, host: 'n1' },
  ],
})

describe('a connection with the pod address and the node address past the SNAT point', () => {
  test('another packet of it, a second later at the same device: the first left untranslated', () => {
    const analysis = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [kept, { ...translated, at: 1 }])
    expect(words(analysis)).toEqual([MISSING, 'consistent'])
  })

  test("the same packet, at a VLAN's device and its parent: translated on the way between them", () => {
    const analysis = play(
      aCluster(FIXTURE),
      [atDevices('eth0.100', 'eth0')],
      [kept, { ...translated, at: 0.00005, vantages: [{ interfaceIndex: 1 }] }],
    )
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
  })

  test('the same packet at one device: a copy before the program and one behind it', () => {
    const analysis = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [kept, { ...translated, at: 0.00005 }])
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
  })
})

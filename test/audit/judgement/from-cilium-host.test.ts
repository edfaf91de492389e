import { describe, expect, test } from 'vitest'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { NODE_ETH0, NOWHERE, OUTSIDE, play, words } from '../../support/audit-incident.ts'

const LEAKED = 'contradiction CILIUM_HOST_LEAKED'
const OUTWARD = '10.244.1.250:40000 > 1.1.1.1:443'

describe('the cilium_host address outside the cluster', () => {
  test.each([
    ["on the node's device", NODE_ETH0('n1')],
    ['beyond it', OUTSIDE],
  ])('%s leaked: nobody out there can answer', (_, capture) => {
    const analysis = play(aCluster(FIXTURE), [capture], [{ tuple: OUTWARD, ttl: 63 }])
    expect(words(analysis)).toEqual([LEAKED])
    expect(analysis.verdicts[0]?.because[0]).toContain('the cilium_host address of n1')
    expect(analysis.verdicts[0]?.because[0]).toContain('expected 172.18.0.2')
    expect(analysis.verdicts[0]?.observed).toMatchObject({ address: '10.244.1.250', confidence: 'high' })
  })

  test('at an assumed place is low in confidence', () => {
    const [verdict] = play(aCluster(FIXTURE), [NOWHERE], [{ tuple: OUTWARD, ttl: 62 }]).verdicts
    expect(verdict).toMatchObject({ code: 'CILIUM_HOST_LEAKED', observed: { confidence: 'low' } })
  })

  test('stays open where the settings translate nothing', () => {
    const analysis = play(aCluster({ ...FIXTURE, masquerade: 'off' }), [NODE_ETH0('n1')], [{ tuple: OUTWARD, ttl: 63 }])
    expect(words(analysis)).toEqual(['inconclusive'])
    expect(analysis.verdicts[0]?.because.at(-1)).toContain('who chose the address is open')
  })
})

describe('the cilium_host address inside the cluster', () => {
  const lxc = { interfaces: [{ name: 'lxc12', host: 'n1' }] }
  const probe = (ttl: number, settings: readonly string[] = []) =>
    play(aCluster({ ...FIXTURE, settings }), [lxc], [{ tuple: '10.244.1.250:40000 > 10.244.1.10:8080', ttl }])

  test('towards a pod of another node is the host itself', () => {
    const flow = { tuple: '10.244.1.250:40000 > 10.244.2.20:80', ttl: 64 }
    expect(words(play(aCluster(FIXTURE), [NODE_ETH0('n1')], [flow]))).toEqual(['consistent'])
  })

  test.each([64, 63])('a probe of the own pod, TTL %d, is the host itself', (ttl) => {
    expect(words(probe(ttl))).toEqual(['consistent'])
  })

  test("a forwarded packet took its client's address where BPF balances alone", () => {
    const analysis = probe(62, ['kube-proxy-replacement=true'])
    expect(words(analysis)).toEqual(['contradiction NODE_SNAT_UNEXPECTED'])
    expect(analysis.verdicts[0]?.because[0]).toContain('the node forwarded this packet')
  })

  test('a forwarded packet stays open where kube-proxy may have balanced it', () => {
    expect(words(probe(62, ['kube-proxy-replacement=false']))).toEqual(['inconclusive'])
  })
})

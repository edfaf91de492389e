import { describe, expect, test } from 'vitest'
import { mssVote } from '../../../src/audit/attribution/mss.ts'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow } from '../../support/audit-flows.ts'

const TUNNEL: GivenFacts = { ...FIXTURE, routing: 'tunnel' }
const eth0 = (mtu: number): string =>
  JSON.stringify([
    {
      ifindex: 2,
      ifname: 'eth0',
      mtu,
      operstate: 'UP',
      addr_info: [{ family: 'inet', local: '172.18.0.2', prefixlen: 16, scope: 'global' }],
    },
  ])

function vote(given: GivenFacts, mss: number | null, mtu: number | null = 1500, v6 = false) {
  const cluster = clusterOf(given, mtu === null ? {} : { 'n1/ip-addr.json': eth0(mtu) })
  const tuple = v6 ? '[fd00::2]:40000 > [fd00::9]:443' : '172.18.0.2:40000 > 1.1.1.1:443'
  return mssVote(aFlow({ tuple, mss }), cluster.nodesByName.get('n1'), cluster.settingsFor('n1'))
}

describe('mssVote() in a tunnelled cluster', () => {
  // 1500 less 40 octets of IPv4 and TCP headers is the host's; 50 more go to the outer headers of a pod (§9.2).
  test.each([
    ['all of the MTU', 1460, 'host'],
    ['room for the tunnel', 1410, 'pod'],
  ])('%s', (_, mss, says) => {
    expect(vote(TUNNEL, mss)).toMatchObject({ says, evidence: { kind: 'mss', confidence: 'medium' } })
  })

  test.each([1459, 1411, 1409, 536])('a value that fits neither is silent: %i', (mss) => {
    expect(vote(TUNNEL, mss)).toBeNull()
  })

  test('goes by the MTU of the device, and by headers of the family', () => {
    expect(vote(TUNNEL, 8910, 9000)?.says).toBe('pod')
    expect(vote(TUNNEL, 1410, 9000)).toBeNull()
    expect(vote(TUNNEL, 1440, 1500, true)?.says).toBe('host')
  })

  test('is of low confidence where the MTU is a guess', () => {
    expect(vote(TUNNEL, 1410, null)?.evidence.confidence).toBe('low')
  })
})

test.each<[string, GivenFacts, number, string | undefined]>([
  ['nothing in native routing', FIXTURE, 1410, undefined],
  ['WireGuard takes 95', { ...FIXTURE, settings: ['enable-wireguard=true'] }, 1365, 'pod'],
  ['WireGuard with a tunnel inside takes 145', { ...TUNNEL, settings: ['enable-wireguard=true'] }, 1315, 'pod'],
  ['IPsec takes 77', { ...FIXTURE, settings: ['enable-ipsec=true'] }, 1383, 'pod'],
])('mssVote(): %s', (_, given, mss, says) => {
  expect(vote(given, mss)?.says).toBe(says)
})

test('mssVote() is silent without an MSS', () => {
  expect(vote(TUNNEL, null)).toBeNull()
})

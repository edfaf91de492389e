import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { ipFamily } from '../../../src/core/ip.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { decide } from '../../../src/masquerade/decide.ts'
import type { PacketQuery } from '../../../src/masquerade/decision.ts'
import { decideInstalled } from '../../../src/masquerade/installed/decide-installed.ts'
import { wouldInstall } from '../../../src/masquerade/installed/would-install.ts'
import { buildCluster, type ClusterSpec, type NodeSpec } from '../../support/masquerade-cluster.ts'
import { FEEDER, ipset, iptablesDump, natTable } from '../../support/masquerade-dumps.ts'
import fc from '../../support/property.ts'

const SEED = resolve(import.meta.dirname, '../../../../shared/samples/seed/cilium-post-nat.rules')

const WORKER: NodeSpec = {
  name: 'kind-worker',
  internalIP: '172.17.0.4',
  internalIPv6: 'fc00:f853:ccd:e793::4',
  ciliumHostIP: '10.244.2.122',
  ciliumHostIPv6: 'fd00:10:244:2::7a',
  podCIDRs: ['10.244.2.0/24', 'fd00:10:244:2::/64', '10.244.9.0/24'],
  interfaces: { eth0: ['172.17.0.4/16', 'fc00:f853:ccd:e793::4/64'], eth1: ['192.168.77.4/24'] },
  routes: [
    { dst: 'default', dev: 'eth0', via: '172.17.0.1', src: '172.17.0.4' },
    { dst: '192.168.77.0/24', dev: 'eth1', src: '192.168.77.4' },
    { dst: '172.17.0.0/16', dev: 'eth0' },
  ],
}
const OTHER: NodeSpec = {
  name: 'kind-worker2',
  internalIP: '172.17.0.3',
  externalIP: '35.190.10.12',
  internalIPv6: 'fc00:f853:ccd:e793::3',
  ciliumHostIP: '10.244.1.61',
  ciliumHostIPv6: 'fd00:10:244:1::3d',
  podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
}
const NATIVE = {
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.244.0.0/16',
  'enable-endpoint-routes': 'true',
}

describe('wouldInstall()', () => {
  test.skipIf(!existsSync(SEED))('writes the four rules of the seed word for word (skipped without ../shared)', () => {
    const cluster = buildCluster({ version: '1.17', config: NATIVE, nodes: [WORKER, OTHER] })
    const lines = readFileSync(SEED, 'utf8').trim().split('\n')
    expect(wouldInstall(cluster, 'kind-worker', 4)).toEqual({ rules: lines, missing: [] })
  })

  const chain = (config: Record<string, string>, version = '1.17'): readonly string[] =>
    wouldInstall(buildCluster({ version, config, nodes: [WORKER, OTHER] }), 'kind-worker', 4).rules.map((rule) =>
      rule.replace('-A CILIUM_POST_nat ', '').replace(/ -m comment --comment "[^"]*"/, ''),
    )

  test('tunnel routing has no ipset rule, and has the host-to-cluster and hairpin rules', () => {
    expect(chain({ 'routing-mode': 'tunnel' })).toEqual([
      '-s 10.244.2.0/24 ! -d 10.244.2.0/24 ! -o cilium_+ -j MASQUERADE',
      '-m mark --mark 0xa00/0xe00 -j ACCEPT',
      '! -s 10.244.2.0/24 ! -d 10.244.2.0/24 -o cilium_host -j SNAT --to-source 10.244.2.122',
      '-s 127.0.0.1/32 -o cilium_host -j SNAT --to-source 10.244.2.122',
      '-o cilium_host -m mark --mark 0xf00/0xf00 -m conntrack --ctstate DNAT -j SNAT --to-source 10.244.2.122',
    ])
  })

  test('several egress interfaces give a rule each since 1.17, and one name before', () => {
    const config = { ...NATIVE, 'egress-masquerade-interfaces': 'eth0 eth1', 'iptables-random-fully': 'true' }
    expect(chain(config).slice(0, 4)).toEqual([
      '-o eth0 -m set --match-set cilium_node_set_v4 dst -j ACCEPT',
      '-o eth1 -m set --match-set cilium_node_set_v4 dst -j ACCEPT',
      '! -d 10.244.0.0/16 -o eth0 -j MASQUERADE --random-fully',
      '! -d 10.244.0.0/16 -o eth1 -j MASQUERADE --random-fully',
    ])
    expect(chain(config, '1.16')).toEqual([])
    expect(chain(config, '1.16.4')[1]).toBe('! -d 10.244.0.0/16 -o eth0,eth1 -j MASQUERADE --random-fully')
    expect(chain(config, '1.12')[0]).toBe('-s 10.244.2.0/24 -m set --match-set cilium_node_set_v4 dst -j ACCEPT')
    expect(chain(config, '1.10')[0]).toMatch(/MASQUERADE/)
  })

  test('route-source masquerading writes a rule a route, the default route last, and no catch-all', () => {
    const config = { ...NATIVE, 'enable-masquerade-to-route-source': 'true' }
    expect(chain(config).slice(1, 4)).toEqual([
      '-s 10.244.2.0/24 -d 192.168.77.0/24 -o eth1 -j SNAT --to-source 192.168.77.4',
      '-s 10.244.2.0/24 ! -d 10.244.0.0/16 -o eth0 -j SNAT --to-source 172.17.0.4',
      '-m mark --mark 0xa00/0xe00 -j ACCEPT',
    ])
  })

  test('encryption puts its accept rules first', () => {
    expect(chain({ ...NATIVE, 'enable-ipsec': 'true' }).slice(0, 2)).toEqual([
      '-m mark --mark 0xd00/0xf00 -j ACCEPT',
      '-m mark --mark 0xe00/0xf00 -j ACCEPT',
    ])
  })

  test('IPv6 uses its own set, loopback and router address', () => {
    const cluster = buildCluster({
      config: { ...NATIVE, 'ipv6-native-routing-cidr': 'fd00:10:244::/56' },
      nodes: [WORKER],
    })
    expect(wouldInstall(cluster, 'kind-worker', 6).rules).toEqual([
      '-A CILIUM_POST_nat -s fd00:10:244:2::/64 -m set --match-set cilium_node_set_v6 dst -m comment --comment "exclude traffic to cluster nodes from masquerade" -j ACCEPT',
      '-A CILIUM_POST_nat -s fd00:10:244:2::/64 ! -d fd00:10:244::/56 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
      '-A CILIUM_POST_nat -m mark --mark 0xa00/0xe00 -m comment --comment "exclude proxy return traffic from masquerade" -j ACCEPT',
      '-A CILIUM_POST_nat -s ::1/128 -o lxc+ -m comment --comment "cilium host->cluster from ::1 masquerade" -j SNAT --to-source fd00:10:244:2::7a',
    ])
  })

  test('nothing is installed in BPF mode or with masquerading off; what is missing is named', () => {
    expect(chain({ ...NATIVE, 'enable-bpf-masquerade': 'true' })).toEqual([])
    expect(chain({ ...NATIVE, 'enable-ipv4-masquerade': 'false' })).toEqual([])
    const bare = buildCluster({ config: NATIVE, nodes: [{ name: 'kind-worker', internalIP: '172.17.0.4' }] })
    expect(wouldInstall(bare, 'kind-worker', 4)).toEqual({
      rules: [],
      missing: ['the pod CIDR of kind-worker', 'the cilium_host address of kind-worker'],
    })
  })
})

/** The cluster with the rules that its settings give installed on the worker. */
function installed(spec: ClusterSpec): ClusterSnapshot {
  const intended = buildCluster(spec)
  const dump = (family: 4 | 6) =>
    iptablesDump(natTable([FEEDER, ...wouldInstall(intended, 'kind-worker', family).rules]))
  const members = (family: 4 | 6): string[] =>
    intended.nodes.flatMap((node) =>
      node.addresses.filter(({ ip, type }) => type === 'InternalIP' && ipFamily(ip) === family).map(({ ip }) => ip),
    )
  const nodes = (spec.nodes ?? []).map((node) =>
    node.name === 'kind-worker'
      ? {
          ...node,
          installed: {
            iptables: dump(4),
            ip6tables: dump(6),
            ipsets: new Map([ipset('cilium_node_set_v4', members(4)), ipset('cilium_node_set_v6', members(6))]),
          },
        }
      : node,
  )
  return buildCluster({ ...spec, nodes })
}

const maybe = (...values: string[]): fc.Arbitrary<string | undefined> => fc.constantFrom(undefined, ...values)

const anyConfig: fc.Arbitrary<Record<string, string>> = fc
  .record({
    'routing-mode': fc.constantFrom('native', 'tunnel'),
    'enable-ipv4-masquerade': maybe('true', 'true', 'true', 'false'),
    'ipv4-native-routing-cidr': maybe('10.244.0.0/16', '172.16.0.0/12', '10.0.0.0/8'),
    'ipv6-native-routing-cidr': maybe('fd00:10:244::/56'),
    'enable-endpoint-routes': maybe('true', 'false'),
    'egress-masquerade-interfaces': maybe(...['', '', ''], 'eth0', 'eth+', 'eth0 eth1', 'eth1,wlan+', 'ens+'),
    'enable-masquerade-to-route-source': maybe('true', 'false'),
    'iptables-random-fully': maybe('true'),
    'enable-ipsec': maybe('true'),
    'enable-host-firewall': maybe('true'),
    devices: maybe('eth0', 'eth+'),
  })
  .map((config) => Object.fromEntries(Object.entries(config).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))))

const anyPacket: fc.Arbitrary<PacketQuery> = fc.record({
  source: fc.constantFrom(
    '10.244.2.53',
    '10.244.2.53',
    '10.244.2.53',
    '10.244.9.7',
    '10.244.2.122',
    '172.17.0.4',
    '192.168.77.4',
    '127.0.0.1',
    '172.18.5.5',
    '10.244.1.9',
  ),
  destination: fc.constantFrom(
    ...['172.17.0.6', '172.17.0.6', '1.1.1.1', '172.17.0.3', '172.17.0.4', '35.190.10.12', '1.1.1.1', '192.168.77.9'],
    ...['10.244.1.20', '10.244.2.77', '10.244.1.61', '10.245.0.1'],
  ),
  protocol: fc.constantFrom(IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp),
  sourcePort: fc.constant(40000),
  destinationPort: fc.constantFrom(53, 80, 10250),
  node: fc.constant('kind-worker'),
  outInterface: fc.constantFrom(null, 'eth0', 'eth1', 'cilium_host', 'lxc1234', 'cilium_wg0', 'wlan0'),
  isReply: fc.nat(9).map((n) => n === 0),
  mark: fc.constantFrom(0, 0, 0xa00, 0xb00, 0xd00, 0xe00, 0xf00, 0x1f00),
  dnat: fc.boolean(),
})

const V6: Readonly<Record<string, string>> = {
  '10.244.2.53': 'fd00:10:244:2::35',
  '10.244.9.7': 'fd00:10:244:2::9',
  '10.244.2.122': 'fd00:10:244:2::7a',
  '172.17.0.4': 'fc00:f853:ccd:e793::4',
  '127.0.0.1': '::1',
  '10.244.1.9': 'fd00:10:244:1::9',
  '172.17.0.6': 'fc00:f853:ccd:e793::6',
  '172.17.0.3': 'fc00:f853:ccd:e793::3',
  '1.1.1.1': '2606:4700::1111',
  '10.244.1.20': 'fd00:10:244:1::14',
  '10.244.2.77': 'fd00:10:244:2::4d',
}

describe('installed rules against the iptables rule list', () => {
  test('what we would install, evaluated, decides as the rule list does', { timeout: 60_000 }, () => {
    let decided = 0
    fc.assert(
      fc.property(
        anyConfig,
        fc.constantFrom('1.10', '1.12', '1.14', '1.16', '1.17', '1.18', '1.19'),
        anyPacket,
        fc.boolean(),
        (config, version, packet, ipv6) => {
          const v6 = { ...packet, source: V6[packet.source] ?? '', destination: V6[packet.destination] ?? '' }
          const query = ipv6 && v6.source !== '' && v6.destination !== '' ? v6 : packet
          const family = query === v6 ? 6 : 4
          const spec = { version, config, nodes: [WORKER, OTHER] }
          fc.pre(wouldInstall(buildCluster(spec), 'kind-worker', family).missing.length === 0)
          const cluster = installed(spec)
          const intended = decide(query, cluster)
          const actual = decideInstalled(query, cluster)
          const brief = (d: typeof intended | null) => [d?.action, d?.address, d?.addresses]
          const words = JSON.stringify(
            { intended: intended.trace, installed: actual?.trace, assumed: actual?.assumptions },
            null,
            1,
          )
          expect(brief(actual), words).toEqual(brief(intended))
          if (intended.action !== 'preserve') decided++
        },
      ),
      { numRuns: 800 },
    )
    expect(decided).toBeGreaterThan(60)
  })
})

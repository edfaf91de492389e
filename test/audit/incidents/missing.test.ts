// Section B of the incidents: a pod address where it should have been translated.
import { describe, expect, test } from 'vitest'
import { aCluster, ciliumConfig, clusterOf, FIXTURE, masqAgentConfig } from '../../support/audit-cluster.ts'
import { codes, IN_POD, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const MISSING = 'contradiction MASQUERADE_MISSING'
const IPTABLES = {
  'enable-ipv4-masquerade': 'true',
  'enable-bpf-masquerade': 'false',
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.244.0.0/16',
}
const NODES = list(
  aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
  aNode('n2', ['172.18.0.3'], ['10.244.2.0/24']),
  aPod('client', 'n1', '10.244.1.10'),
)
const outward = { tuple: '10.244.1.10:40000 > 1.1.1.1:443', ttl: 62 }

const ROUTES =
  'root@n1:/# ip route\ndefault via 172.18.0.1 dev eth0 src 172.18.0.2\n172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2\n'

const inIptables = (config: Readonly<Record<string, string>>, version: string) =>
  clusterOf(
    {},
    { 'ip-route-n1.txt': ROUTES, 'config.json': ciliumConfig({ ...IPTABLES, ...config }), 'nodes.json': NODES },
    version,
  )

describe('settings that defeat themselves', () => {
  const rows: [string, Readonly<Record<string, string>>, string][] = [
    ['S20 connection tracking switched off', { 'install-no-conntrack-iptables-rules': 'true' }, '1.12'],
    [
      'S21 eth+ with route-source masquerading',
      { 'enable-masquerade-to-route-source': 'true', 'egress-masquerade-interfaces': 'eth+' },
      '1.16',
    ],
    ['S22 two interfaces read as one name', { 'egress-masquerade-interfaces': 'eth0 ens5' }, '1.15'],
  ]
  test.each(rows)('%s', (_, config, version) => {
    const analysis = play(inIptables(config, version), [NODE_ETH0('n1')], [outward])
    expect(words(analysis)).toEqual([MISSING])
    const [verdict] = analysis.verdicts
    expect(verdict?.expected?.defeat).not.toBeNull()
    expect(verdict?.because[0]).toContain(verdict?.expected?.defeat?.reason ?? '?')
    expect(analysis.findings[0]).toMatchObject({ code: verdict?.expected?.defeat?.code, severity: 'error', flows: [1] })
  })
})

describe('S23 the named interface is not the one the packet leaves by', () => {
  const files = {
    'config.json': ciliumConfig({ ...IPTABLES, 'egress-masquerade-interfaces': 'eth0' }),
    'nodes.json': NODES,
  }
  const capture = { interfaces: [{ name: 'ens5', host: 'n1' }] }
  test('by the settings it is right, and a finding says that nobody out there can answer', () => {
    const analysis = play(clusterOf({}, files), [capture], [outward])
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.findings[0]).toMatchObject({ code: 'device-not-masqueraded', severity: 'error' })
  })

  test('where the node has no such interface the settings ask for what cannot happen', () => {
    const ipAddr =
      '2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000\n    link/ether 02:42:ac:12:00:02 brd ff:ff:ff:ff:ff:ff\n    inet 172.18.0.2/16 brd 172.18.255.255 scope global ens5\n       valid_lft forever preferred_lft forever\n'
    const analysis = play(clusterOf({}, { ...files, 'ip-addr.txt': ipAddr }), [capture], [outward])
    expect(words(analysis)).toEqual([MISSING])
    expect(analysis.verdicts[0]?.because[0]).toContain('eth0')
  })
})

describe('S24 only the metadata address is not translated', () => {
  const nodes = list(aNode('n1', ['172.23.11.77'], ['172.23.4.0/24']), aPod('p', 'n1', '172.23.4.81'))
  const cluster = clusterOf(
    { nativeRoutingCidrs: ['172.23.0.0/16'] },
    {
      'config.json': ciliumConfig({
        ...IPTABLES,
        'enable-bpf-masquerade': 'true',
        'kube-proxy-replacement': 'true',
        ipam: 'eni',
      }),
      'nodes.json': nodes,
    },
  )
  test('contradiction, and the neighbour shows that translation works', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('n1')],
      [
        { tuple: '172.23.11.77:40000 > 1.1.1.1:443', ttl: 63 },
        { tuple: '172.23.4.81:40001 > 169.254.169.254:80', ttl: 63, answered: false, syns: 4 },
      ],
    )
    expect(words(analysis)).toEqual(['consistent', MISSING])
    expect(analysis.verdicts[1]?.impact).toBe('4 SYN unanswered')
    expect(analysis.findings[0]).toMatchObject({ code: 'destination-exempt', subject: '169.254.169.254' })
    expect(analysis.findings[0]?.message).toContain('1 of 1 connections to 169.254.169.254')
  })
})

describe('S26 the second address block of a pool', () => {
  const config = { ...IPTABLES, ipam: 'multi-pool', 'ipv4-native-routing-cidr': '10.205.0.0/16' }
  const nodes = list(
    aNode('n1', ['172.18.0.2'], ['10.205.204.0/27', '10.205.204.64/27']),
    aPod('first', 'n1', '10.205.204.5'),
    aPod('second', 'n1', '10.205.204.70'),
  )
  const flows = [
    { capture: 0, tuple: '10.205.204.5:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ttl: 64 },
    { capture: 1, tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ttl: 63 },
    { capture: 1, tuple: '10.205.204.70:40001 > 1.1.1.1:443', isn: 2, ttl: 63, answered: false, syns: 3 },
  ]
  const clusterIn = (settings: Readonly<Record<string, string>>) =>
    clusterOf({}, { 'config.json': ciliumConfig(settings), 'nodes.json': nodes }, '1.17')

  test('contradicts for the second block only, and names the rule made for the first', () => {
    const analysis = play(clusterIn(config), [IN_POD('first'), NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual(['consistent', 'consistent', MISSING])
    expect(analysis.verdicts[2]?.because[0]).toContain(
      "the rules are made for the node's first pod CIDR 10.205.204.0/27 only, and 10.205.204.70 is in 10.205.204.64/27",
    )
    expect(analysis.verdicts[2]?.impact).toBe('3 SYN unanswered')
    expect(analysis.findings).toMatchObject([{ code: 'secondary-pod-cidr', severity: 'error', flows: [3] }])
  })

  test('with the interfaces set, or with BPF, the second block is translated like the first', () => {
    const second = [
      { capture: 0, tuple: '10.205.204.70:40001 > 1.1.1.1:443', isn: 2, tsVal: 1, ttl: 64 },
      { capture: 1, tuple: '172.18.0.2:40001 > 1.1.1.1:443', isn: 2, tsVal: 1, ttl: 63 },
    ]
    for (const settings of [
      { ...config, 'egress-masquerade-interfaces': 'eth0' },
      { ...config, 'enable-bpf-masquerade': 'true', 'kube-proxy-replacement': 'true' },
    ]) {
      const analysis = play(clusterIn(settings), [IN_POD('second'), NODE_ETH0('n1')], second)
      expect([words(analysis), codes(analysis)]).toEqual([['consistent', 'consistent'], []])
    }
  })
})

describe('S28 a stale entry makes a new SYN look like a reply', () => {
  const flows = Array.from({ length: 30 }, (_, i) =>
    i % 10 === 9
      ? { tuple: `10.244.1.10:${40000 + i} > 9.9.9.9:443`, ttl: 63, isn: i, answered: false, syns: 3 }
      : { tuple: `172.18.0.2:${40000 + i} > 9.9.9.9:443`, ttl: 63, isn: i },
  )
  test('the share of alike connections tells a bug from a setting', () => {
    const analysis = play(aCluster(FIXTURE, '1.19'), [NODE_ETH0('n1')], flows)
    expect(words(analysis).filter((word) => word === MISSING)).toHaveLength(3)
    expect(analysis.findings[0]?.message).toMatch(/3 of 30 connections/)
    expect(analysis.findings[0]).toMatchObject({ code: 'sometimes-not-translated', flows: [10, 20, 30] })
  })
})

describe('S29 ports used up towards one server', () => {
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({
        ...IPTABLES,
        'enable-bpf-masquerade': 'true',
        'kube-proxy-replacement': 'true',
        'enable-ipv4-egress-gateway': 'true',
      }),
      'objects.json': list(
        aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
        aNode('gw', ['172.18.0.3'], ['10.244.2.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.244.1.10'),
        anEgressPolicy(['0.0.0.0/0'], '33.44.55.25'),
      ),
    },
    '1.11',
  )
  const translated = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      tuple: `33.44.55.25:${32768 + i} > 9.9.9.9:80`,
      isn: 100_000 + i,
      ttl: 62,
    }))
  // The SYN leaves as it is; what follows of the same connection is translated.
  const refused = [
    { tuple: '10.244.1.10:50001 > 9.9.9.9:80', isn: 1, ttl: 62, answered: false, syns: 1 },
    { tuple: '10.244.1.10:50002 > 9.9.9.9:80', isn: 2, ttl: 62, answered: false, syns: 1 },
    { tuple: '33.44.55.25:50001 > 9.9.9.9:80', isn: 1, ttl: 62, at: 1 },
  ]
  test('one finding for all, which counts the ports', () => {
    const analysis = play(cluster, [NODE_ETH0('gw')], [...refused, ...translated(32_000)])
    expect(words(analysis).slice(0, 3)).toEqual([MISSING, MISSING, 'consistent'])
    expect(words(analysis).slice(3)).not.toContain(MISSING)
    expect(analysis.findings).toMatchObject([{ code: 'source-ports-used-up', subject: '9.9.9.9:80', flows: [1, 2] }])
    expect(analysis.findings[0]?.message).toContain('32000 of the 32768 source ports')
  })

  test('while ports are left, it is another fault that comes and goes', () => {
    const analysis = play(cluster, [NODE_ETH0('gw')], [...refused, ...translated(100)])
    expect(codes(analysis)).toEqual(['sometimes-not-translated'])
  })
})

test('S30 ping fails, HTTPS works: one protocol of many', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [NODE_ETH0('n1')],
    [
      { tuple: '172.18.0.2:40000 > 1.1.1.1:443', ttl: 63 },
      { tuple: '172.18.0.2:40001 > 1.1.1.1:443', ttl: 63 },
      { tuple: '10.244.1.10 > 1.1.1.1', protocol: 'icmp', icmp: { type: 8, code: 0, id: 7 }, ttl: 63 },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'consistent', MISSING])
  expect(analysis.findings[0]).toMatchObject({ code: 'protocol-exempt' })
})

test("S30 an ICMP type that NAT does not know is nobody's fault", () => {
  const analysis = play(
    aCluster(FIXTURE),
    [NODE_ETH0('n1')],
    [{ tuple: '10.244.1.10 > 1.1.1.1', protocol: 'icmp', icmp: { type: 13, code: 0, id: 7 }, ttl: 63 }],
  )
  expect(words(analysis)).not.toContain(MISSING)
})

test('S31 a neighbour that is not a node is not exempt', () => {
  expect(words(play(aCluster(FIXTURE), [OUTSIDE], [{ tuple: '10.244.1.10:40000 > 172.18.0.9:80', ttl: 63 }]))).toEqual([
    MISSING,
  ])
})

test('S32 an address that stopped being a node stays in the set', () => {
  const ipset =
    'Name: cilium_node_set_v4\nType: hash:ip\nRevision: 6\nHeader: family inet hashsize 1024 maxelem 65536\nNumber of entries: 3\nMembers:\n172.18.0.2\n172.18.0.3\n172.18.0.7\n'
  const cluster = clusterOf(
    { masquerade: 'iptables' },
    { 'config.json': ciliumConfig(IPTABLES), 'nodes.json': NODES, 'ipset.txt': ipset },
  )
  const analysis = play(
    cluster,
    [NODE_ETH0('n1')],
    [
      { tuple: '10.244.1.10:40000 > 172.18.0.7:80', ttl: 63 },
      { tuple: '172.18.0.2:40001 > 172.18.0.9:80', ttl: 63 },
    ],
  )
  expect(words(analysis)).toEqual([MISSING, 'consistent'])
  expect(analysis.findings[0]).toMatchObject({ code: 'node-set-surplus', sources: [{ file: 'ipset.txt' }] })
  expect(analysis.findings[0]?.message).toContain("172.18.0.7, which is no node's InternalIP")
})

test('S33 IPv6 silently left out', () => {
  const nodes = list(
    aNode('n1', ['172.18.0.2', 'fd00::2'], ['10.244.1.0/24', 'fd00:10:244:1::/64']),
    aPod('client', 'n1', '10.244.1.10', 'fd00:10:244:1::a'),
  )
  const config = {
    'enable-ipv4': 'true',
    'enable-ipv6': 'true',
    'enable-ipv4-masquerade': 'true',
    'enable-ipv6-masquerade': 'true',
    'enable-bpf-masquerade': 'true',
    'kube-proxy-replacement': 'true',
    'routing-mode': 'native',
    tunnel: 'disabled',
    'ipv4-native-routing-cidr': '10.244.0.0/16',
    'ipv6-native-routing-cidr': 'fd00:10:244::/48',
  }
  const cluster = clusterOf({}, { 'config.json': ciliumConfig(config), 'nodes.json': nodes }, '1.13')
  const analysis = play(
    cluster,
    [NODE_ETH0('n1')],
    [
      { tuple: '172.18.0.2:40000 > 1.1.1.1:443', ttl: 63 },
      { tuple: '[fd00:10:244:1::a]:40000 > [2606:4700::1]:443', ttl: 63 },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', MISSING])
})

test("S34 Envoy's own connections come from no pod", () => {
  const ciliumNode = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name: 'n1' },
    spec: {
      addresses: [{ ip: '172.18.0.2', type: 'InternalIP' }],
      ingress: { ipv4: '10.244.1.200' },
      ipam: { podCIDRs: ['10.244.1.0/24'] },
    },
  }
  const config = { ...IPTABLES, 'enable-bpf-masquerade': 'true', 'kube-proxy-replacement': 'true' }
  const cluster = clusterOf(
    {},
    { 'config.json': ciliumConfig(config), 'nodes.json': NODES, 'ciliumnode.json': JSON.stringify(ciliumNode) },
  )
  const analysis = play(cluster, [OUTSIDE], [{ tuple: '10.244.1.200:40000 > 1.1.1.1:443', ttl: 62 }])
  expect(words(analysis)).toEqual([MISSING])
  expect(analysis.verdicts[0]?.source.kind).not.toBe('pod')
})

test('S08 variant: the agent list in force is wider than the configured one', () => {
  const config = {
    ...IPTABLES,
    'enable-bpf-masquerade': 'true',
    'kube-proxy-replacement': 'true',
    'enable-ip-masq-agent': 'true',
  }
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig(config),
      'nodes.json': NODES,
      'agent.json': masqAgentConfig('nonMasqueradeCIDRs:\n- 10.244.0.0/16\n'),
    },
  )
  const analysis = play(cluster, [OUTSIDE], [{ tuple: '10.244.1.10:40000 > 10.9.9.9:443', ttl: 62 }])
  expect(words(analysis)).toEqual([MISSING])
  expect(codes(analysis)).toHaveLength(1)
})

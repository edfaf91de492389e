import { describe, expect, test } from 'vitest'
import { AddressIndex, ClaimRank } from '../../src/cluster/address-index.ts'
import { CidrTable } from '../../src/cluster/cidr-table.ts'
import { IpTable, ipv4Number } from '../../src/cluster/ip-table.ts'
import { makeCluster } from '../../src/cluster/make-cluster.ts'
import { cidrContains, makeCidr } from '../../src/core/cidr.ts'
import { formatIp } from '../../src/core/ip.ts'
import { ciliumNode, clusterOf, list, pod, TWO_NODES } from '../support/cluster-pieces.ts'
import fc from '../support/property.ts'

const ipv4 = fc.integer({ min: 0, max: 0xffffffff }).map((n) => formatIp(4, 0, 0, 0, n))
const word = fc.integer({ min: 0, max: 0xffffffff })
const ipv6 = fc.tuple(word, word, word, word).map((words) => formatIp(6, ...words))

describe('special addresses', () => {
  const { addressBook } = makeCluster({
    nodes: [{ name: 'n1', internalIps: ['192.0.2.1'], podCidrs: ['10.0.0.0/16'] }],
  })

  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.169.254', 'link_local'],
    ['fe80::1', 'link_local'],
    ['febf::1', 'link_local'],
    ['224.0.0.251', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['255.255.255.255', 'multicast'],
    ['ff02::1', 'multicast'],
    ['0.0.0.0', 'unknown'],
    ['::', 'unknown'],
    ['fec0::1', 'external'],
    ['223.255.255.255', 'external'],
    ['240.0.0.1', 'external'],
    ['2001:db8::1', 'external'],
    ['169.253.255.255', 'external'],
    ['::ffff:10.0.0.1', 'external'],
  ])('%s is %s', (ip, kind) => {
    expect(addressBook.lookup(ip)).toMatchObject({ ip, kind, name: null, node: null })
  })

  test('a node that really has such an address keeps it', () => {
    const cluster = makeCluster({ nodes: [{ name: 'n1', ciliumHost: ['169.254.254.1'] }] })
    expect(cluster.addressBook.lookup('169.254.254.1')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
  })
})

describe('lookup()', () => {
  test('both families, the longest block wins, an address wins over any block', () => {
    const { addressBook } = makeCluster({
      nodes: [
        { name: 'wide', podCidrs: ['10.0.0.0/8', 'fd00::/16'] },
        { name: 'narrow', podCidrs: ['10.1.0.0/16', 'fd00:1::/32'] },
      ],
      pods: [{ name: 'p', node: 'wide', ips: ['10.1.2.3', 'fd00:1::3'] }],
    })
    expect(addressBook.lookup('10.2.0.1')).toMatchObject({
      node: 'wide',
      basis: 'in pod CIDR 10.0.0.0/8, no pod listed',
    })
    expect(addressBook.lookup('10.1.0.1').node).toBe('narrow')
    expect(addressBook.lookup('fd00:2::1').node).toBe('wide')
    expect(addressBook.lookup('fd00:1::1').node).toBe('narrow')
    expect(addressBook.lookup('10.1.2.3')).toMatchObject({ name: 'default/p', node: 'wide' })
    expect(addressBook.lookup('fd00:1::3').name).toBe('default/p')
  })

  test('health and ingress addresses are neither pod nor cilium_host', () => {
    const { addressBook } = makeCluster({
      nodes: [{ name: 'n1', podCidrs: ['10.0.0.0/24'], health: ['10.0.0.9'], ingress: ['10.0.0.8'] }],
    })
    expect(addressBook.lookup('10.0.0.9')).toMatchObject({ kind: 'health', name: 'n1', node: 'n1' })
    expect(addressBook.lookup('10.0.0.8')).toMatchObject({ kind: 'ingress', name: 'n1', node: 'n1' })
  })

  test('every kind of service address', () => {
    const { addressBook } = makeCluster({
      nodes: [{ name: 'n1', internalIps: ['192.0.2.1'] }],
      services: [
        {
          namespace: 'web',
          name: 'shop',
          clusterIps: ['10.96.0.7', 'fd96::7'],
          externalIps: ['192.0.2.1', '198.51.100.7'],
          loadBalancerIps: ['203.0.113.7'],
        },
      ],
    })
    expect(['10.96.0.7', 'fd96::7', '198.51.100.7', '203.0.113.7'].map((ip) => addressBook.lookup(ip).basis)).toEqual([
      'Service clusterIPs',
      'Service clusterIPs',
      'Service externalIPs',
      'Service load balancer address',
    ])
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({
      kind: 'node',
      alternatives: ['service web/shop (Service externalIPs)'],
    })
  })

  test("an egress address is the gateway's, even where ip addr shows it", () => {
    const gateway = {
      nodeSelector: { matchLabels: { gw: 'yes' }, matchExpressions: [] },
      egressIp: '192.0.2.200',
      interface: null,
    }
    const { addressBook } = makeCluster({
      nodes: [{ name: 'n1', labels: { gw: 'yes' }, devices: { eth0: ['192.0.2.1/24', '192.0.2.200/24'] } }],
      egressGatewayPolicies: [
        { name: 'out', selectors: [], destinationCidrs: [], excludedCidrs: [], gateways: [gateway] },
      ],
    })
    expect(addressBook.lookup('192.0.2.200')).toMatchObject({
      kind: 'egress_gateway',
      name: 'out',
      node: 'n1',
      device: 'eth0',
    })
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({
      kind: 'node',
      addressType: 'other',
      name: 'n1',
      device: 'eth0',
    })
  })

  test("an address several nodes carry is no node's in particular", () => {
    const devices = { docker0: ['172.17.0.1/16'], 'kube-ipvs0': ['10.96.0.1/32'], lxc123: ['10.5.5.5/32'] }
    const { addressBook } = makeCluster({
      nodes: [
        { name: 'n1', devices },
        { name: 'n2', devices },
      ],
    })
    expect(addressBook.lookup('172.17.0.1')).toMatchObject({
      kind: 'node',
      name: null,
      basis: 'ip addr of 2 nodes, device docker0',
    })
    expect(addressBook.lookup('10.96.0.1').kind).toBe('external')
    expect(addressBook.lookup('10.5.5.5').kind).toBe('external')
  })

  test('nodes of another cluster say so', () => {
    const { addressBook } = makeCluster({
      nodes: [{ name: 'far/n1', internalIps: ['198.51.100.1'], podCidrs: ['10.200.0.0/16'], remoteCluster: true }],
    })
    expect(addressBook.lookup('198.51.100.1').remoteCluster).toBe(true)
    expect(addressBook.lookup('10.200.3.4')).toMatchObject({ kind: 'pod', remoteCluster: true })
  })

  test('an address nothing matches is external where nodes are known, unknown where not', () => {
    expect(makeCluster({ nodes: [] }).addressBook.lookup('198.51.100.1')).toMatchObject({
      kind: 'external',
      basis: 'no match',
    })
    expect(makeCluster({ pods: [] }).addressBook.lookup('198.51.100.1')).toMatchObject({ kind: 'unknown' })
  })

  test('two running pods with one address are a warning; a finished one gives way', () => {
    const pods = list(
      pod({ name: 'a', node: 'n1', ip: '10.0.1.5' }),
      pod({ name: 'b', node: 'n2', ip: '10.0.1.5' }),
      pod({ name: 'done', node: 'n1', ip: '10.0.1.6', phase: 'Failed' }),
      pod({ name: 'now', node: 'n1', ip: '10.0.1.6' }),
    )
    const { addressBook, warnings } = clusterOf({ 'nodes.json': TWO_NODES, 'pods.json': pods })
    expect(addressBook.lookup('10.0.1.5')).toMatchObject({
      name: 'default/a',
      alternatives: ['pod default/b (pod status.podIPs)'],
    })
    expect(addressBook.lookup('10.0.1.6').name).toBe('default/now')
    expect(warnings).toMatchObject([{ code: 'address-claimed-twice', message: expect.stringContaining('10.0.1.5') }])
  })

  test('a pod on the host network names its node where nothing else does', () => {
    const { addressBook } = clusterOf({
      p: list(pod({ name: 'proxy', node: 'n7', ip: '192.0.2.7', hostNetwork: true })),
    })
    expect(addressBook.lookup('192.0.2.7')).toMatchObject({
      kind: 'node',
      name: 'n7',
      hostNetworkPods: ['default/proxy'],
    })
  })

  test('a live agent wins over a list of pods', () => {
    const ipcache =
      'IP PREFIX/ADDRESS   IDENTITY\n10.0.1.200/32       identity=6 encryptkey=0 tunnelendpoint=192.0.2.1 flags=<none>\n'
    const { addressBook, nodesByName } = clusterOf({
      'nodes.json': TWO_NODES,
      'pods.json': list(pod({ name: 'stale', node: 'n1', ip: '10.0.1.200' })),
      'ipcache.txt': ipcache,
    })
    expect(addressBook.lookup('10.0.1.200')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
    expect(nodesByName.get('n1')?.ciliumHost).toEqual(['10.0.1.1', '10.0.1.200'])
  })

  test("CiliumNode wins over Node: with cluster-pool IPAM the Node's CIDR is not used", () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.99.0.0/24' },
      status: {
        addresses: [
          { type: 'ExternalIP', address: '198.51.100.1' },
          { type: 'InternalIP', address: '192.0.2.1' },
        ],
      },
    }
    const { nodesByName, addressBook } = clusterOf({
      'nodes.json': list(node, ciliumNode({ name: 'n1', ip: '192.0.2.1', podCidr: '10.0.1.0/24' })),
    })
    expect(nodesByName.get('n1')?.podCidrs.map(({ text }) => text)).toEqual(['10.0.1.0/24'])
    expect(addressBook.lookup('10.99.0.5').kind).toBe('external')
    expect(addressBook.lookup('198.51.100.1')).toMatchObject({
      kind: 'node',
      addressType: 'ExternalIP',
      basis: 'node ExternalIP',
    })
  })

  test("cluster-wide ranges stand in where no node's are known", () => {
    const kubeadm = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubeadm-config' },
      data: {
        ClusterConfiguration: 'networking:\n  podSubnet: 10.244.0.0/16,fd00:244::/56\n  serviceSubnet: 10.96.0.0/12\n',
      },
    })
    const { addressBook } = clusterOf({
      'nodes.txt':
        'NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP\nn1     Ready    <none>   1m    v1.33.1   192.0.2.1     <none>\n',
      'kubeadm.json': kubeadm,
      'pool.txt': 'cluster-pool-ipv4-cidr    10.50.0.0/16 10.51.0.0/16\n',
    })
    expect(addressBook.lookup('10.244.7.7')).toMatchObject({
      kind: 'pod',
      node: null,
      basis: 'in kubeadm podSubnet 10.244.0.0/16, no pod listed',
    })
    expect(addressBook.lookup('fd00:244::1').kind).toBe('pod')
    expect(addressBook.lookup('10.97.0.1')).toMatchObject({
      kind: 'service',
      basis: 'in kubeadm serviceSubnet 10.96.0.0/12, no service listed',
    })
    expect(addressBook.lookup('10.51.3.3')).toMatchObject({
      kind: 'pod',
      basis: 'in cluster-pool-ipv4-cidr 10.51.0.0/16, no pod listed',
    })
  })

  test('never throws, whatever the text', () => {
    const { addressBook } = makeCluster({ nodes: [{ name: 'n1', podCidrs: ['10.0.0.0/8', 'fd00::/8'] }] })
    fc.assert(fc.property(fc.oneof(ipv4, ipv6), (ip) => addressBook.lookup(ip).ip === ip))
  })
})

describe('resolve()', () => {
  const { addressBook } = makeCluster({
    nodes: [
      {
        name: 'n1',
        internalIps: ['192.0.2.1', '2001:db8::1'],
        externalIps: ['198.51.100.1'],
        ciliumHost: ['10.0.1.1'],
      },
    ],
    pods: [
      { namespace: 'web', name: 'shop-0', node: 'n1', ips: ['10.0.1.7', 'fd00::7'] },
      { namespace: 'dev', name: 'shop-0', node: 'n1', ips: ['10.0.1.8'] },
    ],
    services: [{ namespace: 'web', name: 'shop', clusterIps: ['10.96.0.7'], loadBalancerIps: ['203.0.113.7'] }],
  })

  test.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['2001:DB8:0::1', ['2001:db8::1']],
    ['node/n1', ['192.0.2.1', '2001:db8::1', '198.51.100.1']],
    ['n1', ['192.0.2.1', '2001:db8::1', '198.51.100.1']],
    ['cilium_host/n1', ['10.0.1.1']],
    ['pod/web/shop-0', ['10.0.1.7', 'fd00::7']],
    ['web/shop-0', ['10.0.1.7', 'fd00::7']],
    ['pod/shop-0', ['10.0.1.7', 'fd00::7', '10.0.1.8']],
    ['shop-0', ['10.0.1.7', 'fd00::7', '10.0.1.8']],
    ['svc/web/shop', ['10.96.0.7', '203.0.113.7']],
    ['service/shop', ['10.96.0.7', '203.0.113.7']],
    ['web/shop', ['10.96.0.7', '203.0.113.7']],
    ['pod/web/nobody', []],
    ['node/nobody', []],
    ['', []],
    ['a/b/c/d', []],
  ])('%s', (name, ips) => {
    expect(addressBook.resolve(name).map(({ ip }) => ip)).toEqual(ips)
  })
})

describe('the tables underneath', () => {
  test('ipv4Number() reads canonical addresses and nothing else', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (n) => ipv4Number(formatIp(4, 0, 0, 0, n)) === n))
    for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '::1', 'a.b.c.d', '1.2.3.4 '])
      expect(ipv4Number(text), text).toBe(-1)
  })

  test('IpTable is a map of addresses', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(ipv4, ipv6), fc.integer())), (entries) => {
        const table = new IpTable<number>()
        const map = new Map<string, number>()
        for (const [ip, value] of entries) {
          table.set(ip, value)
          map.set(ip, value)
        }
        for (const [ip, value] of map) if (table.get(ip) !== value) return false
        return table.get('203.0.113.99') === map.get('203.0.113.99')
      }),
    )
    const table = new IpTable<number>()
    for (let i = 0; i < 50_000; i++) table.set(formatIp(4, 0, 0, 0, i * 65_537), i)
    for (let i = 0; i < 50_000; i++) expect(table.get(formatIp(4, 0, 0, 0, i * 65_537))).toBe(i)
  })

  test('CidrTable finds the longest block that holds the address, as trying them all does', () => {
    const block4 = fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => makeCidr(ip, prefix))
    const block6 = fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([ip, prefix]) => makeCidr(ip, prefix))
    const near = fc.integer({ min: 0, max: 255 }).map((n) => formatIp(4, 0, 0, 0, 0x0a000000 + n))
    const small = fc.tuple(near, fc.integer({ min: 20, max: 32 })).map(([ip, prefix]) => makeCidr(ip, prefix))
    fc.assert(
      fc.property(fc.array(fc.oneof(block4, block6, small)), fc.oneof(ipv4, ipv6, near), (blocks, ip) => {
        const table = new CidrTable<string>()
        for (const cidr of blocks) table.add(cidr, cidr.text)
        const holding = blocks.filter((cidr) => cidrContains(cidr, ip)).sort((a, b) => b.prefix - a.prefix)
        return table.find(ip) === holding[0]?.text
      }),
    )
  })

  test('claims lie strongest first, equal ones in the order they came', () => {
    const index = new AddressIndex({ nodesKnown: true })
    const claim = (name: string, rank: number) =>
      ({ kind: 'pod', name, node: null, basis: name, source: null, rank }) as const
    index.claim('10.0.0.1', claim('c', ClaimRank.CompletedPod))
    index.claim('10.0.0.1', claim('a', ClaimRank.RunningPod))
    index.claim('10.0.0.1', claim('b', ClaimRank.RunningPod))
    index.claim('10.0.0.1', claim('given', ClaimRank.Option))
    expect(index.claims('10.0.0.1').map(({ name }) => name)).toEqual(['given', 'a', 'b', 'c'])
    expect(index.claims('10.0.0.2')).toEqual([])
  })
})

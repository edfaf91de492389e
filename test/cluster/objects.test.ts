import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf, list } from '../support/cluster-pieces.ts'

const object = (kind: string, rest: Record<string, unknown>, apiVersion = 'cilium.io/v2') => ({
  apiVersion,
  kind,
  ...rest,
})

describe('Node', () => {
  const node = (annotations: Record<string, string>, spec = {}) =>
    object('Node', { metadata: { name: 'n1', annotations, labels: { zone: 'a' } }, spec, status: {} }, 'v1')

  test.each(['network.cilium.io/', 'io.cilium.network.'])(
    'annotations with %s give cilium_host, health and ingress',
    (prefix) => {
      const { addressBook, nodes } = clusterFrom(
        list(
          node({
            [`${prefix}ipv4-cilium-host`]: '10.0.1.1',
            [`${prefix}ipv6-cilium-host`]: 'fd00::1',
            [`${prefix}ipv4-pod-cidr`]: '10.0.1.0/24',
            [`${prefix}ipv4-health-ip`]: '10.0.1.2',
            [`${prefix}ipv4-Ingress-ip`]: '10.0.1.3',
          }),
        ),
      )
      expect(addressBook.lookup('10.0.1.1')).toMatchObject({
        kind: 'cilium_host',
        name: 'n1',
        basis: 'node annotation CiliumInternalIP',
      })
      expect(addressBook.lookup('fd00::1').kind).toBe('cilium_host')
      expect(addressBook.lookup('10.0.1.2').kind).toBe('health')
      expect(addressBook.lookup('10.0.1.3').kind).toBe('ingress')
      expect(nodes[0]?.podCidrs.map(({ text }) => text)).toEqual(['10.0.1.0/24'])
    },
  )

  test('the singular pod CIDR stands in for the plural', () => {
    expect(clusterFrom(list(node({}, { podCIDR: '10.0.1.0/24' }))).nodes[0]?.podCidrs).toHaveLength(1)
    const both = clusterFrom(list(node({}, { podCIDR: '10.0.1.0/24', podCIDRs: ['10.0.1.0/24', 'fd00::/64'] })))
    expect(both.nodes[0]?.podCidrs.map(({ text }) => text)).toEqual(['10.0.1.0/24', 'fd00::/64'])
    expect(both.nodes[0]?.labels).toEqual({ zone: 'a' })
  })
})

describe('CiliumNode', () => {
  test('multi-pool: CIDRs by pool, all of them pod ranges of the node', () => {
    const { nodes, addressBook } = clusterFrom(
      list(
        object('CiliumNode', {
          metadata: { name: 'n1' },
          spec: {
            ipam: {
              pools: {
                allocated: [
                  { pool: 'default', cidrs: ['10.10.0.0/24'] },
                  { pool: 'blue', cidrs: ['10.20.0.0/24', '10.20.1.0/24'] },
                ],
              },
            },
          },
        }),
      ),
    )
    expect(nodes[0]?.podCidrs).toEqual([])
    expect([...(nodes[0]?.pools ?? [])].map(([name, cidrs]) => [name, cidrs.length])).toEqual([
      ['default', 1],
      ['blue', 2],
    ])
    expect(addressBook.lookup('10.20.1.7')).toMatchObject({
      kind: 'pod',
      node: 'n1',
      basis: 'in pool blue CIDR 10.20.1.0/24, no pod listed',
    })
  })

  test('ENI: single addresses, named where in use', () => {
    const { addressBook } = clusterFrom(
      list(
        object('CiliumNode', {
          metadata: { name: 'n1' },
          spec: { ipam: { pool: { '192.0.2.10': { resource: 'eni-1' }, '192.0.2.11': { resource: 'eni-1' } } } },
          status: { ipam: { used: { '192.0.2.11': { owner: 'web/shop-0' }, '192.0.2.12': { owner: 'router' } } } },
        }),
      ),
    )
    expect(addressBook.lookup('192.0.2.11')).toMatchObject({ kind: 'pod', name: 'web/shop-0', node: 'n1' })
    expect(addressBook.lookup('192.0.2.10')).toMatchObject({ kind: 'pod', name: null, node: 'n1' })
    expect(addressBook.lookup('192.0.2.12')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
  })
})

describe('CiliumEndpoint and CiliumEndpointSlice', () => {
  const networking = { addressing: [{ ipv4: '10.0.1.5', ipv6: 'fd00::5' }], node: '192.0.2.1' }
  const node = object('CiliumNode', {
    metadata: { name: 'n1' },
    spec: { addresses: [{ type: 'InternalIP', ip: '192.0.2.1' }] },
  })

  test.each([
    ['CiliumEndpoint', object('CiliumEndpoint', { metadata: { name: 'p', namespace: 'ns' }, status: { networking } })],
    [
      'CiliumEndpointSlice',
      object('CiliumEndpointSlice', {
        metadata: { name: 'ces-1' },
        namespace: 'ns',
        endpoints: [{ name: 'p', networking }],
      }),
    ],
  ])('%s names pods, both families, and their node by its address', (_kind, endpoint) => {
    const { addressBook, podsKnown } = clusterFrom(list(node, endpoint))
    for (const ip of ['10.0.1.5', 'fd00::5']) {
      expect(addressBook.lookup(ip)).toMatchObject({ kind: 'pod', name: 'ns/p', node: 'n1', basis: 'CiliumEndpoint' })
    }
    expect(podsKnown).toBe(false)
  })
})

describe('Service and its backends', () => {
  test('headless services and names have no address; slices and endpoints join by name', () => {
    const service = (name: string, spec: Record<string, unknown>, status = {}) =>
      object('Service', { metadata: { name, namespace: 'web' }, spec, status }, 'v1')
    const { services } = clusterFrom(
      list(
        service('headless', { clusterIP: 'None', clusterIPs: ['None'] }),
        service('name', { type: 'ExternalName', externalName: 'example.org' }),
        service(
          'shop',
          {
            type: 'LoadBalancer',
            clusterIP: '10.96.0.7',
            externalTrafficPolicy: 'Local',
            ports: [{ port: 80, nodePort: 30080, protocol: 'TCP', targetPort: 'http' }],
          },
          { loadBalancer: { ingress: [{ ip: '203.0.113.7' }, { hostname: 'x' }] } },
        ),
        object('EndpointSlice', {
          metadata: { name: 'shop-1', namespace: 'web', labels: { 'kubernetes.io/service-name': 'shop' } },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['10.0.1.5'] }, { addresses: null }],
        }),
        object(
          'Endpoints',
          { metadata: { name: 'shop', namespace: 'web' }, subsets: [{ addresses: [{ ip: '10.0.1.6' }] }] },
          'v1',
        ),
      ),
    )
    expect(services.map(({ name, clusterIps }) => [name, clusterIps])).toEqual([
      ['headless', []],
      ['name', []],
      ['shop', ['10.96.0.7']],
    ])
    expect(services[2]).toMatchObject({
      loadBalancerIps: ['203.0.113.7'],
      externalTrafficPolicy: 'Local',
      ports: [{ port: 80, nodePort: 30080, protocol: 'TCP', targetPort: 'http' }],
      backends: ['10.0.1.5', '10.0.1.6'],
    })
  })
})

describe('egress gateway policies', () => {
  test('CiliumEgressGatewayPolicy, one gateway or several', () => {
    const spec = {
      selectors: [{ podSelector: { matchLabels: { app: 'a' } }, namespaceSelector: {} }],
      destinationCIDRs: ['0.0.0.0/0'],
      excludedCIDRs: ['10.0.0.0/8', 'nonsense'],
    }
    const { egressGatewayPolicies, warnings } = clusterFrom(
      list(
        object('CiliumEgressGatewayPolicy', {
          metadata: { name: 'one' },
          spec: { ...spec, egressGateway: { nodeSelector: { matchLabels: { gw: 'y' } }, egressIP: '192.0.2.200' } },
        }),
        object('CiliumEgressGatewayPolicy', {
          metadata: { name: 'two' },
          spec: { ...spec, egressGateways: [{ interface: 'eth1' }, {}] },
        }),
      ),
    )
    expect(egressGatewayPolicies[0]).toMatchObject({
      name: 'one',
      selectors: [
        {
          podSelector: { matchLabels: { app: 'a' }, matchExpressions: [] },
          namespaceSelector: { matchLabels: {}, matchExpressions: [] },
          nodeSelector: null,
        },
      ],
      gateways: [{ nodeSelector: { matchLabels: { gw: 'y' } }, egressIp: '192.0.2.200', interface: null }],
    })
    expect(egressGatewayPolicies[0]?.excludedCidrs.map(({ text }) => text)).toEqual(['10.0.0.0/8'])
    expect(egressGatewayPolicies[1]?.gateways).toEqual([
      { nodeSelector: null, egressIp: null, interface: 'eth1' },
      { nodeSelector: null, egressIp: null, interface: null },
    ])
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('items[0].spec.excludedCIDRs[1]'),
      expect.stringContaining('items[1].spec.excludedCIDRs[1]'),
    ])
  })

  test('CiliumEgressNATPolicy of old', () => {
    const { egressGatewayPolicies } = clusterFrom(
      list(
        object('CiliumEgressNATPolicy', {
          metadata: { name: 'old' },
          spec: {
            egress: [{ podSelector: { matchLabels: { app: 'a' } } }],
            destinationCIDRs: ['0.0.0.0/0'],
            egressSourceIP: '192.0.2.200',
          },
        }),
      ),
    )
    expect(egressGatewayPolicies).toMatchObject([{ name: 'old', gateways: [{ egressIp: '192.0.2.200' }] }])
  })
})

test('pools of addresses: pods that keep theirs, and load balancers', () => {
  const { podPools, addressBook } = clusterFrom(
    list(
      object('CiliumPodIPPool', {
        metadata: { name: 'blue', annotations: { 'ipam.cilium.io/skip-masquerade': 'true' } },
        spec: { ipv4: { cidrs: ['10.20.0.0/16'] }, ipv6: { cidrs: ['fd20::/64'] } },
      }),
      object('CiliumLoadBalancerIPPool', {
        metadata: { name: 'lb' },
        spec: { blocks: [{ cidr: '203.0.113.0/24' }, { start: '1.2.3.4' }] },
      }),
    ),
  )
  expect(podPools).toMatchObject([{ name: 'blue', skipMasquerade: true }])
  expect(addressBook.lookup('10.20.3.4')).toMatchObject({
    kind: 'pod',
    basis: 'in pool blue CIDR 10.20.0.0/16, no pod listed',
  })
  expect(addressBook.lookup('203.0.113.9')).toMatchObject({ kind: 'service', name: null })
})

test('kinds that say nothing about masquerading are listed as such', () => {
  const { inputs, warnings } = clusterFrom(
    list(object('CiliumIdentity', { metadata: { name: '1' } }), object('CiliumIdentity', { metadata: { name: '2' } }), {
      metadata: { name: 'x' },
    }),
  )
  expect(inputs).toMatchObject([
    {
      kind: 'list',
      note: 'recognised, not used: 2 cilium-identities (nothing about masquerading in a CiliumIdentity); recognised, not used: 1 object (it has no kind)',
    },
  ])
  expect(warnings).toEqual([])
})

test('typed lists give their items a kind, wherever their own stands', () => {
  const items = [{ metadata: { name: 'n1' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } }]
  for (const text of [
    JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', items }),
    JSON.stringify({ apiVersion: 'v1', items, kind: 'NodeList' }),
    'apiVersion: v1\nitems:\n- metadata:\n    name: n1\n  status:\n    addresses:\n    - {type: InternalIP, address: 192.0.2.1}\nkind: NodeList\n',
  ]) {
    const { inputs, addressBook } = clusterFrom(text)
    expect(inputs).toMatchObject([{ kind: 'node-list', note: '1 node' }])
    expect(addressBook.lookup('192.0.2.1').name).toBe('n1')
  }
})

test('an agent node list of several clusters: only the local one is home', () => {
  const { nodes } = clusterFrom(
    'Name        IPv4 Address   Endpoint CIDR   IPv6 Address   Endpoint CIDR   Source\n' +
      'here/n1     192.0.2.1      10.0.1.0/24                                    local\n' +
      'here/n2     192.0.2.2      10.0.2.0/24                                    custom-resource\n' +
      'there/n1    198.51.100.1   10.200.1.0/24                                  clustermesh\n',
  )
  expect(nodes.map(({ name, remoteCluster }) => [name, remoteCluster])).toEqual([
    ['n1', false],
    ['n2', false],
    ['there/n1', true],
  ])
})

test('a run of objects of one kind is one input', () => {
  const one = (name: string) => JSON.stringify(object('Pod', { metadata: { name } }, 'v1'))
  const { inputs, pods } = clusterFrom(
    [one('a'), one('b'), one('c'), JSON.stringify(object('Node', { metadata: { name: 'n1' } }, 'v1'))].join('\n'),
  )
  expect(pods).toHaveLength(3)
  expect(inputs.map(({ kind, note }) => [kind, note])).toEqual([
    ['pod', '3 pods'],
    ['node', 'one Node'],
  ])
})

test('nodes are told from the pods on them where no input lists nodes', () => {
  const onNode = (node: string, hostIP: string) =>
    object(
      'Pod',
      { metadata: { name: `on-${node}` }, spec: { nodeName: node }, status: { hostIP, podIP: '10.0.0.5' } },
      'v1',
    )
  const alone = clusterFrom(list(onNode('n1', '192.0.2.1')))
  expect(alone.addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'node', name: 'n1', basis: 'pod status.hostIP' })
  expect(alone.nodesKnown).toBe(false)
  const listed = clusterFrom(list(object('Node', { metadata: { name: 'n2' } }, 'v1'), onNode('gone', '192.0.2.9')))
  expect(listed.nodes.map(({ name }) => name)).toEqual(['n2'])
})

test('members of the node ipset stand in for a list of nodes, and are no evidence beside one', () => {
  const ipset = 'Name: cilium_node_set_v4\nType: hash:ip\nHeader: family inet\nMembers:\n192.0.2.1\n192.0.2.2\n'
  const alone = clusterFrom(ipset)
  expect(alone.nodesKnown).toBe(true)
  expect(alone.addressBook.lookup('192.0.2.2')).toMatchObject({
    kind: 'node',
    name: null,
    basis: 'member of ipset cilium_node_set_v4',
  })
  const beside = clusterOf({
    ipset,
    'nodes.json': list(
      object(
        'Node',
        { metadata: { name: 'n1' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } },
        'v1',
      ),
    ),
  })
  expect(beside.addressBook.lookup('192.0.2.2').kind).toBe('external')
})

test('a cluster of one node owns every dump', () => {
  const { nodesByName } = clusterOf({
    'nodes.json': list(object('Node', { metadata: { name: 'only' } }, 'v1')),
    'route.txt': 'default via 203.0.113.254 dev eth0\n',
  })
  expect(nodesByName.get('only')?.routes).toHaveLength(1)
})

test('of many warnings alike the first are kept and the rest counted', () => {
  const pods = Array.from({ length: 50 }, (_, i) =>
    object('Pod', { metadata: { name: `p${i}` }, status: { podIP: 'nonsense' } }, 'v1'),
  )
  const { warnings } = clusterFrom(list(...pods))
  expect(warnings).toHaveLength(21)
  expect(warnings.at(-1)?.message).toBe('input: 30 more warnings like this one (metadata-bad-value)')
})

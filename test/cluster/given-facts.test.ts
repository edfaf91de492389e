import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import type { GivenFacts } from '../../src/cluster/given-facts.ts'
import { MasqcheckError } from '../../src/core/errors.ts'
import { clusterOf, TWO_NODES } from '../support/cluster-pieces.ts'

const given = (facts: GivenFacts) => buildCluster([], { given: facts })

function errorOf(facts: GivenFacts): MasqcheckError {
  try {
    given(facts)
  } catch (error) {
    if (error instanceof MasqcheckError) return error
    throw error
  }
  throw new Error('Expected an error')
}

describe('facts given by hand', () => {
  test('name nodes, cilium_host, pods, services and gateways', () => {
    const { addressBook, nodes, nodesKnown } = given({
      nodes: ['n1=192.0.2.1', 'n1=2001:db8::1', '192.0.2.2'],
      ciliumHosts: ['n1=10.0.1.1', '10.9.9.9'],
      pods: ['web/shop-0@n1=10.0.1.7', '10.0.1.8'],
      podCidrs: ['n1=10.0.1.0/24', '10.8.0.0/16'],
      services: ['web/shop=10.96.0.7'],
      serviceCidrs: ['10.96.0.0/12'],
      egressGateways: ['n1=192.0.2.200'],
    })
    expect(nodesKnown).toBe(true)
    expect(nodes.map(({ name, addresses }) => [name, addresses.map(({ ip }) => ip).join(' ')])).toEqual([
      ['192.0.2.2', '192.0.2.2'],
      ['n1', '192.0.2.1 2001:db8::1 10.0.1.1'],
    ])
    const kinds = (ip: string) => {
      const { kind, name, node, basis } = addressBook.lookup(ip)
      return [kind, name, node, basis]
    }
    expect(kinds('2001:db8::1')).toEqual(['node', 'n1', 'n1', '--node'])
    expect(kinds('10.0.1.1')).toEqual(['cilium_host', 'n1', 'n1', '--cilium-host'])
    expect(kinds('10.9.9.9')).toEqual(['cilium_host', null, null, '--cilium-host'])
    expect(kinds('10.0.1.7')).toEqual(['pod', 'web/shop-0', 'n1', '--pod'])
    expect(kinds('10.0.1.8')).toEqual(['pod', null, 'n1', '--pod'])
    expect(kinds('10.0.1.9')).toEqual(['pod', null, 'n1', 'in pod CIDR 10.0.1.0/24, no pod listed'])
    expect(kinds('10.8.3.4')).toEqual(['pod', null, null, 'in --pod-cidr 10.8.0.0/16, no pod listed'])
    expect(kinds('10.96.0.7')).toEqual(['service', 'web/shop', null, '--service'])
    expect(kinds('10.100.0.1')).toEqual(['service', null, null, 'in --service-cidr 10.96.0.0/12, no service listed'])
    expect(kinds('192.0.2.200')).toEqual(['egress_gateway', 'n1', 'n1', '--egress-gateway'])
    expect(kinds('198.51.100.1')).toEqual(['external', null, null, 'no match'])
  })

  test('a pod CIDR without a node is that of the only node', () => {
    expect(
      given({ nodes: ['n1=192.0.2.1'], podCidrs: ['10.0.0.0/16'] }).nodes[0]?.podCidrs.map(({ text }) => text),
    ).toEqual(['10.0.0.0/16'])
    const two = given({ nodes: ['n1=192.0.2.1', 'n2=192.0.2.2'], podCidrs: ['10.0.0.0/16'] })
    expect(two.nodes.map(({ podCidrs }) => podCidrs.length)).toEqual([0, 0])
  })

  test('a nameless address joins the node a file gives it to', () => {
    const { nodes, addressBook } = clusterOf(
      { 'nodes.json': TWO_NODES },
      { nodes: ['192.0.2.1'], ciliumHosts: ['n2=10.0.2.77'] },
    )
    expect(nodes.map(({ name }) => name)).toEqual(['n1', 'n2'])
    expect(addressBook.lookup('192.0.2.1').basis).toBe('--node')
    expect(addressBook.lookup('10.0.2.77')).toMatchObject({ kind: 'cilium_host', name: 'n2' })
  })

  test('win over what files say of the same address', () => {
    const { addressBook } = clusterOf({ 'nodes.json': TWO_NODES }, { pods: ['default/odd=192.0.2.1'] })
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({
      kind: 'pod',
      name: 'default/odd',
      alternatives: ['node n1 (CiliumNode InternalIP)'],
    })
  })

  test.each([
    [{ masquerade: 'bpf' }, { enableIpv4Masquerade: true, enableBpfMasquerade: true }],
    [{ masquerade: 'iptables' }, { enableIpv4Masquerade: true, enableBpfMasquerade: false }],
    [{ masquerade: 'off' }, { enableIpv4Masquerade: false, enableIpv6Masquerade: false }],
    [{ routing: 'native' }, { routingMode: 'native' }],
    [{ devices: ['eth0', 'eth1'] }, { devices: ['eth0', 'eth1'] }],
    [{ egressMasqueradeInterfaces: ['eth+'] }, { egressMasqueradeInterfaces: ['eth+'] }],
    [
      { settings: ['enable-endpoint-routes=true', 'tunnel=disabled'] },
      { enableEndpointRoutes: true, routingMode: 'native' },
    ],
    [{ settings: ['enable-egress-gateway=true'] }, { enableEgressGateway: true }],
  ] as const)('%j', (facts, expected) => {
    const { settings } = given(facts)
    for (const [field, value] of Object.entries(expected)) {
      expect(settings[field as keyof typeof expected]).toMatchObject({ value, origin: 'option' })
    }
  })

  test('one native-routing CIDR of each family', () => {
    const { settings } = given({ nativeRoutingCidrs: ['10.0.0.0/8', 'fd00::/8'] })
    expect(settings.ipv4NativeRoutingCidr).toMatchObject({
      value: { text: '10.0.0.0/8' },
      source: { file: '--native-routing-cidr' },
    })
    expect(settings.ipv6NativeRoutingCidr.value?.text).toBe('fd00::/8')
    expect(settings.known).toBe(true)
  })
})

describe('facts that cannot both hold', () => {
  test.each([
    [
      { masquerade: 'off', nonMasqueradeCidrs: ['10.0.0.0/8'] },
      /--masquerade off and --non-masquerade-cidr .*use --masquerade bpf or leave out/,
    ],
    [
      { masquerade: 'iptables', nonMasqueradeCidrs: ['10.0.0.0/8'] },
      /ip-masq-agent list works with BPF masquerading only/,
    ],
    [{ masquerade: 'bpf', egressMasqueradeInterfaces: ['eth0'] }, /belong to iptables masquerading/],
    [{ masquerade: 'iptables', egressGateways: ['192.0.2.9'] }, /egress gateways need BPF masquerading/],
    [{ nodes: ['n1=192.0.2.1'], ciliumHosts: ['n1=192.0.2.1'] }, /--node and --cilium-host both claim 192\.0\.2\.1/],
    [{ nodes: ['n1=192.0.2.1', 'n2=192.0.2.1'] }, /--node and --node both claim/],
    [{ nodes: ['n1=192.0.2.1'], pods: ['default/p=192.0.2.1'] }, /both claim/],
    [{ podCidrs: ['n1=10.0.1.0/24', 'n2=10.0.1.0/24'] }, /overlap/],
    [{ nativeRoutingCidrs: ['10.0.0.0/8', '172.16.0.0/12'] }, /set ipv4-native-routing-cidr to/],
    [
      { masquerade: 'bpf', settings: ['enable-bpf-masquerade=false'] },
      /--masquerade and --setting set enable-bpf-masquerade/,
    ],
    [{ podCidrs: ['n1=10.0.1.0/24', 'n2=10.0.1.128/25'] }, /overlap/],
  ] as const)('%j', (facts, message) => {
    const error = errorOf(facts)
    expect(error.code).toBe('CONFIG_CONFLICT')
    expect(error.message).toMatch(message)
  })

  test.each([
    [{ routing: 'tunnel', nativeRoutingCidrs: ['10.0.0.0/8'] }],
    [{ nodes: ['n1=192.0.2.1', 'n1=192.0.2.1'] }],
    [{ nodes: ['10.0.0.5'], podCidrs: ['10.0.0.0/8'] }],
    [{ masquerade: 'bpf', settings: ['enable-bpf-masquerade=true'] }],
  ] as const)('%j is no conflict', (facts) => {
    expect(given(facts).warnings).toEqual([])
  })
})

describe('facts that are none', () => {
  test.each([
    [{ nodes: ['n1=192.0.2.300'] }, /--node "n1=192\.0\.2\.300": wanted/],
    [{ nodes: ['=192.0.2.1'] }, /--node/],
    [{ ciliumHosts: ['somewhere'] }, /--cilium-host/],
    [{ podCidrs: ['10.0.0.0'] }, /--pod-cidr/],
    [{ pods: ['ns/p='] }, /--pod/],
    [{ serviceCidrs: ['x'] }, /--service-cidr/],
    [{ nativeRoutingCidrs: ['10.0.0.0/33'] }, /--native-routing-cidr/],
    [{ nonMasqueradeCidrs: ['10'] }, /--non-masquerade-cidr/],
    [{ settings: ['routing-mode'] }, /--setting .* wanted key=value/],
    [{ settings: ['routing-mode=sideways'] }, /"sideways" is no value of routing-mode/],
  ] as const)('%j', (facts, message) => {
    const error = errorOf(facts)
    expect(error.code).toBe('USAGE')
    expect(error.message).toMatch(message)
  })
})

import { describe, expect, test } from 'vitest'
import { parseMasqueradingLine } from '../../../src/cluster/formats/status-text.ts'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

describe('parseMasqueradingLine()', () => {
  // Every form of `cluster-metadata-formats.md` §6, plus the single blanks of the documentation.
  test.each([
    ['Disabled', 'disabled', false, [], [], null, null],
    ['Enabled', 'iptables', false, [], [], null, null],
    ['IPTables [IPv4: Enabled, IPv6: Disabled]', 'iptables', false, [], [], true, false],
    [
      'BPF   [eth0]   10.244.0.0/16 [IPv4: Enabled, IPv6: Disabled]',
      'bpf',
      false,
      ['eth0'],
      ['10.244.0.0/16'],
      true,
      false,
    ],
    [
      'BPF   [eth0]   10.244.0.0/16  [IPv4: Enabled, IPv6: Disabled]',
      'bpf',
      false,
      ['eth0'],
      ['10.244.0.0/16'],
      true,
      false,
    ],
    [
      'BPF   [dummy0, ens18, ens19.30]   10.101.0.0/16 fd00:101::/48 [IPv4: Disabled, IPv6: Enabled]',
      'bpf',
      false,
      ['dummy0', 'ens18', 'ens19.30'],
      ['10.101.0.0/16', 'fd00:101::/48'],
      false,
      true,
    ],
    [
      'BPF (ip-masq-agent)   [eth0, eth1]   10.0.0.0/16 [IPv4: Enabled, IPv6: Disabled]',
      'bpf',
      true,
      ['eth0', 'eth1'],
      ['10.0.0.0/16'],
      true,
      false,
    ],
    ['BPF (ip-masq-agent)   [eth0]    [IPv4: Enabled, IPv6: Disabled]', 'bpf', true, ['eth0'], [], true, false],
    ['BPF [IPv4: Enabled, IPv6: Disabled]', 'bpf', false, [], [], true, false],
    ['BPF   [eth0]   10.244.0.0/16', 'bpf', false, ['eth0'], ['10.244.0.0/16'], null, null],
    ['BPF (ip-masq-agent)   [eth0, eth1]', 'bpf', true, ['eth0', 'eth1'], [], null, null],
    ['BPF   []   10.244.0.0/16 [IPv4: Enabled, IPv6: Enabled]', 'bpf', false, [], ['10.244.0.0/16'], true, true],
    ['IPTables', 'iptables', false, [], [], null, null],
    ['BPF (ip-masq-agent) [eth0, eth1] 10.0.0.0/16', 'bpf', true, ['eth0', 'eth1'], ['10.0.0.0/16'], null, null],
  ] as const)('%s', (line, mode, ipMasqAgent, devices, exclusions, ipv4, ipv6) => {
    const parsed = parseMasqueradingLine(line)
    expect(parsed?.masquerading).toMatchObject({ mode, ipMasqAgent, devices, ipv4, ipv6 })
    expect(parsed?.exclusions.map(({ text }) => text)).toEqual(exclusions)
  })

  test('a first word that is no mode is no such line', () => {
    expect(parseMasqueradingLine('Something [eth0]')).toBeUndefined()
  })
})

describe('the status of an agent', () => {
  const statusOf = (status: string) => clusterOf({ 'status.txt': status, 'nodes.json': TWO_NODES })

  test.each([
    ['a device address', 'KubeProxyReplacement:    True   [eth0   192.0.2.2 (Direct Routing)]\n'],
    ['the pod CIDR', 'IPAM:                    IPv4: 5/254 allocated from 10.0.2.0/24, \n'],
    ['the proxy address', 'Proxy Status:            OK, ip 10.0.2.1, 0 redirects active on ports 10000-20000\n'],
  ])('is given to its node by %s', (_by, line) => {
    expect(statusOf(line).nodesByName.get('n2')?.status).not.toBeNull()
  })

  test.each([
    ['Routing:                 Network: Native   Host: BPF\n', 'native', false],
    ['Routing:                 Network: Tunnel [geneve]   Host: Legacy\n', 'tunnel', true],
    ['Host Routing:            Legacy\n', 'tunnel', true],
  ])('%s', (line, routing, legacy) => {
    const { settings } = statusOf(line)
    expect(settings.routingMode.value).toBe(routing)
    expect(settings.enableHostLegacyRouting).toMatchObject({ value: legacy, origin: 'status' })
  })

  test("an exclusion that is the node's own pod CIDR is the fallback, not a native-routing CIDR", () => {
    const line = (cidr: string) =>
      `IPAM:          IPv4: 5/254 allocated from 10.0.2.0/24, \nMasquerading:  BPF [eth0] ${cidr} [IPv4: Enabled, IPv6: Disabled]\n`
    expect(statusOf(line('10.0.2.0/24')).settings.ipv4NativeRoutingCidr).toMatchObject({
      value: null,
      origin: 'default',
    })
    expect(statusOf(line('10.0.0.0/8')).settings.ipv4NativeRoutingCidr.value?.text).toBe('10.0.0.0/8')
  })

  test("an empty exclusion with the agent's list on says that none is configured", () => {
    const { settings } = statusOf('Masquerading: BPF (ip-masq-agent) [eth0] [IPv4: Enabled, IPv6: Disabled]\n')
    expect(settings.ipv4NativeRoutingCidr).toMatchObject({ value: null, origin: 'status' })
  })

  test('verbose: allocated addresses name cilium_host, health, ingress and pods', () => {
    const { addressBook } = statusOf(
      [
        'IPAM:                    IPv4: 5/254 allocated from 10.0.2.0/24, ',
        'Allocated addresses:',
        '  10.0.2.200 (router)',
        '  10.0.2.3 (health)',
        '  10.0.2.4 (ingress)',
        '  10.0.2.5 (ns/web-0 [restored])',
      ].join('\n'),
    )
    expect(addressBook.lookup('10.0.2.200')).toMatchObject({ kind: 'cilium_host', name: 'n2' })
    expect(addressBook.lookup('10.0.2.3')).toMatchObject({ kind: 'health', node: 'n2' })
    expect(addressBook.lookup('10.0.2.4')).toMatchObject({ kind: 'ingress', node: 'n2' })
    expect(addressBook.lookup('10.0.2.5')).toMatchObject({ kind: 'pod', name: 'ns/web-0', node: 'n2' })
  })
})

import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf } from '../../support/cluster-pieces.ts'

const rawOf = (text: string): Record<string, string> =>
  Object.fromEntries([...clusterFrom(text).settings.raw].map(([key, { value }]) => [key, value]))

describe('chart values as the keys the chart writes from them', () => {
  test.each([
    ['bpf: { masquerade: true }', { 'enable-bpf-masquerade': 'true' }],
    [
      'enableIPv4Masquerade: false\nenableIPv6Masquerade: true',
      { 'enable-ipv4-masquerade': 'false', 'enable-ipv6-masquerade': 'true' },
    ],
    ['ipv4NativeRoutingCIDR: 10.244.0.0/16', { 'ipv4-native-routing-cidr': '10.244.0.0/16' }],
    ['nativeRoutingCIDR: 10.0.0.0/8', { 'native-routing-cidr': '10.0.0.0/8' }],
    ['routingMode: native\ntunnelProtocol: geneve', { 'routing-mode': 'native', 'tunnel-protocol': 'geneve' }],
    ['ipMasqAgent: { enabled: true }', { 'enable-ip-masq-agent': 'true' }],
    ['egressMasqueradeInterfaces: eth+', { 'egress-masquerade-interfaces': 'eth+' }],
    [
      'ipam: { mode: kubernetes }\nenableMasqueradeRouteSource: true',
      { ipam: 'kubernetes', 'enable-masquerade-to-route-source': 'true' },
    ],
    [
      'ipam: { operator: { clusterPoolIPv4PodCIDRList: [10.0.0.0/8, 11.0.0.0/8] } }',
      { 'cluster-pool-ipv4-cidr': '10.0.0.0/8 11.0.0.0/8' },
    ],
    ['routingMode: native\ndevices: [eth0, eth1]', { 'routing-mode': 'native', devices: 'eth0 eth1' }],
    ['bpf: { hostLegacyRouting: true }', { 'enable-host-legacy-routing': 'true' }],
    [
      'routingMode: native\nencryption: { enabled: true, type: wireguard }',
      { 'routing-mode': 'native', 'enable-wireguard': 'true', 'enable-ipsec': 'false' },
    ],
  ])('%s', (text, keys) => expect(rawOf(text)).toEqual(keys))

  test('a value that is not set sets nothing', () => {
    expect(rawOf('bpf: { masquerade: null }\nroutingMode: native')).toEqual({ 'routing-mode': 'native' })
  })

  test('extraConfig has the last word', () => {
    expect(rawOf('bpf: { masquerade: true }\nextraConfig: { enable-bpf-masquerade: "false", custom: 1 }')).toEqual({
      'enable-bpf-masquerade': 'false',
      custom: '1',
    })
  })

  test('a cloud mode brings its settings along, which give way to what is said outright', () => {
    expect(rawOf('eni: { enabled: true }\nbpf: {}')).toEqual({
      ipam: 'eni',
      'enable-endpoint-routes': 'true',
      'routing-mode': 'native',
    })
    const { settings } = clusterFrom('eni: { enabled: true }\nrouting: x\nroutingMode: tunnel\n')
    expect(settings.routingMode).toMatchObject({ value: 'tunnel', others: [{ value: 'native' }] })
    expect(rawOf('eni: { enabled: false }\nbpf: {}')).toEqual({})
  })
})

describe('helm get values', () => {
  test.each(['USER-SUPPLIED VALUES:', 'COMPUTED VALUES:'])(
    '%s stands above the values, whose lines count from it',
    (header) => {
      const { settings, inputs } = clusterFrom(`${header}\nroutingMode: native\nbpf:\n  masquerade: true\n`)
      expect(inputs).toMatchObject([{ kind: 'helm-values', note: '2 settings' }])
      expect(settings.enableBpfMasquerade).toMatchObject({
        value: true,
        origin: 'helm-values',
        source: { file: 'input', line: 4 },
      })
    },
  )

  test('null under the header means that the chart’s defaults hold', () => {
    const { settings } = clusterFrom('USER-SUPPLIED VALUES:\nnull\n')
    expect(settings.known).toBe(true)
    expect(settings).toMatchObject({
      enableIpv4Masquerade: { value: true, origin: 'default' },
      enableBpfMasquerade: { value: false, origin: 'default' },
    })
  })

  test('broken YAML under the header is a warning with its line', () => {
    const { warnings, inputs } = clusterFrom('USER-SUPPLIED VALUES:\nbpf: {}\nroutingMode: [native\n')
    expect(inputs).toMatchObject([{ kind: 'helm-values', note: 'unreadable below its header' }])
    expect(warnings).toMatchObject([{ code: 'metadata-unreadable', file: 'input', line: expect.any(Number) }])
  })

  test('the ConfigMap wins over what was asked at install time, which is kept', () => {
    const { settings } = clusterOf({
      'values.yaml': 'bpf: { masquerade: true }\n',
      'config.txt': 'enable-bpf-masquerade  false\n',
    })
    expect(settings.enableBpfMasquerade).toMatchObject({
      value: false,
      origin: 'cilium-config',
      others: [{ value: true, origin: 'helm-values' }],
    })
  })
})

test('the list of the ip-masq-agent is what the chart writes into its ConfigMap', () => {
  const { ipMasqAgent } = clusterFrom(
    'bpf: { masquerade: true }\nipMasqAgent:\n  enabled: true\n  config:\n    nonMasqueradeCIDRs: [10.0.0.0/8]\n    masqLinkLocal: true\n    masqLinkLocalIPv6: true\n',
  )
  expect(ipMasqAgent.state).toBe('content')
  expect(ipMasqAgent.effective.map(({ cidr }) => cidr.text)).toEqual(['10.0.0.0/8'])
})

test.each(['ipv4-native-routing-cidr', 'enable-ipv4-masquerade', 'egress-masquerade-interfaces'])(
  'a cilium-config key for a chart value has no effect, which is told: %s',
  (key) => {
    const { settings, warnings } = clusterFrom(`routingMode: native\n${key}: "10.0.0.0/8"\n`)
    expect(settings.raw.get(key)).toBeUndefined()
    expect(warnings).toMatchObject([
      { code: 'helm-value-without-effect', line: 2, message: expect.stringContaining(key) },
    ])
  },
)

test('the version of a chart that is not Cilium’s is nobody’s', () => {
  expect(clusterFrom('chart: cilium\nversion: 1.16.4\nrevision: 3\n').settings.ciliumVersion.value).toBe('1.16')
  expect(clusterFrom('chart: nginx\nversion: 1.16.4\nrevision: 3\n').settings.ciliumVersion.origin).toBe('default')
})

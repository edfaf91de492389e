import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import { makeCluster } from '../../src/cluster/make-cluster.ts'
import { SETTING_TABLE } from '../../src/cluster/setting-table.ts'
import { ciliumNode, clusterOf, list, TWO_NODES } from '../support/cluster-pieces.ts'

const configMap = (data: Record<string, string>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config' }, data }, null, 1)
const status = (line: string, ip: string) =>
  `KubeProxyReplacement: True [eth0 ${ip} (Direct Routing)]\nMasquerading: ${line}\n`
const BPF = 'BPF [eth0] 10.0.0.0/8 [IPv4: Enabled, IPv6: Disabled]'
const IPTABLES = 'IPTables [IPv4: Enabled, IPv6: Disabled]'

describe('precedence, strongest first', () => {
  const inputs = {
    'a-helm-command.txt': 'helm install cilium cilium/cilium --set bpf.masquerade=true',
    'b-helm-values.yaml': 'bpf:\n  masquerade: true\nrouting-mode-is-not-this: 1\nroutingMode: native\n',
    'c-config.json': configMap({ 'enable-bpf-masquerade': 'true' }),
    'd-agent.txt': 'EnableBPFMasquerade               : true\n',
    'e-status.txt': `Masquerading: ${IPTABLES}\n`,
  }

  test('option, status, agent, ConfigMap, values, command line; all are kept', () => {
    const { enableBpfMasquerade } = clusterOf(inputs, { masquerade: 'bpf' }).settings
    const all = [enableBpfMasquerade, ...enableBpfMasquerade.others]
    expect(all.map(({ origin, value, source }) => [origin, value, source?.file, source?.line])).toEqual([
      ['option', true, '--masquerade', undefined],
      ['status', false, 'e-status.txt', 1],
      ['agent-config', true, 'd-agent.txt', 1],
      ['cilium-config', true, 'c-config.json', 8],
      ['helm-values', true, 'b-helm-values.yaml', 2],
      ['helm-values', true, 'a-helm-command.txt', 1],
    ])
  })

  test('every key any input set is in raw', () => {
    const { raw } = clusterOf({
      'c.json': configMap({ 'some-new-key': 'x', 'enable-bpf-masquerade': 'true' }),
    }).settings
    expect(raw.get('some-new-key')).toMatchObject({ value: 'x', origin: 'cilium-config' })
  })

  test('two inputs of equal strength: the first by name, the other kept', () => {
    const { routingMode } = clusterOf({
      'b.yaml': configMap({ 'routing-mode': 'tunnel' }),
      'a.yaml': configMap({ 'routing-mode': 'native' }),
    }).settings
    expect(routingMode).toMatchObject({ value: 'native', source: { file: 'a.yaml' } })
    expect(routingMode.others).toMatchObject([{ value: 'tunnel', source: { file: 'b.yaml' } }])
  })
})

describe('nodes with settings of their own', () => {
  const cluster = (lines: { readonly n1?: string; readonly n2?: string }) =>
    clusterOf({
      'nodes.json': TWO_NODES,
      'config.json': configMap({ 'enable-bpf-masquerade': 'true' }),
      ...(lines.n1 === undefined ? {} : { 'n1.txt': status(lines.n1, '192.0.2.1') }),
      ...(lines.n2 === undefined ? {} : { 'n2.txt': status(lines.n2, '192.0.2.2') }),
    })

  test('what every agent that speaks has realised is taken for the cluster', () => {
    const { settings, settingsFor } = cluster({ n1: IPTABLES })
    expect(settings.enableBpfMasquerade).toMatchObject({ value: false, origin: 'status' })
    expect(settingsFor('n2').enableBpfMasquerade.value).toBe(false)
  })

  test('where agents differ the configuration stands, and each node has its own', () => {
    const { settings, settingsFor } = cluster({ n1: IPTABLES, n2: BPF })
    expect(settings.enableBpfMasquerade).toMatchObject({ value: true, origin: 'cilium-config' })
    expect(settings.enableBpfMasquerade.others.map(({ value }) => value).sort()).toEqual([false, true])
    expect(settingsFor('n1').enableBpfMasquerade).toMatchObject({ value: false, origin: 'status' })
    expect(settingsFor('n2').enableBpfMasquerade).toMatchObject({ value: true, origin: 'status' })
    expect(settingsFor(null)).toBe(settings)
    expect(settingsFor('no such node')).toBe(settings)
  })

  test("devices are a node's own", () => {
    const { settings, settingsFor } = cluster({ n2: BPF })
    expect(settings.devices).toMatchObject({ value: [], origin: 'default' })
    expect(settingsFor('n1').devices.value).toEqual([])
    expect(settingsFor('n2').devices).toMatchObject({ value: ['eth0'], origin: 'status' })
  })

  test('a CiliumNodeConfig holds for the nodes its selector matches', () => {
    const { settingsFor, settings } = clusterOf({
      'nodes.json': list(
        ciliumNode({ name: 'n1', ip: '192.0.2.1', labels: { role: 'edge', zone: 'a' } }),
        ciliumNode({ name: 'n2', ip: '192.0.2.2', labels: { role: 'core' } }),
      ),
      'config.json': configMap({ 'enable-ipv4-masquerade': 'true' }),
      'node-config.json': JSON.stringify({
        apiVersion: 'cilium.io/v2alpha1',
        kind: 'CiliumNodeConfig',
        metadata: { name: 'edge', namespace: 'kube-system' },
        spec: {
          nodeSelector: {
            matchLabels: { role: 'edge' },
            matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }],
          },
          defaults: { 'enable-ipv4-masquerade': 'false' },
        },
      }),
    })
    expect(settingsFor('n1').enableIpv4Masquerade).toMatchObject({ value: false, origin: 'node-config' })
    expect(settingsFor('n2').enableIpv4Masquerade).toMatchObject({ value: true, origin: 'cilium-config' })
    expect(settings.enableIpv4Masquerade.value).toBe(true)
  })
})

describe('defaults', () => {
  test("are the agent's, said to be defaults", () => {
    const { settings } = makeCluster({ config: {} })
    expect(settings.known).toBe(true)
    expect(settings).toMatchObject({
      enableIpv4: { value: true, origin: 'default', source: null, others: [] },
      enableIpv6: { value: false },
      enableIpv4Masquerade: { value: true },
      enableIpv6Masquerade: { value: true },
      enableBpfMasquerade: { value: false },
      routingMode: { value: 'tunnel' },
      tunnelProtocol: { value: 'vxlan' },
      tunnelPort: { value: 8472 },
      ipv4NativeRoutingCidr: { value: null },
      ipam: { value: 'cluster-pool' },
      kubeProxyReplacement: { value: 'false' },
      nodePortRange: { value: [30000, 32767] },
      enableL7Proxy: { value: true },
      bpfLbMode: { value: 'snat' },
      ciliumVersion: { value: '1.17', origin: 'default' },
    })
  })

  test.each([
    [{ 'tunnel-protocol': 'geneve' }, 'tunnelPort', 6081],
    [{ 'tunnel-port': '8473' }, 'tunnelPort', 8473],
    [{ ipam: 'eni' }, 'enableEndpointRoutes', true],
    [{ ipam: 'eni', 'enable-endpoint-routes': 'false' }, 'enableEndpointRoutes', false],
    [{ 'kube-proxy-replacement': 'true' }, 'bpfLbSock', true],
  ] as const)('%j: %s', (config, field, value) => {
    expect(makeCluster({ config }).settings[field].value).toBe(value)
  })
})

describe('versions', () => {
  test.each([
    ['1.13', { tunnel: 'disabled' }, 'routingMode', 'native'],
    ['1.13', { tunnel: 'geneve' }, 'tunnelProtocol', 'geneve'],
    ['1.13', { tunnel: 'vxlan' }, 'routingMode', 'tunnel'],
    ['1.14', { tunnel: 'disabled', 'routing-mode': 'tunnel' }, 'routingMode', 'tunnel'],
    ['1.15', { tunnel: 'disabled' }, 'routingMode', 'tunnel'],
    ['1.9', { masquerade: 'false' }, 'enableIpv4Masquerade', false],
    ['1.10', { masquerade: 'false' }, 'enableIpv4Masquerade', true],
    ['1.17', { 'enable-ipv4-egress-gateway': 'true' }, 'enableEgressGateway', true],
    ['1.17', { 'enable-egress-gateway': 'true' }, 'enableEgressGateway', false],
    ['1.18', { 'enable-egress-gateway': 'true' }, 'enableEgressGateway', true],
    ['1.19', { 'enable-ipv4-egress-gateway': 'true' }, 'enableEgressGateway', false],
  ] as const)('%s with %j: %s', (ciliumVersion, config, field, value) => {
    expect(makeCluster({ ciliumVersion, config }).settings[field].value).toBe(value)
  })

  test('native-routing-cidr is the older name up to 1.12', () => {
    const config = { 'native-routing-cidr': '10.0.0.0/8' }
    expect(makeCluster({ ciliumVersion: '1.12', config }).settings.ipv4NativeRoutingCidr.value?.text).toBe('10.0.0.0/8')
    expect(makeCluster({ ciliumVersion: '1.13', config }).settings.ipv4NativeRoutingCidr.value).toBeNull()
  })

  const image = (tag: string) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'cilium' },
      spec: { template: { spec: { containers: [{ image: `quay.io/cilium/cilium:${tag}` }] } } },
    })

  test.each([
    [
      'status',
      { s: 'Cilium:                  Ok   1.16.4-cee.1 (v1.16.4-cee.1-abc)\nMasquerading: Disabled\n' },
      '1.16',
      '1.16.4',
      'status',
    ],
    ["the agent's image", { d: image('v1.15.3@sha256:00') }, '1.15', '1.15.3', 'agent-config'],
    [
      'the chart label of the ConfigMap',
      {
        c: configMap({}).replace(
          '"name": "cilium-config"',
          '"name": "cilium-config", "labels": {"helm.sh/chart": "cilium-1.14.2"}',
        ),
      },
      '1.14',
      '1.14.2',
      'cilium-config',
    ],
    [
      'helm',
      { h: 'helm install cilium cilium/cilium --version v1.13.0 --set bpf.masquerade=true' },
      '1.13',
      '1.13.0',
      'helm-values',
    ],
  ] as const)('the version is told by %s', (_by, texts, version, release, origin) => {
    const { ciliumVersion, ciliumRelease } = clusterOf(texts).settings
    expect(ciliumVersion).toMatchObject({ value: version, origin })
    expect(ciliumRelease?.value).toBe(release)
  })

  test('the one given by hand wins', () => {
    const { settings } = buildCluster([{ file: 'd', text: image('v1.15.3') }], { ciliumVersion: '1.18' })
    expect(settings.ciliumVersion).toMatchObject({
      value: '1.18',
      origin: 'option',
      others: [{ value: '1.15', origin: 'agent-config' }],
    })
  })
})

const warningsOf = (ciliumVersion: string) => buildCluster([], { ciliumVersion }).warnings

test.each([
  ['1.9', 'older', '1.10'],
  ['1.20', 'newer', '1.19'],
  ['2.0', 'newer', '1.19'],
])('that the rules of Cilium %s are not known is a warning', (version, relation, nearest) => {
  const message = `--cilium-version: Cilium ${version} is ${relation} than the releases whose rules are known; those of ${nearest} are followed`
  expect(warningsOf(version)).toEqual([{ code: 'cilium-version-unread', file: '--cilium-version', message }])
})

test.each(['1.10', 'v1.19.3'])('the rules of Cilium %s are known', (version) => {
  expect(warningsOf(version)).toEqual([])
})

test('a text that is no value of its key is a warning with its line, and the next statement counts', () => {
  const { settings, warnings } = clusterOf({
    'a.yaml': 'enable-bpf-masquerade: maybe\nrouting-mode: native\n',
    'b.yaml': 'enable-bpf-masquerade: "true"\n',
  })
  expect(settings.enableBpfMasquerade).toMatchObject({ value: true, source: { file: 'b.yaml' } })
  expect(warnings).toMatchObject([{ code: 'metadata-bad-value', file: 'a.yaml', line: 1 }])
})

test('settings count as known from the first word about masquerading, not before', () => {
  expect(clusterOf({ v: 'routing-mode  native\n' }).settings.known).toBe(false)
  expect(clusterOf({ v: 'enable-bpf-masquerade  true\n' }).settings.known).toBe(true)
  expect(clusterOf({}, { nativeRoutingCidrs: ['10.0.0.0/8'] }).settings.known).toBe(true)
  expect(clusterOf({}, { nodes: ['192.0.2.1'] }).settings.known).toBe(false)
  expect(clusterOf({ v: 'kubeProxyReplacement: true\n' }).settings.known).toBe(true)
})

test('every field of the table has a key, and reads its own default back', () => {
  for (const [field, spec] of Object.entries(SETTING_TABLE)) {
    expect(spec.keys.length, field).toBeGreaterThan(0)
    for (const { key } of spec.keys) expect(key, field).toMatch(/^[a-z][a-z0-9-]*$/)
  }
})

import { beforeAll, describe, expect, test } from 'vitest'
import { loadCluster } from '../../src/cluster/load.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { HAS_SAMPLES, sample } from '../support/cluster-samples.ts'

const SYSDUMP = 'cilium-sysdump-20250801-125841.zip'

/** Facts of samples/cluster-kind-README.md that hold in every sample. */
function hasTheSameCluster(cluster: () => ClusterSnapshot): void {
  test('knows the nodes by address, cilium_host and pod CIDR', () => {
    const facts = cluster().nodes.map(({ name, addresses, ciliumHost, podCidrs }) => ({
      name,
      internal: addresses.filter(({ type }) => type === 'InternalIP').map(({ ip }) => ip),
      ciliumHost,
      podCidrs: podCidrs.map(({ text }) => text),
    }))
    expect(facts).toEqual([
      {
        name: 'kind-control-plane',
        internal: ['172.17.0.2'],
        ciliumHost: ['10.244.0.215'],
        podCidrs: ['10.244.0.0/24'],
      },
      { name: 'kind-worker', internal: ['172.17.0.4'], ciliumHost: ['10.244.2.122'], podCidrs: ['10.244.2.0/24'] },
      { name: 'kind-worker2', internal: ['172.17.0.3'], ciliumHost: ['10.244.1.61'], podCidrs: ['10.244.1.0/24'] },
    ])
    expect(cluster().nodesKnown).toBe(true)
    expect(cluster().podsKnown).toBe(true)
  })

  test.each([
    ['172.17.0.4', { kind: 'node', name: 'kind-worker', addressType: 'InternalIP', basis: 'CiliumNode InternalIP' }],
    ['10.244.2.122', { kind: 'cilium_host', name: 'kind-worker', basis: 'CiliumNode CiliumInternalIP' }],
    ['10.244.0.101', { kind: 'pod', name: 'default/curl-pod', node: 'kind-control-plane' }],
    [
      '10.244.2.99',
      { kind: 'pod', name: null, node: 'kind-worker', basis: 'in pod CIDR 10.244.2.0/24, no pod listed' },
    ],
    ['172.17.0.6', { kind: 'external', name: null, basis: 'no match' }],
    ['172.17.0.5', { kind: 'external' }],
    ['10.96.0.1', { kind: 'service', name: 'default/kubernetes' }],
  ])('%s is what the samples say it is', (ip, identity) => {
    expect(cluster().addressBook.lookup(ip)).toMatchObject({ ip, ...identity })
  })

  test('a running pod wins the address of a completed one, which stays an alternative', () => {
    const { addressBook } = cluster()
    expect(addressBook.lookup('10.244.2.53')).toMatchObject({ kind: 'pod', name: 'default/net-client' })
    expect(addressBook.lookup('10.244.2.53').alternatives).toEqual([
      'pod default/warmup-job-fz6pd (pod status.podIPs (Succeeded))',
    ])
    expect(addressBook.resolve('pod/default/warmup-job-fz6pd')).toMatchObject([
      { ip: '10.244.2.53', name: 'default/warmup-job-fz6pd' },
    ])
  })

  test('a pending pod has no address', () => {
    const pod = cluster().pods.find(({ name }) => name === 'pending-demo')
    expect(pod).toMatchObject({ node: null, ips: [], phase: 'Pending', hostNetwork: false })
    expect(cluster().addressBook.resolve('pod/default/pending-demo')).toEqual([])
  })

  test('host-network pods are their node', () => {
    const pods = cluster().addressBook.lookup('172.17.0.2').hostNetworkPods ?? []
    expect(pods).toContain('kube-system/etcd-kind-control-plane')
    expect(cluster().addressBook.resolve('kube-system/etcd-kind-control-plane')).toMatchObject([
      { kind: 'node', name: 'kind-control-plane' },
    ])
  })

  test('the version comes from status, with the release kept', () => {
    expect(cluster().settings.ciliumVersion).toMatchObject({ value: '1.17', origin: 'status' })
    expect(cluster().settings.ciliumRelease?.value).toBe('1.17.6')
  })

  test('IPv6 masquerading asked for is off where IPv6 is', () => {
    const { enableIpv6Masquerade } = cluster().settings
    expect(enableIpv6Masquerade).toMatchObject({ value: false, origin: 'status' })
    expect(enableIpv6Masquerade.others).toContainEqual(
      expect.objectContaining({ value: true, origin: 'cilium-config' }),
    )
  })

  test('loads without a warning, every input is used or says why not', () => {
    expect(cluster().warnings).toEqual([])
    for (const { kind, note } of cluster().inputs) {
      expect(kind).not.toBe('unrecognised')
      expect(note).not.toBe('')
    }
  })
}

describe.skipIf(!HAS_SAMPLES)('sample cluster-kind-bpf', () => {
  let cluster: ClusterSnapshot
  beforeAll(async () => {
    cluster = await loadCluster({ paths: [sample('cluster-kind-bpf')] })
  })
  hasTheSameCluster(() => cluster)

  test('masquerades in BPF, and says by which line', () => {
    const { enableBpfMasquerade, routingMode, ipv4NativeRoutingCidr } = cluster.settings
    expect(enableBpfMasquerade).toMatchObject({ value: true, origin: 'status' })
    expect(enableBpfMasquerade.others).toContainEqual({
      value: true,
      origin: 'cilium-config',
      source: { file: sample('cluster-kind-bpf/cilium-config.yaml'), line: 40 },
    })
    expect(routingMode.value).toBe('native')
    expect(ipv4NativeRoutingCidr.value?.text).toBe('10.244.0.0/16')
    expect(cluster.ipMasqAgent).toMatchObject({ state: 'absent', effective: [] })
  })

  test('every node-local dump finds its node', () => {
    const placed = Object.fromEntries(cluster.inputs.map(({ file, node }) => [file.split('/').at(-1), node]))
    expect(placed).toMatchObject({
      'bpf-ct-list-kind-control-plane.txt': 'kind-control-plane',
      'bpf-ct-list.txt': 'kind-worker',
      'bpf-endpoint-list.txt': 'kind-worker',
      'bpf-ipcache-list.txt': 'kind-worker',
      'bpf-nat-list-kind-control-plane.txt': 'kind-control-plane',
      'bpf-nat-list.json': 'kind-worker',
      'cilium-node-list.txt': 'kind-worker',
      'cilium-status.txt': 'kind-worker',
      'ip-addr-kind-worker2.json': 'kind-worker2',
      'ip-addr-kind-worker.txt': 'kind-worker',
      'ip-route-kind-worker.txt': 'kind-worker',
    })
  })

  test('cilium-node-list.json: the untyped secondary address is cilium_host', async () => {
    const { addressBook } = await loadCluster({ paths: [sample('cluster-kind-bpf/cilium-node-list.json')] })
    expect(addressBook.lookup('10.244.0.215')).toMatchObject({ kind: 'cilium_host', name: 'kind-control-plane' })
  })

  test('bpf-nat-list.json: ports are in network byte order and agree with the text', async () => {
    const read = async (file: string) => (await loadCluster({ paths: [sample('cluster-kind-bpf', file)] })).translations
    const tuple = {
      originalSource: '10.244.2.53',
      destination: '172.17.0.6',
      destinationPort: 80,
      translatedSource: '172.17.0.4',
    }
    expect(await read('bpf-nat-list.json')).toMatchObject([
      { ...tuple, originalSourcePort: 53938, translatedSourcePort: 53938 },
    ])
    expect(await read('bpf-nat-list.txt')).toContainEqual(
      expect.objectContaining({ ...tuple, originalSourcePort: 53938, protocol: 6 }),
    )
  })

  test('the control plane saw 10.244.0.101 -> 172.17.0.4:10248 and did not translate it', () => {
    const flow = { destination: '172.17.0.4', destinationPort: 10248 }
    expect(cluster.connections).toContainEqual(
      expect.objectContaining({ ...flow, source: '10.244.0.101', node: 'kind-control-plane', direction: 'out' }),
    )
    expect(cluster.translations).not.toContainEqual(expect.objectContaining(flow))
  })

  test('hubble-flows.json: one flow shows both sides of a translation; lost_events is no flow', () => {
    const hubble = cluster.translations.filter(({ kind }) => kind === 'hubble')
    expect(hubble).toMatchObject([
      { node: 'kind-worker', originalSource: '10.244.2.53', translatedSource: '172.17.0.4', destinationPort: 80 },
    ])
    const input = cluster.inputs.find(({ kind }) => kind === 'hubble-flows')
    expect(input?.note).toBe('3 flows, 1 translation, 1 other record')
  })

  test('knows the devices, down to addresses no list has', () => {
    expect(cluster.addressBook.lookup('172.17.0.4').device).toBe('eth0')
    expect(cluster.addressBook.lookup('fc00:f853:ccd:e793::4')).toMatchObject({
      kind: 'node',
      name: 'kind-worker',
      addressType: 'other',
    })
    expect(cluster.settingsFor('kind-worker').devices).toMatchObject({ value: ['eth0'], origin: 'status' })
    expect(cluster.settingsFor('kind-worker2').devices.origin).not.toBe('status')
  })

  test('pods-wide.txt: a cell with blanks does not shift the columns', async () => {
    const { pods } = await loadCluster({
      paths: [sample('cluster-kind-bpf/pods-wide.txt'), sample('cluster-kind-bpf/nodes-wide.txt')],
    })
    expect(pods.find(({ name }) => name.startsWith('cilium-operator'))).toMatchObject({
      namespace: 'kube-system',
      node: 'kind-worker2',
      ips: ['172.17.0.3'],
      hostNetwork: true,
    })
  })
})

describe.skipIf(!HAS_SAMPLES)('sample cluster-kind-bpf-ipmasq', () => {
  let cluster: ClusterSnapshot
  beforeAll(async () => {
    cluster = await loadCluster({ paths: [sample('cluster-kind-bpf-ipmasq')] })
  })
  hasTheSameCluster(() => cluster)

  test('the agent is on, with the list of the file as the nodes have it', () => {
    expect(cluster.settings.enableIpMasqAgent).toMatchObject({ value: true, origin: 'status' })
    const { state, effective, masqLinkLocal, masqLinkLocalIpv6 } = cluster.ipMasqAgent
    expect({ state, masqLinkLocal, masqLinkLocalIpv6 }).toEqual({
      state: 'content',
      masqLinkLocal: true,
      masqLinkLocalIpv6: false,
    })
    expect(effective.map(({ cidr }) => cidr.text).sort()).toEqual([
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      'fe80::/10',
    ])
    const entry = effective.find(({ cidr }) => cidr.text === '172.16.0.0/12')
    expect(entry).toMatchObject({
      basis: 'entry',
      source: { file: sample('cluster-kind-bpf-ipmasq/ip-masq-agent-config'), line: 3 },
    })
  })
})

describe.skipIf(!HAS_SAMPLES)('sample cluster-kind-iptables', () => {
  let cluster: ClusterSnapshot
  beforeAll(async () => {
    cluster = await loadCluster({ paths: [sample('cluster-kind-iptables')] })
  })
  hasTheSameCluster(() => cluster)

  test('masquerades with iptables', () => {
    expect(cluster.settings.enableBpfMasquerade).toMatchObject({ value: false, origin: 'status' })
    expect(cluster.settings.enableEndpointRoutes.value).toBe(true)
  })

  test('holds the four rules of the node they are from, verbatim', () => {
    const nat = cluster.nodesByName.get('kind-worker')?.installed.iptables?.tables.find(({ name }) => name === 'nat')
    const rules = nat?.rules.filter(({ chain }) => chain === 'CILIUM_POST_nat').map(({ text }) => text)
    expect(rules).toHaveLength(4)
    expect(rules?.[1]).toBe(
      '-A CILIUM_POST_nat -s 10.244.2.0/24 ! -d 10.244.0.0/16 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
    )
    expect(cluster.nodesByName.get('kind-worker2')?.installed.iptables).toBeNull()
  })

  test("the ipset is every node's, whichever node it was read on", () => {
    for (const node of cluster.nodes) {
      const set = node.installed.ipsets?.get('cilium_node_set_v4')
      expect(set?.members.map(({ text }) => text).sort()).toEqual(['172.17.0.2/32', '172.17.0.3/32', '172.17.0.4/32'])
    }
  })

  test('conntrack tells what was translated and what was not', () => {
    const conntrack = cluster.translations.filter(({ kind }) => kind === 'conntrack')
    expect(conntrack).toHaveLength(6)
    const kubelet = conntrack.find(({ destinationPort }) => destinationPort === 10248)
    expect(kubelet).toMatchObject({
      originalSource: '10.244.0.101',
      translatedSource: '10.244.0.101',
      node: 'kind-worker',
    })
    expect(conntrack.filter((entry) => entry.originalSource !== entry.translatedSource)).toHaveLength(4)
  })

  test('the helm command line and the values file agree', () => {
    const from = cluster.settings.enableBpfMasquerade.others.filter(({ origin }) => origin === 'helm-values')
    expect(from.map(({ value, source }) => [value, source?.file.split('/').at(-1), source?.line])).toEqual([
      [false, 'helm-values.yaml', 4],
      [false, 'helm-install-command.txt', 1],
    ])
  })
})

describe.skipIf(!HAS_SAMPLES)('sample sysdump', () => {
  let cluster: ClusterSnapshot
  beforeAll(async () => {
    cluster = await loadCluster({ paths: [sample(SYSDUMP)] })
  })
  hasTheSameCluster(() => cluster)

  test('gives the bugtool folder to the node of its pod', () => {
    const worker = cluster.nodesByName.get('kind-worker')
    expect(worker?.status?.masquerading?.mode).toBe('iptables')
    expect(worker?.devices?.get('eth0')?.addresses.map(({ ip }) => ip)).toContain('172.17.0.4')
    expect(worker?.routes?.find(({ destination }) => destination === null)).toMatchObject({
      via: '172.17.0.1',
      device: 'eth0',
    })
    expect(cluster.nodesByName.get('kind-worker2')?.status).toBeNull()
  })

  test("takes the dump with Cilium's rules; the empty legacy one beside it says so", () => {
    const legacy = cluster.inputs.find(({ file }) => file.endsWith('iptables-legacy-save--c.md'))
    expect(legacy?.note).toMatch(/no rules of Cilium's/)
    expect(cluster.nodesByName.get('kind-worker')?.installed.iptables?.file).toMatch(/iptables-nft-save--c\.md$/)
  })

  test('names files inside the archive', () => {
    expect(cluster.settings.iptablesRandomFully.source).toEqual({
      file: `${sample(SYSDUMP)}:cilium-sysdump-20250801-125841/cilium-configmap-20250801-125841.yaml`,
      line: 95,
    })
  })
})

import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.ts'

const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  spec: { podCIDRs: ['10.0.0.0/24'] },
  status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] },
}

describe('buildCluster()', () => {
  test('without any input knows nothing and says so', () => {
    const cluster = buildCluster([])
    expect(cluster.nodesKnown).toBe(false)
    expect(cluster.settings.known).toBe(false)
    expect(cluster.settings.ciliumVersion).toMatchObject({ value: '1.17', origin: 'default' })
    expect(cluster.addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'unknown', name: null })
  })

  test('reads a node object and tells its address, its pods and everybody else apart', () => {
    const { addressBook, nodes } = buildCluster([{ file: 'node.json', text: JSON.stringify(NODE) }])
    expect(nodes.map(({ name }) => name)).toEqual(['n1'])
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'node', name: 'n1', basis: 'node InternalIP' })
    expect(addressBook.lookup('10.0.0.7')).toMatchObject({ kind: 'pod', name: null, node: 'n1' })
    expect(addressBook.lookup('192.0.2.2')).toMatchObject({ kind: 'external', basis: 'no match' })
  })

  test('hand-given facts win over files', () => {
    const config = 'enable-bpf-masquerade   true\nrouting-mode            tunnel\n'
    const { settings } = buildCluster([{ file: 'view.txt', text: config }], {
      given: { masquerade: 'iptables', routing: 'native' },
    })
    expect(settings.enableBpfMasquerade).toMatchObject({
      value: false,
      origin: 'option',
      source: { file: '--masquerade' },
    })
    expect(settings.enableBpfMasquerade.others).toEqual([
      { value: true, origin: 'cilium-config', source: { file: 'view.txt', line: 1 } },
    ])
    expect(settings.routingMode.value).toBe('native')
  })
})

import { expect, test } from 'vitest'
import type { ClusterNode } from '../../src/cluster/snapshot.ts'
import { coveredDevices, knownDevices, nativeDevices } from '../../src/masquerade/node-devices.ts'
import { buildCluster, buildSettings, type NodeSpec } from '../support/masquerade-cluster.ts'
import { status } from '../support/masquerade-lint.ts'

function node(spec: Partial<NodeSpec>): ClusterNode {
  const [built] = buildCluster({ nodes: [{ name: 'n1', ...spec }] }).nodes
  if (built === undefined) throw new Error('No node')
  return built
}

test('nativeDevices() leads out and has an address of the family', () => {
  const interfaces = {
    lo: ['127.0.0.1/8'],
    eth0: ['172.18.0.2/16'],
    eth1: ['fe80::1/64'],
    docker0: ['172.17.0.1/16'],
    cilium_host: ['10.0.0.1/32'],
  }
  expect(nativeDevices(node({ interfaces }), 4).map(({ name }) => name)).toEqual(['eth0'])
  expect(nativeDevices(node({ interfaces }), 6)).toEqual([])
  expect(nativeDevices(node({}), 4)).toEqual([])
})

test('knownDevices() takes what cilium status lists where ip addr was not given', () => {
  const reported = node({ status: status({}, { devices: [{ name: 'eth0', addresses: ['172.18.0.2', 'fe80::1'] }] }) })
  expect([...(knownDevices(reported)?.keys() ?? [])]).toEqual(['eth0'])
  expect(nativeDevices(reported, 4)).toHaveLength(1)
  expect(knownDevices(node({}))).toBeNull()
})

test('coveredDevices(): the setting, else the status, else detection', () => {
  const settings = (devices: string) => buildSettings({ config: { devices } })
  const reported = node({ status: status({ devices: ['ens5'] }) })
  expect(coveredDevices(settings('eth+'), reported)).toMatchObject({ patterns: ['eth+'], basis: 'devices eth+' })
  expect(coveredDevices(settings(''), reported).covers('ens5')).toBe(true)
  expect(coveredDevices(settings(''), reported).covers('eth0')).toBe(false)
  expect(coveredDevices(settings(''), null).covers('bond0')).toBe(true)
  expect(coveredDevices(settings(''), null).covers('docker0')).toBe(false)
})

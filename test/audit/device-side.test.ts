import { expect, test } from 'vitest'
import { isNodeDevice, seesAllDevices, sideOfDevice } from '../../src/audit/device-side.ts'

const ROWS: [string, string, boolean][] = [
  ['lxc4f2a1b6c0', 'before', true],
  ['lxc_health', 'before', true],
  ['cilium_host', 'before', true],
  ['cilium_net', 'before', true],
  ['lo', 'before', false],
  ['veth1a2b', 'before', false],
  ['cilium_vxlan', 'overlay', true],
  ['cilium_geneve', 'overlay', true],
  ['cilium_wg0', 'overlay', true],
  ['any', 'both', false],
  ['eth0', 'after', false],
  ['bond0.100', 'after', false],
  ['ens5', 'after', false],
  ['br0', 'after', false],
]

test.each(ROWS)('%s is %s', (name, side, onlyOnNodes) => {
  expect(sideOfDevice(name)).toBe(side)
  expect(isNodeDevice(name)).toBe(onlyOnNodes)
})

test('cooked link types hold all devices unless the interface says otherwise', () => {
  expect(seesAllDevices('any', 1)).toBe(true)
  expect(seesAllDevices(null, 276)).toBe(true)
  expect(seesAllDevices(null, 113)).toBe(true)
  expect(seesAllDevices(null, 1)).toBe(false)
  expect(seesAllDevices('ppp0', 113)).toBe(false)
})

import { expect, test } from 'vitest'
import { deviceMatches, isLocalDevice, isTunnelDevice, mayBeDetected } from '../../src/masquerade/device-pattern.ts'

test.each([
  ['eth0', 'eth0', true],
  ['eth0', 'eth01', false],
  ['eth+', 'eth1', true],
  ['eth+', 'eth', true],
  ['eth+', 'wlan0', false],
  ['eth0,eth1', 'eth0', false],
])('deviceMatches(%s, %s) is %s', (pattern, name, matches) => {
  expect(deviceMatches(pattern, name)).toBe(matches)
})

test('kinds of devices', () => {
  expect(['cilium_vxlan', 'cilium_geneve', 'cilium_host', 'eth0'].map(isTunnelDevice)).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(['lo', 'lxc1', 'cilium_host', 'eth0'].map(isLocalDevice)).toEqual([true, true, true, false])
  expect(['eth0', 'bond0', 'docker0', 'cilium_net', 'lo'].map(mayBeDetected)).toEqual([true, true, false, false, false])
})

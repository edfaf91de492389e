import { expect, test } from 'vitest'
import { deviceNameOf } from '../../../src/audit/findings/device-name.ts'
import { judged } from '../../support/audit-causes.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow } from '../../support/audit-flows.ts'

const IP_ADDR = JSON.stringify([
  {
    ifindex: 2,
    ifname: 'eth0',
    mtu: 1500,
    operstate: 'UP',
    addr_info: [{ family: 'inet', local: '172.18.0.2', prefixlen: 16, scope: 'global' }],
  },
])
const { context } = judged(clusterOf(FIXTURE, { 'n1/ip-addr.json': IP_ADDR }), [])
const capture = aCapture({ interfaces: [{ name: 'any' }] })

test.each([
  ['the number, where the node has it', 2, 'n1', 'eth0'],
  ['the interface, where the number is unknown', 7, 'n1', 'any'],
  ['the interface, where there is no number', 0, 'n1', 'any'],
  ['the interface, where the node is unknown', 2, null, 'any'],
])('deviceNameOf() goes by %s', (_, ifindex, node, expected) => {
  const [vantage] = aFlow({ tuple: '1.1.1.1:1 > 2.2.2.2:2', vantages: [{ ifindex }] }).vantages
  if (vantage === undefined) throw new Error('no vantage')
  expect(deviceNameOf(vantage, node, capture, context)).toBe(expected)
  expect(deviceNameOf({ ...vantage, interfaceIndex: 9, ifindex: 0 }, node, capture, context)).toBeNull()
})

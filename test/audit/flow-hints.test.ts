import { expect, test } from 'vitest'
import { flowHints } from '../../src/audit/flow-hints.ts'
import { aCluster, aService, clusterOf, FIXTURE } from '../support/audit-cluster.ts'

test("ports of services are servers, and the cluster's tunnel port joins the usual ones", () => {
  const cluster = clusterOf(
    { ...FIXTURE, settings: ['tunnel-port=7777', 'tunnel-protocol=vxlan'] },
    {
      'svc.json': aService({ name: 'np', type: 'NodePort', port: 9090, nodePort: 30090 }),
      'udp.json': aService({ name: 'dns', port: 5300, protocol: 'UDP' }),
    },
  )
  const { serverPorts, tunnelPorts } = flowHints([cluster])
  expect([...(serverPorts.tcp ?? [])].sort()).toEqual([30090, 9090])
  expect([...(serverPorts.udp ?? [])]).toEqual([5300])
  expect(tunnelPorts).toEqual({ vxlan: [4789, 8472, 7777], geneve: [6081] })
})

test('nothing known adds nothing', () => {
  const { serverPorts, tunnelPorts } = flowHints([aCluster({})])
  expect([[...(serverPorts.tcp ?? [])], tunnelPorts.vxlan]).toEqual([[], [4789, 8472]])
})

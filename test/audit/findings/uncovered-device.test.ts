import { describe, expect, test } from 'vitest'
import { uncoveredDevices } from '../../../src/audit/findings/uncovered-device.ts'
import { each, judged } from '../../support/audit-causes.ts'
import { ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'

const BPF = clusterOf(FIXTURE, { 'config.json': ciliumConfig({ devices: 'lan0' }) })
const IPTABLES = clusterOf(
  { ...FIXTURE, masquerade: 'iptables' },
  { 'config.json': ciliumConfig({ 'egress-masquerade-interfaces': 'lan0' }) },
)
const found = (cluster: typeof BPF, device: string, ...tuples: readonly string[]) =>
  uncoveredDevices(judged(cluster, each(...tuples), { interfaces: [{ name: device, host: 'n1' }] }))

const OUT = '10.244.1.10:40000 > 1.1.1.1:443'

test.each([
  ['BPF', BPF],
  ['iptables', IPTABLES],
])('uncoveredDevices() names the door that nothing masquerades at, %s', (_, cluster) => {
  const [finding, ...more] = found(cluster, 'wan0', OUT, '10.244.1.10:40001 > 8.8.8.8:443')
  expect(more).toEqual([])
  expect(finding).toMatchObject({
    code: 'device-not-masqueraded',
    severity: 'error',
    subject: 'wan0 of n1',
    flows: [1, 2],
  })
  expect(finding?.sources).toMatchObject([{ file: 'config.json' }])
})

describe('uncoveredDevices() says nothing where', () => {
  test.each([
    ['the device is one of those', 'lan0', OUT],
    ['the packet stays in the cluster', 'wan0', '10.244.1.10:40000 > 10.244.2.20:80'],
    ['it is the node that sends', 'wan0', '172.18.0.2:40000 > 1.1.1.1:443'],
  ])('%s', (_, device, tuple) => {
    expect(found(BPF, device, tuple)).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { ask, askRows, BPF, N1, N2 } from '../../support/masquerade-ask.ts'

const on = (devices: string) => ({ ...BPF, devices })
const { interfaces: _, ...BARE } = N1
const ROUTED = {
  ...N1,
  routes: [
    { dst: 'default', dev: 'eth0', via: '172.18.0.1' },
    { dst: '9.0.0.0/8', dev: 'eth1', via: '192.168.77.1' },
  ],
}

describe('device-not-covered', () => {
  askRows([
    ['another device', { config: on('eth0'), outInterface: 'eth1' }, 'preserve device-not-covered'],
    ['a listed device', { config: on('eth0 eth1'), outInterface: 'eth1' }, 'masquerade local-endpoint 192.168.77.2'],
    ['a prefix', { config: on('eth+'), outInterface: 'eth1' }, 'masquerade local-endpoint 192.168.77.2'],
    ['a prefix that is no prefix of it', { config: on('ens+'), outInterface: 'eth1' }, 'preserve device-not-covered'],
    ['detected', { config: on(''), outInterface: 'eth1' }, 'masquerade local-endpoint'],
    ['never detected', { config: on(''), outInterface: 'docker0' }, 'preserve device-not-covered'],
    [
      'told by the route',
      { config: on('eth0'), outInterface: null, destination: '9.9.9.9', cluster: { nodes: [ROUTED, N2] } },
      'preserve device-not-covered',
    ],
    [
      'told by the default route',
      { config: on('eth0'), outInterface: null, cluster: { nodes: [ROUTED, N2] } },
      'masquerade local-endpoint 172.18.0.2',
    ],
    [
      'told by the only device',
      {
        config: on('lan0'),
        outInterface: null,
        cluster: { nodes: [{ ...BARE, interfaces: { wan0: ['172.18.0.2/16'] } }] },
      },
      'preserve device-not-covered',
    ],
  ])

  test('of several devices the covered one is assumed, and the alternative kept', () => {
    const decision = ask({ config: on('eth0'), outInterface: null })
    expect(decision).toMatchObject({ action: 'masquerade', address: '172.18.0.2' })
    expect(decision.assumptions).toEqual(['output device not known (ip route): taken as one that masquerades'])
    expect(decision.alternatives).toEqual([
      { action: 'preserve', addresses: ['10.244.1.10'], rule: 'device-not-covered', when: 'the packet leaves by eth1' },
    ])
  })

  test('without ip addr nothing says that there is only one device', () => {
    const decision = ask({ config: on('eth0'), outInterface: null, cluster: { nodes: [BARE, N2] } })
    expect(decision.action).toBe('masquerade')
    expect(decision.alternatives[0]?.when).toBe('the packet leaves by a device other than eth0')
  })
})

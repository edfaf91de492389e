import { describe, expect, test } from 'vitest'
import { ask, askRows, IPTABLES, N1, N2, OTHER_POD, POD, TUNNEL } from '../../support/masquerade-ask.ts'

const tunnel = { ...IPTABLES, ...TUNNEL }
const routes = { ...IPTABLES, 'enable-endpoint-routes': 'true' }
const HAIRPIN = { destination: '10.244.1.11', outInterface: 'cilium_host', mark: 0xf00, dnat: true }

describe('rules towards cilium_host, and accepts', () => {
  askRows([
    [
      'the host into the overlay',
      { config: tunnel, source: '172.18.0.2', destination: OTHER_POD, outInterface: 'cilium_host' },
      'snat-to-cilium-host host-to-cluster 10.244.1.250',
    ],
    [
      'to a local pod',
      { config: tunnel, source: '172.18.0.2', destination: POD, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    [
      'from cilium_host itself',
      { config: tunnel, source: '10.244.1.250', destination: OTHER_POD, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    ['by another device', { config: tunnel, source: '172.18.0.2', outInterface: 'eth0' }, 'preserve no-rule'],
    [
      'native routing',
      { config: IPTABLES, source: '172.18.0.2', destination: OTHER_POD, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    [
      'the proxy',
      { config: tunnel, source: '1.1.1.1', destination: OTHER_POD, outInterface: 'cilium_host', mark: 0xa00 },
      'preserve proxy-return',
    ],
    [
      'the egress proxy',
      { config: tunnel, source: '1.1.1.1', destination: OTHER_POD, outInterface: 'cilium_host', mark: 0xb00 },
      'preserve proxy-return',
    ],
    [
      'another mark',
      { config: tunnel, source: '1.1.1.1', destination: OTHER_POD, outInterface: 'cilium_host', mark: 0xc00 },
      'snat-to-cilium-host host-to-cluster',
    ],
    ['the proxy does not shield from masquerading', { config: IPTABLES, mark: 0xa00 }, 'masquerade non-cluster'],
    [
      'loopback',
      { config: IPTABLES, source: '127.0.0.1', destination: POD, outInterface: null },
      'snat-to-cilium-host loopback 10.244.1.250',
    ],
    [
      'another loopback address',
      { config: IPTABLES, source: '127.0.0.2', destination: POD, outInterface: null },
      'preserve no-rule',
    ],
    [
      'loopback with endpoint routes',
      { config: routes, source: '127.0.0.1', destination: POD, outInterface: 'lxc1' },
      'snat-to-cilium-host loopback',
    ],
    [
      'loopback by the other device',
      { config: routes, source: '127.0.0.1', destination: POD, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    [
      'IPv6 loopback',
      { config: IPTABLES, source: '::1', destination: 'fd00:10:244:1::10', outInterface: null },
      'snat-to-cilium-host loopback fd00:10:244:1::fa',
    ],
    ['hairpin', { config: IPTABLES, ...HAIRPIN }, 'snat-to-cilium-host hairpin 10.244.1.250'],
    ['hairpin without DNAT', { config: IPTABLES, ...HAIRPIN, dnat: false }, 'preserve no-rule'],
    ['hairpin without the mark', { config: IPTABLES, ...HAIRPIN, mark: 0 }, 'preserve no-rule'],
    ['hairpin with endpoint routes', { config: routes, ...HAIRPIN, outInterface: 'lxc1' }, 'preserve no-rule'],
    ['marked for encryption', { config: { ...IPTABLES, 'enable-ipsec': 'true' }, mark: 0xe00 }, 'preserve no-rule'],
    ['the same mark without IPsec', { config: IPTABLES, mark: 0xe00 }, 'masquerade non-cluster'],
  ])

  test('says so where the cilium_host address is not known', () => {
    const { ciliumHostIP: _, ...bare } = N1
    const decision = ask({
      config: IPTABLES,
      source: '127.0.0.1',
      destination: POD,
      outInterface: null,
      cluster: { nodes: [bare, N2] },
    })
    expect(decision).toMatchObject({ action: 'snat-to-cilium-host', address: null, addresses: [] })
    expect(decision.assumptions).toEqual(['cilium_host address of n1 not known'])
  })
})

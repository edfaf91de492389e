import { describe, expect, test } from 'vitest'
import { ask, askRows, IPTABLES, N1, N2, N2_ADDRESS } from '../../support/masquerade-ask.ts'

const ROUTES = [
  { dst: 'default', dev: 'eth0', via: '172.18.0.1', src: '172.18.0.33' },
  { dst: '192.168.77.0/24', dev: 'eth1', src: '192.168.77.9' },
  { dst: '9.0.0.0/8', dev: 'eth1' },
  { dst: '10.244.0.0/16', dev: 'eth0', src: '172.18.0.44' },
  { dst: '8.0.0.0/8', src: '172.18.0.55' },
  { dst: '7.0.0.0/8', dev: 'eth0', src: '172.18.0.70' },
  { dst: '7.7.0.0/16', dev: 'eth0', src: '172.18.0.77' },
]
const cluster = (version = '1.17') => ({ cluster: { version, nodes: [{ ...N1, routes: ROUTES }, N2] } })
const on = (more: Record<string, string> = {}) => ({
  ...IPTABLES,
  'enable-masquerade-to-route-source': 'true',
  ...more,
})

describe('route-source', () => {
  askRows([
    ['default route', { config: on(), ...cluster() }, 'masquerade route-source 172.18.0.33'],
    [
      'a route of its own',
      { config: on(), destination: '192.168.77.5', outInterface: 'eth1', ...cluster() },
      'masquerade route-source 192.168.77.9',
    ],
    [
      'a route without a source',
      { config: on(), destination: '9.9.9.9', outInterface: 'eth1', ...cluster() },
      'preserve no-rule',
    ],
    [
      'the route equal to the exclusion CIDR gives no rule',
      { config: on(), destination: '10.244.9.9', ...cluster() },
      'preserve no-rule',
    ],
    [
      'a next-hop group has no device',
      { config: on(), destination: '8.8.8.8', ...cluster() },
      'masquerade route-source 172.18.0.55',
    ],
    [
      'overlapping routes: the longest first, 1.18',
      { config: on(), destination: '7.7.7.7', ...cluster('1.18') },
      'masquerade route-source 172.18.0.77',
    ],
    [
      "overlapping routes: the kernel's order, 1.17",
      { config: on(), destination: '7.7.7.7', ...cluster() },
      'masquerade route-source 172.18.0.70',
    ],
    ['a node', { config: on(), destination: N2_ADDRESS, ...cluster() }, 'preserve node-set'],
    ['not a pod', { config: on(), source: '172.17.0.5', ...cluster() }, 'preserve no-rule'],
    ['before 1.15 the flag is not known', { config: on(), ...cluster('1.14') }, 'masquerade non-cluster 172.18.0.2'],
    [
      'a named interface',
      { config: on({ 'egress-masquerade-interfaces': 'eth0' }), ...cluster() },
      'masquerade route-source',
    ],
    ['another interface', { config: on({ 'egress-masquerade-interfaces': 'eth1' }), ...cluster() }, 'preserve no-rule'],
    [
      'several interfaces are not joined here',
      { config: on({ 'egress-masquerade-interfaces': 'eth1 eth0' }), ...cluster('1.15') },
      'masquerade route-source',
    ],
    [
      'a prefix matches nothing',
      { config: on({ 'egress-masquerade-interfaces': 'eth+' }), ...cluster() },
      'preserve no-rule',
    ],
    ['a prefix in devices neither', { config: on({ devices: 'eth+' }), ...cluster() }, 'preserve no-rule'],
    ['the routes are not known', { config: on() }, 'unknown route-source'],
  ])

  test('the prefix defeats what the settings ask for', () => {
    const { defeat } = ask({ config: on({ 'egress-masquerade-interfaces': 'eth+' }), ...cluster() })
    expect(defeat).toMatchObject({ code: 'route-source-wildcard', intended: { addresses: ['172.18.0.33'] } })
  })

  test('names the line of the route', () => {
    expect(ask({ config: on(), ...cluster() }).trace.at(-1)?.source).toEqual({ file: 'ip-route.txt', line: 1 })
  })
  test('whether releases after 1.17 match a prefix is left open', () => {
    const later = ask({ config: on({ 'egress-masquerade-interfaces': 'eth+' }), ...cluster('1.18') })
    expect(later).toMatchObject({ action: 'preserve', rule: 'no-rule' })
    expect(later.alternatives).toMatchObject([{ rule: 'route-source', addresses: ['172.18.0.33'] }])
    expect(ask({ config: on({ 'egress-masquerade-interfaces': 'eth+' }), ...cluster('1.17') }).alternatives).toEqual([])
  })
})

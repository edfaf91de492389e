import { describe, expect, test } from 'vitest'
import { ask, askRows, IPTABLES, N2_ADDRESS, OTHER_POD, POD, TUNNEL } from '../../support/masquerade-ask.ts'

const tunnel = (more: Record<string, string> = {}) => ({ config: { ...IPTABLES, ...TUNNEL, ...more } })
const native = (more: Record<string, string> = {}) => ({ config: { ...IPTABLES, ...more } })
const LOCAL = '10.244.1.11'

describe('no-postrouting and reply', () => {
  askRows([
    ['pod of the same node', { ...native(), destination: LOCAL, outInterface: null }, 'preserve no-postrouting'],
    ['the same by lxc', { ...native(), destination: LOCAL, outInterface: 'lxc1' }, 'preserve no-postrouting'],
    [
      'the same, leaving by cilium_host: it went through the stack',
      { ...native(), destination: LOCAL, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    ['the own node', { ...native(), destination: '172.18.0.2', outInterface: null }, 'preserve no-postrouting'],
    [
      'pod of another node, tunnel',
      { ...tunnel(), destination: OTHER_POD, outInterface: null },
      'preserve no-postrouting',
    ],
    ['pod of another node, native', { ...native(), destination: OTHER_POD }, 'preserve no-rule'],
    ['another node, tunnel', { ...tunnel(), destination: N2_ADDRESS }, 'masquerade non-cluster'],
    [
      'another node, host firewall',
      { ...tunnel({ 'enable-host-firewall': 'true' }), destination: N2_ADDRESS },
      'preserve no-postrouting',
    ],
    [
      'WireGuard in native routing comes after netfilter',
      { ...native({ 'enable-wireguard': 'true' }), destination: OTHER_POD },
      'preserve no-rule',
    ],
    [
      'the host into the overlay',
      { ...tunnel(), source: '172.18.0.2', destination: OTHER_POD, outInterface: null },
      'snat-to-cilium-host host-to-cluster',
    ],
    [
      'the outside to a pod meets the chain',
      { ...tunnel(), source: '1.1.1.1', destination: POD, outInterface: 'cilium_host' },
      'preserve no-rule',
    ],
    ['a reply', { ...native(), isReply: true }, 'preserve reply'],
    ['a reply of the host', { ...native(), source: '172.18.0.2', isReply: true }, 'preserve reply'],
    ['not tracked', native({ 'install-no-conntrack-iptables-rules': 'true' }), 'preserve no-postrouting'],
    [
      'not tracked, and not a pod',
      {
        ...native({ 'install-no-conntrack-iptables-rules': 'true', 'egress-masquerade-interfaces': 'eth0' }),
        source: '172.17.0.5',
      },
      'masquerade non-cluster',
    ],
  ])

  test('switching tracking off defeats what the settings ask for', () => {
    const { defeat } = ask(native({ 'install-no-conntrack-iptables-rules': 'true' }))
    expect(defeat).toMatchObject({
      code: 'iptables-no-conntrack',
      intended: { action: 'masquerade', addresses: ['172.18.0.2'] },
    })
    expect(
      ask({ ...native({ 'install-no-conntrack-iptables-rules': 'true' }), destination: OTHER_POD }).defeat,
    ).toBeNull()
  })

  test('a routing mode that is not known leaves traffic to pods of other nodes open', () => {
    const options = { 'enable-bpf-masquerade': 'false', 'ipv4-native-routing-cidr': '10.99.0.0/16' }
    const question = { config: {}, cluster: { options }, outInterface: null }
    expect(ask({ ...question, destination: OTHER_POD })).toMatchObject({ action: 'unknown', rule: 'no-postrouting' })
    expect(ask({ ...question, destination: '1.1.1.1' })).toMatchObject({ action: 'masquerade' })
  })
})

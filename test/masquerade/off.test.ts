import { describe, expect, test } from 'vitest'
import { decide } from '../../src/masquerade/decide.ts'
import { ask, askRows, BPF, IPTABLES } from '../support/masquerade-ask.ts'
import { buildCluster } from '../support/masquerade-cluster.ts'

const V6 = { source: 'fd00:10:244:1::10', destination: '2606:4700::1111' }

describe('off', () => {
  askRows([
    ['the family flag is false', { config: { ...BPF, 'enable-ipv4-masquerade': 'false' } }, 'preserve off'],
    [
      'the other family is false',
      { config: { ...BPF, 'enable-ipv6-masquerade': 'false' } },
      'masquerade local-endpoint',
    ],
    ['the family is not in use', { config: { ...BPF, 'enable-ipv6': 'false' }, ...V6 }, 'preserve off'],
    ['iptables, flag false', { config: { ...IPTABLES, 'enable-ipv4-masquerade': 'false' } }, 'preserve off'],
    ['BPF of IPv6 in 1.13', { ...V6, cluster: { version: '1.13' } }, 'preserve off'],
    ['BPF of IPv6 in 1.14', { ...V6, cluster: { version: '1.14' } }, 'masquerade local-endpoint'],
    ['iptables of IPv6 in 1.13', { config: IPTABLES, ...V6, cluster: { version: '1.13' } }, 'masquerade non-cluster'],
  ])

  test('a release without BPF masquerading of IPv6 defeats what the settings ask for', () => {
    const { defeat, engine } = ask({ ...V6, cluster: { version: '1.13' } })
    expect(engine).toBe('off')
    expect(defeat).toMatchObject({
      code: 'bpf-ipv6-unsupported',
      intended: { action: 'masquerade', addresses: ['fc00:f853:ccd:e793::2'] },
    })
  })

  test('without any settings the action is unknown, and what is missing is named', () => {
    const decision = decide({ source: '10.244.1.10', destination: '1.1.1.1', protocol: 6 }, buildCluster({}))
    expect(decision).toMatchObject({ action: 'unknown', rule: 'off', address: null, engine: 'iptables' })
    expect(decision.assumptions[0]).toMatch(/enable-ipv4-masquerade \(cilium-config or cilium status\)/)
  })
})

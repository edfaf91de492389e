import { describe, expect, test } from 'vitest'
import { chooseEngine } from '../../src/masquerade/engine.ts'
import { buildSettings } from '../support/masquerade-cluster.ts'

const BPF = { 'enable-bpf-masquerade': 'true' }

const PARTIAL = { ...BPF, 'kube-proxy-replacement': 'partial', 'enable-node-port': 'true' }

describe('chooseEngine()', () => {
  test.each([
    ['BPF', { ...BPF, 'kube-proxy-replacement': 'true' }, '1.17', 'bpf'],
    ['iptables', {}, '1.17', 'iptables'],
    [
      'unmet since 1.15: the agent refuses, nothing falls back',
      { ...BPF, 'kube-proxy-replacement': 'false' },
      '1.15',
      'bpf',
    ],
    ['unmet up to 1.14', { ...BPF, 'kube-proxy-replacement': 'disabled' }, '1.14', 'iptables'],
    ['NodePort by itself', { ...BPF, 'kube-proxy-replacement': 'disabled', 'enable-node-port': 'true' }, '1.14', 'bpf'],
    ['no socket LB in the tunnel', { ...PARTIAL, 'bpf-lb-sock': 'false' }, '1.13', 'iptables'],
    ['socket LB in the tunnel', { ...PARTIAL, 'bpf-lb-sock': 'true' }, '1.13', 'bpf'],
    ['no socket LB, native', { ...PARTIAL, 'bpf-lb-sock': 'false', 'routing-mode': 'native' }, '1.14', 'bpf'],
    ['no socket LB since 1.15', { ...PARTIAL, 'bpf-lb-sock': 'false' }, '1.15', 'bpf'],
    ['nothing said of the replacement', BPF, '1.14', 'bpf'],
    [
      'interfaces',
      { ...BPF, 'kube-proxy-replacement': 'strict', 'egress-masquerade-interfaces': 'eth0' },
      '1.13',
      'iptables',
    ],
  ])('%s', (_name, config, version, engine) => {
    expect(chooseEngine(buildSettings({ version, config })).engine).toBe(engine)
  })

  test('a fallback says why', () => {
    const { fallback } = chooseEngine(
      buildSettings({ version: '1.13', config: { ...BPF, 'kube-proxy-replacement': 'disabled' } }),
    )
    expect(fallback).toBe(
      'Cilium 1.13 falls back to iptables masquerading: kube-proxy-replacement is disabled, so BPF NodePort is off',
    )
  })
})

import { describe, expect, test } from 'vitest'
import { ask, BPF, N1, N2 } from '../../support/masquerade-ask.ts'

const on = (eth0: readonly string[], version = '1.17', more: Record<string, string> = {}) =>
  ask({
    config: { ...BPF, ...more },
    cluster: { version, nodes: [{ ...N1, interfaces: { eth0, eth1: ['192.168.77.2/24', '35.190.20.11/24'] } }, N2] },
  })

describe('the masquerade address of BPF mode', () => {
  test.each([
    ['public before private', ['10.99.1.11/24', '35.190.20.12/24'], '1.17', '35.190.20.12'],
    ['the lowest of a class, 1.15', ['192.168.1.12/24', '10.10.1.12/24'], '1.15', '10.10.1.12'],
    ['the node address first in its class, 1.16', ['10.10.1.12/24', '172.18.0.2/16'], '1.16', '172.18.0.2'],
    ['not so up to 1.15', ['10.10.1.12/24', '172.18.0.2/16'], '1.15', '10.10.1.12'],
    ['link-local never', ['169.254.1.1/16', '172.18.0.2/16'], '1.17', '172.18.0.2'],
    ['shared address space is private', ['100.64.0.9/10', '35.190.20.12/24'], '1.17', '35.190.20.12'],
    ['no usable address on the device: the best of all', ['169.254.1.1/16'], '1.17', '35.190.20.11'],
  ])('%s', (_name, addresses, version, wanted) => {
    expect(on(addresses, version).address).toBe(wanted)
  })

  test('a flag fixes the device', () => {
    const decision = on(['172.18.0.2/16'], '1.17', { 'derive-masquerade-ip-addr-from-device': 'eth1' })
    expect(decision.address).toBe('35.190.20.11')
    expect(decision.trace.at(-1)?.detail).toMatch(/derive-masquerade-ip-addr-from-device/)
  })

  test('releases that prefer the node address over a public one are an alternative, not since 1.16 a certainty', () => {
    const bond = ['100.10.100.10/24', '172.18.0.2/16']
    expect(on(bond, '1.15')).toMatchObject({ address: '100.10.100.10', alternatives: [] })
    expect(on(bond, '1.16')).toMatchObject({
      address: '100.10.100.10',
      alternatives: [{ action: 'masquerade', addresses: ['172.18.0.2'], rule: 'local-endpoint' }],
    })
  })

  test('without the device, the primary address of each covered device', () => {
    const decision = ask({ outInterface: null })
    expect(decision).toMatchObject({ address: null, addresses: ['172.18.0.2', '192.168.77.2'] })
  })
})

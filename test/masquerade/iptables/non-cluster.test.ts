import { describe, expect, test } from 'vitest'
import { ask, askRows, IPTABLES, N1, N2, POD } from '../../support/masquerade-ask.ts'

const by = (interfaces: string, more = {}) => ({
  config: { ...IPTABLES, 'egress-masquerade-interfaces': interfaces, ...more },
})
const SECOND = [{ ...N1, podCIDRs: ['10.244.1.0/24', '10.205.204.64/27'] }, N2]
const { interfaces: _, ...BARE } = N1
const TWO_ADDRESSES = [{ ...N1, interfaces: { eth0: ['172.18.0.2/16', '35.1.1.2/24'] } }, N2]

describe('non-cluster', () => {
  askRows([
    ['a pod', { config: IPTABLES }, 'masquerade non-cluster 172.18.0.2'],
    ['by another device', { config: IPTABLES, outInterface: 'eth1' }, 'masquerade non-cluster 192.168.77.2'],
    ['inside the exclusion CIDR', { config: IPTABLES, destination: '10.244.9.9' }, 'preserve no-rule'],
    ['cilium_host', { config: IPTABLES, source: '10.244.1.250' }, 'masquerade non-cluster'],
    ['the host', { config: IPTABLES, source: '172.18.0.2' }, 'preserve no-rule'],
    ['by a Cilium device', { config: IPTABLES, outInterface: 'cilium_wg0' }, 'preserve no-rule'],
    [
      'the second pod CIDR',
      { config: IPTABLES, source: '10.205.204.70', cluster: { nodes: SECOND } },
      'preserve no-rule',
    ],
    [
      'the second pod CIDR by interface',
      { ...by('eth0'), source: '10.205.204.70', cluster: { nodes: SECOND } },
      'masquerade non-cluster',
    ],
    ['interface', by('eth0'), 'masquerade non-cluster'],
    ['another interface', { ...by('eth0'), outInterface: 'eth1' }, 'preserve no-rule'],
    ['interface prefix', { ...by('eth+'), outInterface: 'eth1' }, 'masquerade non-cluster'],
    ['any source by interface', { ...by('eth0'), source: '172.17.0.5' }, 'masquerade non-cluster'],
    ['second of several interfaces, 1.17', { ...by('ens5 eth0') }, 'masquerade non-cluster'],
    ['several interfaces, 1.16.5', { ...by('ens5 eth0'), cluster: { version: '1.16.5' } }, 'masquerade non-cluster'],
    ['several interfaces, 1.16.4', { ...by('ens5 eth0'), cluster: { version: '1.16.4' } }, 'preserve no-rule'],
    ['IPAM without a pod CIDR per node', { config: { ...IPTABLES, ipam: 'eni' } }, 'unknown non-cluster'],
    ['the same by interface', { ...by('eth0', { ipam: 'eni' }) }, 'masquerade non-cluster'],
  ])

  test('joined interfaces and further pod CIDRs defeat what the settings ask for', () => {
    const joined = ask({ ...by('ens5 eth0'), cluster: { version: '1.15' } })
    expect(joined.defeat).toMatchObject({ code: 'egress-interfaces-joined', intended: { addresses: ['172.18.0.2'] } })
    const block = ask({ config: IPTABLES, source: '10.205.204.70', cluster: { nodes: SECOND } })
    expect(block.defeat).toMatchObject({ code: 'secondary-pod-cidr', intended: { action: 'masquerade' } })
    expect(block.defeat?.reason).toMatch(/10\.244\.1\.0\/24 only, and 10\.205\.204\.70 is in 10\.205\.204\.64\/27/)
    expect(ask({ config: IPTABLES, source: '172.18.0.2' }).defeat).toBeNull()
  })

  test('of 1.16 alone the patch release is not known', () => {
    const decision = ask({ ...by('ens5 eth0'), cluster: { version: '1.16' } })
    expect(decision).toMatchObject({ action: 'preserve', assumptions: ['Cilium 1.16.4 or earlier assumed'] })
    expect(decision.alternatives).toMatchObject([{ action: 'masquerade', when: 'the release is 1.16.5 or later' }])
  })

  test('an interface that is not known is taken as one that masquerades', () => {
    const decision = ask({ ...by('eth0'), outInterface: null, cluster: { nodes: [BARE, N2] } })
    expect(decision).toMatchObject({ action: 'masquerade', address: '172.18.0.2' })
    expect(decision.alternatives).toMatchObject([{ action: 'preserve', addresses: [POD], rule: 'no-rule' }])
  })

  test('MASQUERADE takes the address whose subnet holds the next hop, else the first', () => {
    const to = (destination: string) => ask({ config: IPTABLES, destination, cluster: { nodes: TWO_ADDRESSES } })
    expect(to('35.1.1.9')).toMatchObject({ address: '35.1.1.2', addresses: ['35.1.1.2'] })
    expect(to('172.18.9.9')).toMatchObject({ address: '172.18.0.2', addresses: ['172.18.0.2'] })
    expect(to('1.1.1.1')).toMatchObject({ address: '172.18.0.2', addresses: ['172.18.0.2', '35.1.1.2'] })
    const routed = [{ ...TWO_ADDRESSES[0], name: 'n1', routes: [{ dst: 'default', dev: 'eth0', via: '35.1.1.1' }] }, N2]
    expect(ask({ config: IPTABLES, cluster: { nodes: routed } })).toMatchObject({ address: '35.1.1.2' })
  })
})

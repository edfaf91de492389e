import { describe, expect, test } from 'vitest'
import type { Settings } from '../../../src/cluster/settings.ts'
import { clusterFrom, clusterOf } from '../../support/cluster-pieces.ts'

const cidr = (text: string): Settings['ipv4NativeRoutingCidr'] => clusterFrom(text).settings.ipv4NativeRoutingCidr
const HEAD = '#### Read-only configurations ####\nEnableBPFMasquerade               : true\n'

test('the read-only part holds what the agent runs with, under the names of the settings', () => {
  const { settings, inputs } = clusterFrom(`${HEAD}EnableIPMasqAgent                 : false
EnableIPv4Masquerade              : true
EnableIPv6Masquerade              : false
IPAM                              : kubernetes
IPAMMultiPoolPreAllocation
	default                   : 8
IPv6NativeRoutingCIDR             : <nil>
MasqueradeInterfaces              : []
Devices                           : [eth0 eth1]
RoutingMode                       : native
k8s-configuration                 : 
##### Read-write configurations #####
PolicyEnforcement                 : default
`)
  expect(inputs).toMatchObject([{ kind: 'agent-config', note: '9 settings' }])
  expect(settings.known).toBe(true)
  expect(settings).toMatchObject({
    enableBpfMasquerade: { value: true, origin: 'agent-config', source: { file: 'input', line: 2 } },
    enableIpMasqAgent: { value: false, origin: 'agent-config' },
    enableIpv6Masquerade: { value: false, origin: 'agent-config' },
    ipam: { value: 'kubernetes' },
    ipv6NativeRoutingCidr: { value: null, origin: 'agent-config' },
    egressMasqueradeInterfaces: { value: [], origin: 'agent-config' },
    routingMode: { value: 'native', origin: 'agent-config' },
  })
})

describe('the native routing CIDR', () => {
  test.each([
    [
      'in two lines under a tab',
      'IPv4NativeRoutingCIDR\n\tIP                        : 10.244.0.0\n\tMask                      : //8AAA==\n',
    ],
    [
      'in the other order',
      'IPv4NativeRoutingCIDR\n\tMask                      : //8AAA==\n\tIP                        : 10.244.0.0\n',
    ],
    [
      'copied from a terminal, tabs made blanks',
      'IPv4NativeRoutingCIDR\n        IP                        : 10.244.0.0\n        Mask                      : //8AAA==\n',
    ],
    ['as text', 'IPv4NativeRoutingCIDR             : 10.244.0.0/16\n'],
  ])('%s', (_form, lines) => {
    expect(cidr(HEAD + lines)).toMatchObject({ value: { text: '10.244.0.0/16' }, origin: 'agent-config' })
  })

  test.each([
    ['as text', '"10.244.0.0/16"'],
    ['as address and mask', '{"IP":"10.244.0.0","Mask":"//8AAA=="}'],
  ])('in JSON %s', (_form, value) => {
    const text = `{"EnableBPFMasquerade":true,"IPv4NativeRoutingCIDR":${value}}`
    expect(cidr(text)).toMatchObject({ value: { text: '10.244.0.0/16' }, origin: 'agent-config' })
  })

  test('of which a grep left the key alone is not said to be unset', () => {
    const { settings } = clusterOf({
      'config-all.txt': `${HEAD}IPv4NativeRoutingCIDR\nIPv6NativeRoutingCIDR             : <nil>\n`,
      'config.txt': 'enable-bpf-masquerade  true\nipv4-native-routing-cidr  10.244.0.0/16\n',
    })
    expect(settings.ipv4NativeRoutingCidr).toMatchObject({ value: { text: '10.244.0.0/16' }, origin: 'cilium-config' })
  })
})

test('the read-write part alone says nothing, and how to get the rest is told', () => {
  const { settings, inputs } = clusterFrom(
    '#### Read-only configurations ####\n##### Read-write configurations #####\nPolicyEnforcement : default\n',
  )
  expect(settings.known).toBe(false)
  expect(inputs).toMatchObject([{ kind: 'agent-config', note: expect.stringContaining('--all') }])
})

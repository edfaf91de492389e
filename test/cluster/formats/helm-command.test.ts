import { describe, expect, test } from 'vitest'
import { shellWords } from '../../../src/cluster/formats/helm-command.ts'
import { clusterFrom } from '../../support/cluster-pieces.ts'

describe('shellWords()', () => {
  test.each([
    ['a b', ['a', 'b']],
    ['a="x y" b', ['a=x y', 'b']],
    ["'a b'c", ['a bc']],
    ['a\\ b', ['a b']],
    ['a=b\\,c', ['a=b\\,c']],
    ['a="say \\"hi\\""', ['a=say \\"hi\\"']],
    ['', []],
  ])('%s', (text, words) => {
    expect(shellWords(text)).toEqual(words)
  })
})

describe('a helm command line', () => {
  const settingsOf = (flags: string) => clusterFrom(`helm install cilium cilium/cilium ${flags}`)

  test.each([
    ['--set bpf.masquerade=true', 'enableBpfMasquerade', true],
    ['--set=bpf.masquerade=true', 'enableBpfMasquerade', true],
    ['--set routingMode="native"', 'routingMode', 'native'],
    ['--set routingMode=native,bpf.masquerade=true', 'enableBpfMasquerade', true],
    ["--set devices='{eth0,eth1}'", 'devices', ['eth0', 'eth1']],
    ["--set 'devices[0]=eth0' --set 'devices[1]=eth1'", 'devices', ['eth0', 'eth1']],
    ['--set-string enableIPv4Masquerade=false', 'enableIpv4Masquerade', false],
    ['--set egressMasqueradeInterfaces=eth+\\,ens+', 'egressMasqueradeInterfaces', ['eth+', 'ens+']],
    ['--set endpointRoutes.enabled=true', 'enableEndpointRoutes', true],
    ['--set-json \'devices=["eth0"]\'', 'devices', ['eth0']],
    ['--set eni.enabled=true', 'ipam', 'eni'],
    ['--set eni.enabled=true', 'routingMode', 'native'],
    ['--set eni.enabled=true --set routingMode=tunnel', 'routingMode', 'tunnel'],
    ['--set extraConfig.enable-bpf-masquerade=true --set bpf.masquerade=false', 'enableBpfMasquerade', true],
    ['--version 1.12.3 --set nativeRoutingCIDR=10.0.0.0/8', 'ipv4NativeRoutingCidr', { text: '10.0.0.0/8' }],
    ['--version 1.13.1 --set tunnel=disabled', 'routingMode', 'native'],
    ['--version 1.18.0 --set eni.enabled=true', 'enableIpv4Masquerade', false],
    ['--version 1.17.0 --set eni.enabled=true', 'enableIpv4Masquerade', true],
    ['--set egressGateway.enabled=true', 'enableEgressGateway', true],
    ['--version 1.19.0 --set egressGateway.enabled=true', 'enableEgressGateway', true],
  ] as const)('%s: %s', (flags, field, value) => {
    const found = settingsOf(flags).settings[field].value
    if (typeof value === 'object' && !Array.isArray(value)) expect(found).toMatchObject(value)
    else expect(found).toEqual(value)
  })

  test("the agent's list in chart values is the agent's file", () => {
    const { ipMasqAgent } = settingsOf(
      "--set ipMasqAgent.enabled=true --set 'ipMasqAgent.config.nonMasqueradeCIDRs={10.0.0.0/8,192.168.0.0/16}' --set ipMasqAgent.config.masqLinkLocal=true",
    )
    expect(ipMasqAgent.effective.map(({ cidr }) => cidr.text)).toEqual(['10.0.0.0/8', '192.168.0.0/16', 'fe80::/10'])
  })

  test('a cilium-config key given as a chart value is a warning: helm ignores it', () => {
    const { warnings, settings } = settingsOf('--set ipv4-native-routing-cidr=10.0.0.0/8 --set bpf.masquerade=true')
    expect(warnings).toMatchObject([{ code: 'helm-value-without-effect' }])
    expect(settings.ipv4NativeRoutingCidr.value).toBeNull()
  })

  test('keys that name a prototype set nothing on it', () => {
    settingsOf('--set __proto__.polluted=yes --set constructor.prototype.polluted=yes --set bpf.masquerade=true')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

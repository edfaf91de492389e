import { describe, expect, test } from 'vitest'
import { bpfExclusionCidr, iptablesExclusionCidr } from '../../../src/masquerade/exclusion-cidr.ts'
import { gatherFacts } from '../../../src/masquerade/facts.ts'
import { ask, askRows, BPF, N1, N2, OTHER_POD, POD } from '../../support/masquerade-ask.ts'
import { buildCluster } from '../../support/masquerade-cluster.ts'

const NONE = { ...BPF, 'ipv4-native-routing-cidr': '' }
const AGENT = { ...NONE, 'enable-ip-masq-agent': 'true' }
const agent = { agent: { state: 'content' as const, cidrs: [] } }

describe('exclusion-cidr', () => {
  askRows([
    ['inside', { destination: '10.244.255.255' }, 'preserve exclusion-cidr'],
    ['the first address behind it', { destination: '10.245.0.0' }, 'masquerade local-endpoint'],
    [
      'tunnel routing honours it',
      {
        config: { ...BPF, 'routing-mode': 'tunnel', 'ipv4-native-routing-cidr': '172.18.0.0/16' },
        destination: '172.18.0.3',
      },
      'preserve exclusion-cidr',
    ],
    ['not set: pods of other nodes are outside', { config: NONE, destination: OTHER_POD }, 'masquerade local-endpoint'],
    ['agent on: no fallback', { config: AGENT, destination: OTHER_POD, cluster: agent }, 'masquerade local-endpoint'],
    [
      'cloud IPAM, private destination',
      { config: { ...NONE, ipam: 'eni' }, destination: '10.9.9.9' },
      'unknown exclusion-cidr',
    ],
    ['cloud IPAM, public destination', { config: { ...NONE, ipam: 'eni' } }, 'masquerade local-endpoint'],
    [
      'cloud IPAM with a stated CIDR',
      { config: { ...BPF, ipam: 'eni' }, destination: '10.9.9.9' },
      'masquerade local-endpoint',
    ],
    [
      'IPv6 has its own',
      {
        config: { ...BPF, 'ipv6-native-routing-cidr': 'fd00:10:244::/56' },
        source: 'fd00:10:244:1::10',
        destination: 'fd00:10:244:2::20',
      },
      'preserve exclusion-cidr',
    ],
  ])

  const factsOf = (config: Record<string, string>, version: string) =>
    gatherFacts(
      { source: POD, destination: OTHER_POD, protocol: 6 },
      buildCluster({ version, config, nodes: [N1, N2] }),
    )
  const shown = (answer: ReturnType<typeof bpfExclusionCidr>): string =>
    answer.known ? (answer.cidr?.text ?? 'none') : answer.missing

  test.each([
    ['agent off, configured', BPF, '1.17', '10.244.0.0/16', '10.244.0.0/16'],
    ['agent off, not set', NONE, '1.17', '10.244.1.0/24', '10.244.1.0/24'],
    ['agent on, not set', AGENT, '1.17', 'none', '10.244.1.0/24'],
    ['agent on, not set, 1.13', AGENT, '1.13', '10.244.1.0/24', '10.244.1.0/24'],
    ['agent on, configured', { ...BPF, 'enable-ip-masq-agent': 'true' }, '1.17', '10.244.0.0/16', '10.244.0.0/16'],
  ])('%s', (_name, config, version, bpf, iptables) => {
    expect(shown(bpfExclusionCidr(factsOf(config, version)))).toBe(bpf)
    expect(shown(iptablesExclusionCidr(factsOf(config, version)))).toBe(iptables)
  })

  test('names the line of the configuration', () => {
    const step = ask({ destination: OTHER_POD }).trace.at(-1)
    expect(step).toMatchObject({
      rule: 'exclusion-cidr',
      matched: true,
      source: { file: 'cilium-config.yaml', line: 2 },
    })
    expect(step?.detail).toBe('10.244.2.20 is inside ipv4-native-routing-cidr 10.244.0.0/16')
  })
})

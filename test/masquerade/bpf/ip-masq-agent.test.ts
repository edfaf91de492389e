import { describe, expect, test } from 'vitest'
import { ask, askRows, BPF, N1, N2, N2_ADDRESS } from '../../support/masquerade-ask.ts'
import { cidr } from '../../support/masquerade-cluster.ts'

const ON = { ...BPF, 'enable-ip-masq-agent': 'true', 'ipv4-native-routing-cidr': '' }
const list = (...cidrs: string[]) => ({ agent: { state: 'content' as const, cidrs } })
const MAP = { ipMasqCidrs: { cidrs: [cidr('9.0.0.0/8')], source: { file: 'ipmasq-list.txt' } } }

describe('ip-masq-agent', () => {
  askRows([
    ['listed', { config: ON, destination: '9.1.2.3', cluster: list('9.0.0.0/8') }, 'preserve ip-masq-agent'],
    ['not listed', { config: ON, destination: '10.1.2.3', cluster: list('9.0.0.0/8') }, 'masquerade local-endpoint'],
    ['switched off', { destination: '9.1.2.3', cluster: list('9.0.0.0/8') }, 'masquerade local-endpoint'],
    [
      'before the node test, in tunnel routing',
      { config: { ...ON, 'routing-mode': 'tunnel' }, destination: N2_ADDRESS, cluster: list('172.16.0.0/12') },
      'preserve ip-masq-agent',
    ],
    [
      'after the host test',
      { config: ON, source: '10.244.1.250', destination: '9.1.2.3', cluster: list('9.0.0.0/8') },
      'preserve host-endpoint',
    ],
    ['the file is not known', { config: ON, destination: '9.1.2.3' }, 'unknown ip-masq-agent'],
    [
      'the file is not known, and the map is',
      { config: ON, destination: '9.1.2.3', cluster: { nodes: [{ ...N1, installed: MAP }, N2] } },
      'preserve ip-masq-agent',
    ],
    [
      'the file cannot be read',
      { config: ON, destination: '9.1.2.3', cluster: { agent: { state: 'unparsable' } } },
      'unknown ip-masq-agent',
    ],
    [
      'an unknown file does not matter to a node in native routing',
      { config: ON, destination: N2_ADDRESS },
      'preserve remote-node',
    ],
  ])

  test('names the entry with the longest prefix', () => {
    const { trace } = ask({
      config: ON,
      destination: '9.1.2.3',
      cluster: list('9.0.0.0/8', '9.1.0.0/16', '9.2.0.0/16'),
    })
    expect(trace.at(-1)?.detail).toBe('9.1.2.3 is in 9.1.0.0/16 (nonMasqueradeCIDRs)')
  })
})

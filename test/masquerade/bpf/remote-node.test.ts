import { describe } from 'vitest'
import { askRows, BPF, N1, N2, N2_ADDRESS, OTHER_POD, TUNNEL } from '../../support/masquerade-ask.ts'

const FLAG = { ...BPF, 'enable-remote-node-masquerade': 'true' }
const TUNNELLED = { ...BPF, ...TUNNEL }
const SECOND_CARD = [N1, { ...N2, interfaces: { eth0: [`${N2_ADDRESS}/16`], eth1: ['192.168.77.3/24'] } }]
const MESH = [N1, N2, { name: 'far', internalIP: '172.30.0.9', podCIDRs: ['10.99.0.0/24'], remoteCluster: true }]
const at = (version: string) => ({ cluster: { version } })

describe('remote nodes', () => {
  askRows([
    ['InternalIP, native', { destination: N2_ADDRESS }, 'preserve remote-node'],
    ['ExternalIP, native', { destination: '35.190.10.12' }, 'preserve remote-node'],
    ['a neighbour in the subnet of the nodes', { destination: '172.18.0.9' }, 'masquerade local-endpoint'],
    [
      'an address that only ip addr shows',
      { destination: '192.168.77.3', cluster: { nodes: SECOND_CARD } },
      'masquerade local-endpoint',
    ],
    [
      'a node of another cluster of the mesh',
      { destination: '172.30.0.9', cluster: { nodes: MESH } },
      'preserve remote-node',
    ],
    ['InternalIP, tunnel', { config: TUNNELLED, destination: N2_ADDRESS }, 'masquerade local-endpoint'],
    [
      'the node list is not known',
      { destination: '172.18.0.9', cluster: { nodes: [N1], nodesKnown: false } },
      'unknown remote-node',
    ],
    [
      'the node list is not known, tunnel',
      { config: TUNNELLED, destination: '172.18.0.9', cluster: { nodes: [N1], nodesKnown: false } },
      'masquerade local-endpoint',
    ],
    [
      'the flag, 1.19',
      { config: FLAG, destination: N2_ADDRESS, ...at('1.19') },
      'masquerade remote-node-masquerade 172.18.0.2',
    ],
    ['the flag, 1.18', { config: FLAG, destination: N2_ADDRESS, ...at('1.18') }, 'preserve remote-node'],
    ['the flag, no node', { config: FLAG, ...at('1.19') }, 'masquerade local-endpoint'],
    [
      'the flag, a forwarded source',
      { config: FLAG, source: OTHER_POD, destination: N2_ADDRESS, ...at('1.19') },
      'masquerade remote-node-masquerade',
    ],
    [
      'the flag, the host',
      { config: FLAG, source: '10.244.1.250', destination: N2_ADDRESS, ...at('1.19') },
      'preserve host-endpoint',
    ],
    [
      'flagged to bypass the tunnel',
      { config: TUNNELLED, destination: N2_ADDRESS, skipTunnel: true, ...at('1.18') },
      'preserve remote-node-skip-tunnel',
    ],
    [
      'flagged, before the rule came',
      { config: TUNNELLED, destination: N2_ADDRESS, skipTunnel: true, ...at('1.16') },
      'masquerade local-endpoint',
    ],
    ['flagged, no node', { config: TUNNELLED, skipTunnel: true, ...at('1.18') }, 'masquerade local-endpoint'],
  ])
})

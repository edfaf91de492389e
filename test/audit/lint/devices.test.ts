import { describe } from 'vitest'
import { BPF, clusterWith, IPTABLES, N1, N2, status } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const TWO_DEVICES = {
  ...N1,
  interfaces: { eth0: ['172.18.0.2/16'], eth1: ['10.70.0.2/24'] },
  routes: [
    { dst: 'default', dev: 'eth0', via: '172.18.0.1' },
    { dst: '10.70.0.0/24', dev: 'eth1', src: '10.70.0.2' },
    { dst: '172.17.0.0/16', dev: 'docker0', src: '172.17.0.1' },
  ],
}
const PUBLIC = { ...N1, interfaces: { eth0: ['172.18.0.2/16', '35.190.10.12/32'] } }
const OTHER_CARD = { ...N2, interfaces: { ens5: ['172.18.0.3/16'] } }
const V6 = { 'enable-ipv6': 'true', 'enable-ipv6-masquerade': 'true', 'ipv6-native-routing-cidr': 'fd00::/56' }
const WITH_V6 = { ...N1, interfaces: { eth0: ['172.18.0.2/16', 'fc00:f853:ccd:e793::2/64'] } }

describe('devices', () => {
  checkRows([
    {
      code: 'default-route-not-covered',
      raises: clusterWith(BPF, { devices: 'eth1' }, { nodes: [TWO_DEVICES] }),
      quiet: clusterWith(BPF, { devices: 'eth0' }, { nodes: [TWO_DEVICES] }),
      says: /default route of n1 leaves by eth0, and devices eth1/,
    },
    {
      code: 'default-route-not-covered',
      raises: clusterWith(BPF, {}, { nodes: [{ ...TWO_DEVICES, status: status({ devices: ['eth1'] }) }] }),
      quiet: clusterWith(BPF, {}, { nodes: [{ ...TWO_DEVICES, status: status({ devices: ['eth0'] }) }] }),
      says: /cilium status: eth1/,
    },
    {
      code: 'device-not-covered',
      raises: clusterWith(BPF, { devices: 'eth0' }, { nodes: [TWO_DEVICES] }),
      quiet: clusterWith(BPF, { devices: 'eth+' }, { nodes: [TWO_DEVICES] }),
      says: /route 10\.70\.0\.0\/24 of n1 leaves by eth1/,
    },
    {
      code: 'interface-on-no-node',
      raises: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'ens5' }),
      quiet: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth+' }),
      says: /names ens5, and the nodes have eth0/,
    },
    {
      code: 'interface-not-on-node',
      raises: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth0' }, { nodes: [N1, OTHER_CARD] }),
      quiet: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth0 ens5' }, { nodes: [N1, OTHER_CARD] }),
      says: /is eth0, and n2 has none of them/,
    },
    {
      code: 'masquerade-address-ambiguous',
      raises: clusterWith(BPF, {}, { nodes: [PUBLIC] }),
      quiet: clusterWith(BPF, { 'derive-masquerade-ip-addr-from-device': 'eth0' }, { nodes: [PUBLIC] }),
      says: /node address 172\.18\.0\.2 and the public address 35\.190\.10\.12/,
    },
    {
      code: 'no-ipv6-address',
      raises: clusterWith(BPF, V6, { nodes: [N1] }),
      quiet: clusterWith(BPF, V6, { nodes: [WITH_V6] }),
      says: /n1 has no global IPv6 address/,
    },
  ])
})

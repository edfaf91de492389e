import { describe } from 'vitest'
import { egressPolicy } from '../../support/masquerade-cluster.ts'
import { BPF, clusterWith, IPTABLES } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const ON = { 'enable-ipv4-egress-gateway': 'true' }
const policy = (changes: Partial<Parameters<typeof egressPolicy>[0]> = {}) => ({
  policies: [
    egressPolicy({
      name: 'egress-sample',
      destinations: ['192.168.60.0/24'],
      gatewayLabels: { 'kubernetes.io/hostname': 'n1' },
      egressIp: '172.18.0.2',
      ...changes,
    }),
  ],
})

describe('egress gateway', () => {
  checkRows([
    {
      code: 'egress-gateway-unmet',
      raises: clusterWith(IPTABLES, ON, policy()),
      quiet: clusterWith(BPF, ON, policy()),
      says: /egress gateway is on and enable-bpf-masquerade is false/,
    },
    {
      code: 'egress-gateway-unmet',
      raises: clusterWith(BPF, { ...ON, 'enable-cilium-endpoint-slice': 'true' }, policy()),
      quiet: clusterWith(BPF, { ...ON, 'enable-cilium-endpoint-slice': 'false' }, policy()),
      says: /enable-cilium-endpoint-slice is true/,
    },
    {
      code: 'egress-gateway-unmet',
      raises: clusterWith(BPF, { ...ON, 'kube-proxy-replacement': 'false' }, { version: '1.19', ...policy() }),
      quiet: clusterWith(BPF, ON, { version: '1.19', ...policy() }),
      says: /kube-proxy-replacement is false/,
    },
    {
      code: 'egress-policies-unused',
      raises: clusterWith(BPF, {}, policy()),
      quiet: clusterWith(BPF, ON, policy()),
      says: /policy egress-sample exists and egress gateway is off/,
    },
    {
      code: 'egress-policy-without-gateway',
      raises: clusterWith(BPF, ON, policy({ gatewayLabels: { egress: 'true' } })),
      quiet: clusterWith(BPF, ON, policy()),
      says: /wants a gateway with egress=true and no node has them/,
    },
    {
      code: 'egress-ip-on-no-device',
      raises: clusterWith(BPF, ON, policy({ egressIp: '172.18.0.240' })),
      quiet: clusterWith(BPF, ON, policy()),
      says: /egress IP 172\.18\.0\.240, and no device of its gateway n1 has it/,
    },
    {
      code: 'egress-policy-over-native-cidr',
      raises: clusterWith(BPF, ON, policy({ destinations: ['0.0.0.0/0'] })),
      quiet: clusterWith(BPF, ON, policy({ destinations: ['0.0.0.0/0'], excluded: ['10.0.0.0/8'] })),
      says: /covers 0\.0\.0\.0\/0, which holds ipv4-native-routing-cidr 10\.244\.0\.0\/16/,
    },
  ])
})

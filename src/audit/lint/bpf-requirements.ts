import type { LintCheck } from './check.ts'
import { hasBpfNodePort, isGiven, masquerades, masqueradesAny, releaseText, since, wantsBpf } from './in-force.ts'

/** What BPF masquerading needs and does not go with. */
export const BPF_REQUIREMENTS: readonly LintCheck[] = [
  {
    code: 'bpf-without-kube-proxy-replacement',
    severity: 'error',
    title: 'BPF masquerading without the kube-proxy replacement',
    consequence: 'Agents of this release refuse to start; up to 1.14 they fall back to iptables masquerading.',
    remedy: 'Set kube-proxy-replacement: "true", or enable-bpf-masquerade: "false".',
    find({ settings }) {
      const { enableBpfMasquerade: bpf, kubeProxyReplacement: replacement } = settings
      // The status line shows BPF at work: whatever it needs, it has.
      if (!wantsBpf(settings) || bpf.origin === 'status' || since(settings, 19)) return []
      if (hasBpfNodePort(settings) !== false || !isGiven(replacement)) return []
      const found = `enable-bpf-masquerade is true and kube-proxy-replacement is ${replacement.value} (${releaseText(settings)})`
      return [{ found, subject: 'enable-bpf-masquerade', sources: [bpf.source, replacement.source] }]
    },
  },
  {
    code: 'bpf-without-socket-lb',
    severity: 'error',
    title: 'BPF masquerading in tunnel routing without socket load balancing',
    consequence: 'Up to 1.17 the agent refuses this combination, and old releases fall back to iptables.',
    remedy: 'Set bpf-lb-sock: "true", or kube-proxy-replacement: "true".',
    find({ settings }) {
      const { enableBpfMasquerade: bpf, bpfLbSock, routingMode } = settings
      if (!wantsBpf(settings) || bpf.origin === 'status' || since(settings, 18)) return []
      if (routingMode.value !== 'tunnel' || bpfLbSock.value || hasBpfNodePort(settings) !== true) return []
      if (!isGiven(bpfLbSock)) return []
      const found = `enable-bpf-masquerade is true, routing-mode is tunnel and bpf-lb-sock is false (${releaseText(settings)})`
      return [{ found, subject: 'bpf-lb-sock', sources: [bpf.source, bpfLbSock.source, routingMode.source] }]
    },
  },
  {
    code: 'bpf-egress-interfaces',
    severity: 'error',
    title: 'egress-masquerade-interfaces together with BPF masquerading',
    consequence:
      'The setting is for iptables only: the agent refuses to start, and up to 1.14 it falls back to iptables.',
    remedy: 'Name the devices in "devices" instead.',
    find({ settings }) {
      const { enableBpfMasquerade: bpf, egressMasqueradeInterfaces: egress } = settings
      if (!wantsBpf(settings) || egress.value.length === 0) return []
      const found = `enable-bpf-masquerade is true and egress-masquerade-interfaces is ${egress.value.join(' ')}`
      return [{ found, subject: 'egress-masquerade-interfaces', sources: [egress.source, bpf.source] }]
    },
  },
  {
    code: 'bpf-route-source',
    severity: 'error',
    title: 'enable-masquerade-to-route-source together with BPF masquerading',
    consequence: 'The setting is for iptables only: the agent refuses to start.',
    remedy: 'Remove one of the two.',
    find({ settings }) {
      const { enableBpfMasquerade: bpf, enableMasqueradeToRouteSource: route } = settings
      if (!wantsBpf(settings) || !route.value || !since(settings, 15)) return []
      const found = 'enable-bpf-masquerade and enable-masquerade-to-route-source are both true'
      return [{ found, subject: 'enable-masquerade-to-route-source', sources: [route.source, bpf.source] }]
    },
  },
  {
    code: 'bpf-without-family',
    severity: 'error',
    title: 'BPF masquerading with masquerading off for every family',
    consequence:
      'Agents since 1.15 refuse to start; earlier ones switch BPF masquerading off. Typical on EKS since the chart of 1.18.',
    remedy: 'Set enable-ipv4-masquerade: "true", or enable-bpf-masquerade: "false".',
    find({ settings }) {
      if (!wantsBpf(settings) || masqueradesAny(settings)) return []
      const { enableBpfMasquerade: bpf, enableIpv4Masquerade: v4, enableIpv6Masquerade: v6 } = settings
      const found = 'enable-bpf-masquerade is true and no family is masqueraded'
      const severity = since(settings, 15) ? 'error' : 'info'
      return [{ found, subject: 'enable-bpf-masquerade', severity, sources: [bpf.source, v4.source, v6.source] }]
    },
  },
  {
    code: 'bpf-ipv6-unsupported',
    severity: 'warning',
    title: 'BPF masquerading of IPv6 in a release that knows IPv4 only',
    consequence: 'IPv6 leaves with pod addresses: BPF mode removes the ip6tables rules too.',
    remedy: 'Move to 1.14 or later, or use iptables masquerading.',
    find({ settings }) {
      if (!wantsBpf(settings) || !masquerades(settings, 6) || since(settings, 14)) return []
      const found = `enable-bpf-masquerade and enable-ipv6-masquerade are true with ${releaseText(settings)}`
      const sources = [settings.enableIpv6Masquerade.source, settings.enableBpfMasquerade.source]
      return [{ found, subject: 'enable-ipv6-masquerade', sources }]
    },
  },
  {
    code: 'bpf-ipv6-host-firewall',
    severity: 'warning',
    title: 'BPF masquerading of IPv6 together with the host firewall',
    consequence: 'The documentation calls the two incompatible: IPv6 may leave with pod addresses.',
    remedy: 'Switch one of them off, or check IPv6 with a capture on the native device.',
    find({ settings }) {
      const firewall = settings.enableHostFirewall
      if (!wantsBpf(settings) || !masquerades(settings, 6) || !firewall.value) return []
      const found = 'enable-bpf-masquerade, enable-ipv6-masquerade and enable-host-firewall are all true'
      return [
        { found, subject: 'enable-host-firewall', sources: [firewall.source, settings.enableIpv6Masquerade.source] },
      ]
    },
  },
  {
    code: 'host-routing-legacy',
    severity: 'info',
    title: 'host routing differs from what the masquerade mode suggests',
    consequence:
      'BPF host routing needs BPF masquerading; with iptables masquerading the agent uses legacy host routing whatever is configured.',
    remedy: 'Nothing to do unless BPF host routing is expected: then set enable-bpf-masquerade: "true".',
    find(cluster) {
      const { settings } = cluster
      const legacy = settings.enableHostLegacyRouting
      if (masqueradesAny(settings) && !wantsBpf(settings) && isGiven(legacy) && !legacy.value) {
        const found = 'enable-host-legacy-routing is false and masquerading is by iptables'
        return [
          {
            found,
            subject: 'enable-host-legacy-routing',
            sources: [legacy.source, settings.enableBpfMasquerade.source],
          },
        ]
      }
      const node = cluster.nodes.find(({ status }) => status?.hostRouting === 'legacy')
      if (!wantsBpf(settings) || legacy.value || node?.status === undefined) return []
      const found = `BPF masquerading is on and ${node.name} reports legacy host routing`
      const consequence = 'That combination is allowed; the path through the stack takes one more from the TTL.'
      return [{ found, subject: node.name, sources: [node.status?.source], consequence }]
    },
  },
]

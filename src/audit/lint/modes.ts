import { type Hit, type LintCheck, listing } from './check.ts'
import { FAMILIES, isGiven, masqueradesAny, ownNodes, releaseText, since, wantsBpf } from './in-force.ts'

/** Routing, families, release and per-node overrides. */
export const MODES: readonly LintCheck[] = [
  {
    code: 'remote-node-masquerade-ignored',
    severity: 'warning',
    title: 'enable-remote-node-masquerade without effect',
    consequence: 'It exists since 1.19 and in BPF mode only: traffic to nodes keeps pod addresses in native routing.',
    remedy: 'Move to 1.19 with BPF masquerading, or remove it.',
    find({ settings }) {
      const flag = settings.enableRemoteNodeMasquerade
      if (!flag.value || (since(settings, 19) && wantsBpf(settings))) return []
      const mode = wantsBpf(settings) ? releaseText(settings) : 'masquerading not by BPF'
      const sources = [flag.source, settings.enableBpfMasquerade.source]
      return [
        {
          found: `enable-remote-node-masquerade is true with ${mode}`,
          subject: 'enable-remote-node-masquerade',
          sources,
        },
      ]
    },
  },
  {
    code: 'masquerade-off',
    severity: 'info',
    title: 'masquerading is off for a family',
    consequence: 'Pod addresses reach the network.',
    remedy: 'Nothing to do where the network routes pod addresses; else set the flag to "true".',
    find({ settings, egressGatewayPolicies }) {
      return FAMILIES.flatMap((family): Hit[] => {
        const used = family === 4 ? settings.enableIpv4 : settings.enableIpv6
        const flag = family === 4 ? settings.enableIpv4Masquerade : settings.enableIpv6Masquerade
        if (!settings.known || !used.value || flag.value) return []
        const policy = egressGatewayPolicies[0]
        const asked = policy !== undefined || settings.enableEgressGateway.value
        const found = `enable-ipv${family}-masquerade is false`
        if (!asked) return [{ found, subject: `enable-ipv${family}-masquerade`, sources: [flag.source] }]
        return [
          {
            found: `${found}, and egress gateway is in use`,
            subject: `enable-ipv${family}-masquerade`,
            severity: 'warning',
            sources: [flag.source, policy?.source, settings.enableEgressGateway.source],
          },
        ]
      })
    },
  },
  {
    code: 'tunnel-rp-filter',
    severity: 'info',
    title: 'tunnel routing masquerades what pods send to other nodes',
    consequence:
      'It leaves outside the tunnel and the answer comes back the same way; a node with rp_filter=1 may drop either.',
    remedy: 'Check that net.ipv4.conf.*.rp_filter is 0 or 2 on the nodes.',
    find({ settings }) {
      if (!masqueradesAny(settings) || settings.routingMode.value !== 'tunnel' || !isGiven(settings.routingMode))
        return []
      const found = 'routing-mode is tunnel and masquerading is on'
      const sources = [settings.routingMode.source]
      return [{ found, subject: 'routing-mode', sources, confirm: 'sysctl -a | grep \\.rp_filter' }]
    },
  },
  {
    code: 'release-not-known',
    severity: 'info',
    title: 'the Cilium release is not known, and a default that differs by release is in play',
    consequence: 'enable-bpf-masquerade becomes true by default in a coming release.',
    remedy: 'Give --cilium-version, or the output of cilium status.',
    find({ settings }) {
      if (!settings.known || isGiven(settings.ciliumVersion) || isGiven(settings.enableBpfMasquerade)) return []
      const found = `neither the release nor enable-bpf-masquerade is stated; ${settings.ciliumVersion.value} is assumed`
      return [{ found, subject: 'enable-bpf-masquerade', sources: [settings.routingMode.source] }]
    },
  },
  {
    code: 'node-overrides',
    severity: 'info',
    title: 'some nodes have masquerade settings of their own',
    consequence: 'An answer for the whole cluster is wrong there.',
    remedy: 'Name the node when you ask (explain --node); decisions here take its overrides.',
    find(cluster) {
      return OVERRIDABLE.flatMap((name): Hit[] => {
        const others = ownNodes(cluster).flatMap((node) => {
          const setting = cluster.settingsFor(node.name)[name]
          return setting.origin === 'node-config' ? [{ node, setting }] : []
        })
        const [first] = others
        if (first === undefined) return []
        const shown = String(first.setting.value)
        const found = `${name} is ${shown} on ${listing(others.map(({ node }) => node.name))} by CiliumNodeConfig`
        return [{ found, subject: name, sources: [first.setting.source, cluster.settings[name].source] }]
      })
    },
  },
]

const OVERRIDABLE = [
  'enableIpv4Masquerade',
  'enableIpv6Masquerade',
  'enableBpfMasquerade',
  'enableIpMasqAgent',
  'enableMasqueradeToRouteSource',
  'enableRemoteNodeMasquerade',
] as const

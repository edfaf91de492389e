import { parseCiliumVersion } from '../../masquerade/cilium-version.ts'
import type { LintCheck } from './check.ts'
import { listing } from './check.ts'
import {
  FAMILIES,
  hasBpfNodePort,
  isGiven,
  masquerades,
  ownNodes,
  releaseText,
  since,
  wantsIptables,
} from './in-force.ts'

// IPAM modes in which no single CIDR of a node holds its pods.
const WITHOUT_ALLOC_CIDR: ReadonlySet<string> = new Set(['eni', 'azure', 'alibabacloud', 'multi-pool'])

// Bridges of other runtimes and hypervisors whose guests the node forwards for.
const FOREIGN_BRIDGE = /^(?:docker0|br-[0-9a-f]{6,}|virbr\d+|cni-podman\d+|podman\d+|lxdbr\d+|nerdctl\d+|vmbr\d+)$/

/** Settings of iptables masquerading that do other than they seem to. */
export const IPTABLES_MODE: readonly LintCheck[] = [
  {
    code: 'iptables-no-conntrack',
    severity: 'error',
    title: 'iptables masquerading with install-no-conntrack-iptables-rules',
    consequence:
      "The nat table is not consulted for untracked packets, so pods' traffic leaves with pod addresses; newer agents refuse to start.",
    remedy: 'Set install-no-conntrack-iptables-rules: "false", or use BPF masquerading.',
    find({ settings }) {
      const noTrack = settings.installNoConntrackIptablesRules
      if (!wantsIptables(settings) || !noTrack.value) return []
      const found = 'install-no-conntrack-iptables-rules is true and masquerading is by iptables'
      return [
        {
          found,
          subject: 'install-no-conntrack-iptables-rules',
          sources: [noTrack.source, settings.enableBpfMasquerade.source],
        },
      ]
    },
  },
  {
    code: 'egress-interfaces-joined',
    severity: 'error',
    title: 'several egress-masquerade-interfaces on a release that joins them',
    consequence: 'They become one name in the rule, which no interface has: nothing is masqueraded.',
    remedy: 'Move to 1.16.5, 1.17 or later, or name a single interface or prefix.',
    find({ settings }) {
      const { egressMasqueradeInterfaces: egress, enableMasqueradeToRouteSource: route } = settings
      if (!wantsIptables(settings) || egress.value.length < 2 || since(settings, 17)) return []
      const release = parseCiliumVersion(settings.ciliumRelease?.value ?? settings.ciliumVersion.value)
      if ((release.minor === 16 && (release.patch ?? 0) >= 5) || (route.value && since(settings, 15))) return []
      const found = `egress-masquerade-interfaces has ${egress.value.length} names (${egress.value.join(' ')}) with ${releaseText(settings)}`
      return [{ found, subject: 'egress-masquerade-interfaces', sources: [egress.source] }]
    },
  },
  {
    code: 'route-source-wildcard',
    severity: 'error',
    title: 'an interface prefix together with enable-masquerade-to-route-source',
    consequence: 'Names are compared letter by letter there, so the prefix matches no device and no SNAT rule exists.',
    remedy: 'List the interfaces by name.',
    find({ settings }) {
      const { enableMasqueradeToRouteSource: route, egressMasqueradeInterfaces: egress, devices } = settings
      if (!wantsIptables(settings) || !route.value || !since(settings, 15)) return []
      const chosen = egress.value.length > 0 ? egress : devices
      const patterns = chosen.value.filter((name) => name.endsWith('+'))
      if (patterns.length === 0) return []
      const key = chosen === egress ? 'egress-masquerade-interfaces' : 'devices'
      const found = `enable-masquerade-to-route-source is true and ${key} has ${patterns.join(' ')} (${releaseText(settings)})`
      // Seen up to 1.17; whether later releases match prefixes is not established.
      const severity = since(settings, 18) ? 'warning' : 'error'
      return [{ found, subject: key, severity, sources: [chosen.source, route.source] }]
    },
  },
  {
    code: 'egress-interfaces-forwarding',
    severity: 'warning',
    title: 'egress-masquerade-interfaces on a node that forwards for other guests',
    consequence: 'The rule has no source match: traffic of those guests is masqueraded too.',
    remedy: 'Keep other guests off the node, or leave egress-masquerade-interfaces unset.',
    find(cluster) {
      const egress = cluster.settings.egressMasqueradeInterfaces
      if (!wantsIptables(cluster.settings) || egress.value.length === 0) return []
      return ownNodes(cluster).flatMap((node) => {
        const bridge = [...(node.devices?.values() ?? [])].find(({ name }) => FOREIGN_BRIDGE.test(name))
        if (bridge === undefined) return []
        const found = `egress-masquerade-interfaces is ${egress.value.join(' ')} and ${node.name} has ${bridge.name}`
        return [{ found, subject: node.name, sources: [egress.source, bridge.source] }]
      })
    },
  },
  {
    code: 'cloud-ipam-without-interfaces',
    severity: 'error',
    title: 'iptables masquerading with an IPAM mode that has no pod CIDR per node',
    consequence:
      'The rules are made for a CIDR that does not hold the pods: masquerading is wrong or missing, and newer agents refuse to start.',
    remedy: 'Set egress-masquerade-interfaces, or use BPF masquerading.',
    find({ settings }) {
      const { ipam, egressMasqueradeInterfaces: egress } = settings
      if (!wantsIptables(settings) || !WITHOUT_ALLOC_CIDR.has(ipam.value) || egress.value.length > 0) return []
      const found = `ipam is ${ipam.value}, masquerading is by iptables, and egress-masquerade-interfaces is not set`
      return [
        { found, subject: 'egress-masquerade-interfaces', sources: [ipam.source, settings.enableBpfMasquerade.source] },
      ]
    },
  },
  {
    code: 'secondary-pod-cidr',
    severity: 'warning',
    title: 'a node has pod CIDRs for which no masquerade rule is made',
    consequence:
      "The iptables rules are made for the node's first CIDR: pods of the others leave with their addresses.",
    remedy: 'Set egress-masquerade-interfaces, or use BPF masquerading.',
    find(cluster) {
      const { settings } = cluster
      if (!wantsIptables(settings) || settings.egressMasqueradeInterfaces.value.length > 0) return []
      const more = ownNodes(cluster).flatMap((node) =>
        FAMILIES.filter((family) => masquerades(settings, family)).flatMap((family) => {
          const blocks = node.podCidrs.filter((cidr) => cidr.family === family)
          return blocks.length > 1 ? [{ node, blocks }] : []
        }),
      )
      const [first] = more
      if (first === undefined) return []
      const where = listing(more.map(({ node, blocks }) => `${node.name}: ${blocks.map(({ text }) => text).join(' ')}`))
      const found = `more than one pod CIDR on ${where}`
      return [{ found, subject: first.node.name, sources: [first.node.source, settings.enableBpfMasquerade.source] }]
    },
  },
  {
    code: 'iptables-with-bpf-nodeport',
    severity: 'warning',
    title: 'iptables masquerading together with BPF NodePort',
    consequence: 'A masqueraded connection whose source port is a NodePort has its answers taken by that Service.',
    remedy: 'Use BPF masquerading, or keep ephemeral ports and node-port-range apart.',
    find({ settings }) {
      if (!wantsIptables(settings) || hasBpfNodePort(settings) !== true) return []
      const replacement = settings.kubeProxyReplacement
      const found = `masquerading is by iptables and kube-proxy-replacement is ${replacement.value}`
      return [
        {
          found,
          subject: 'kube-proxy-replacement',
          sources: [replacement.source, settings.enableBpfMasquerade.source],
        },
      ]
    },
  },
  {
    code: 'hairpin-rule-absent',
    severity: 'info',
    title: 'endpoint routes, where kube-proxy translates services',
    consequence:
      'The rule for hairpin traffic is not installed: a pod that reaches itself through a Service may get no answer.',
    remedy: 'Use the kube-proxy replacement, or enable-endpoint-routes: "false".',
    find({ settings }) {
      const routes = settings.enableEndpointRoutes
      if (!wantsIptables(settings) || !routes.value || hasBpfNodePort(settings) !== false) return []
      if (!isGiven(settings.kubeProxyReplacement)) return []
      const found = 'enable-endpoint-routes is true and the kube-proxy replacement is off'
      return [
        { found, subject: 'enable-endpoint-routes', sources: [routes.source, settings.kubeProxyReplacement.source] },
      ]
    },
  },
]

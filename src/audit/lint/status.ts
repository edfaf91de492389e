import type { ClusterNode, ClusterSnapshot } from '../../cluster/snapshot.ts'
import { type Hit, type LintCheck, listing } from './check.ts'
import { configured, ownNodes } from './in-force.ts'

/** What the agents report against what is configured. */
export const STATUS: readonly LintCheck[] = [
  {
    code: 'mode-differs',
    severity: 'warning',
    title: 'cilium status reports another masquerade mode than the configuration',
    consequence: 'The mode in force decides, and is what flows are judged by.',
    remedy: 'Look in the agent log for why it fell back, or restart the agents after a change of the ConfigMap.',
    find(cluster) {
      return withStatus(cluster).flatMap((node): Hit[] => {
        const masquerading = node.status?.masquerading
        const wanted = wantedMode(cluster, node)
        if (!masquerading || wanted === undefined || wanted.mode === masquerading.mode) return []
        const found = `${node.name} reports "${masquerading.text.trim().replace(/\s+/g, ' ')}" and the configuration says ${wanted.mode}`
        return [
          { found, subject: node.name, sources: [node.status?.source, wanted.source], confirm: 'cilium-dbg status' },
        ]
      })
    },
  },
  {
    code: 'exclusion-differs',
    severity: 'warning',
    title: 'cilium status reports another exclusion CIDR than the configuration',
    consequence: 'The reported one is in force: destinations between the two are treated other than configured.',
    remedy: 'Restart the agents after a change of the ConfigMap.',
    find(cluster) {
      return withStatus(cluster).flatMap((node): Hit[] => {
        const reported = node.status?.masquerading?.exclusionCidr
        const wanted = configured(cluster.settingsFor(node.name).ipv4NativeRoutingCidr)
        if (!reported || !wanted?.value || wanted.value.text === reported.text) return []
        const found = `${node.name} reports ${reported.text} and ipv4-native-routing-cidr is ${wanted.value.text}`
        return [{ found, subject: 'ipv4-native-routing-cidr', sources: [node.status?.source, wanted.source] }]
      })
    },
  },
  {
    code: 'routing-differs',
    severity: 'warning',
    title: 'cilium status reports another routing mode than the configuration',
    consequence: 'The reported mode is in force.',
    remedy: 'Restart the agents after a change of the ConfigMap.',
    find(cluster) {
      return withStatus(cluster).flatMap((node): Hit[] => {
        const reported = node.status?.routing
        const wanted = configured(cluster.settingsFor(node.name).routingMode)
        if (!reported || wanted === undefined || wanted.value === 'hybrid' || wanted.value === reported) return []
        const found = `${node.name} reports ${reported} routing and routing-mode is ${wanted.value}`
        return [{ found, subject: 'routing-mode', sources: [node.status?.source, wanted.source] }]
      })
    },
  },
  {
    code: 'nodes-differ',
    severity: 'warning',
    title: 'agents report different masquerade modes',
    consequence: 'The same flow is treated differently on different nodes.',
    remedy: 'Look for agents that were not restarted, or for a CiliumNodeConfig.',
    find(cluster) {
      const modes = new Map<string, ClusterNode[]>()
      for (const node of withStatus(cluster)) {
        const mode = node.status?.masquerading?.mode
        if (mode) modes.set(mode, [...(modes.get(mode) ?? []), node])
      }
      if (modes.size < 2) return []
      const parts = [...modes].map(([mode, nodes]) => `${mode} on ${listing(nodes.map(({ name }) => name))}`)
      const sources = [...modes.values()].map(([first]) => first?.status?.source)
      return [{ found: `masquerading is ${parts.join(', ')}`, subject: 'masquerading', sources }]
    },
  },
]

const withStatus = (cluster: ClusterSnapshot): ClusterNode[] =>
  ownNodes(cluster).filter(({ status }) => status !== null)

function wantedMode(cluster: ClusterSnapshot, node: ClusterNode) {
  const settings = cluster.settingsFor(node.name)
  const bpf = configured(settings.enableBpfMasquerade)
  const v4 = configured(settings.enableIpv4Masquerade)
  const v6 = configured(settings.enableIpv6Masquerade)
  if (bpf === undefined && v4 === undefined) return undefined
  const off = v4?.value === false && (v6?.value === false || !settings.enableIpv6.value)
  const mode = off ? ('disabled' as const) : bpf?.value ? ('bpf' as const) : ('iptables' as const)
  return { mode, source: (off ? v4 : (bpf ?? v4))?.source }
}

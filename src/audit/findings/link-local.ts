import { isPodLike } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import { goalOf } from '../judgement/goal.ts'
import type { Finding, Verdict } from '../verdict.ts'

/**
 * Pods that get no answer from a link-local address, seen on the pod's side: such addresses live on the node (node-local
 * DNS, metadata proxies), which packets put straight onto the native device never reach.
 */
export function unansweredLinkLocal({ verdicts, context }: JudgedFlows): Finding[] {
  const byAddress = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    const { source, destination, point, flow, expected } = verdict
    if (
      destination.kind !== 'link_local' ||
      !isPodLike(source) ||
      point.side !== 'before' ||
      expected?.engine !== 'bpf'
    )
      continue
    if (goalOf(expected).action === 'drop' || flow.reverse.packets > 0 || flow.reverse.acknowledgedBytes > 0) continue
    if (context.cluster.settingsFor(source.node).enableHostLegacyRouting.value) continue
    byAddress.set(destination.ip, [...(byAddress.get(destination.ip) ?? []), verdict])
  }
  return [...byAddress].map(([ip, group]) => ({
    code: 'link-local-unanswered',
    severity: 'warning',
    message: `${group.length} requests of pods to ${ip} are unanswered. If the address lives on the node itself (node-local DNS, a metadata proxy), BPF host routing passes it by; \`bpf.hostLegacyRouting\` is the usual way out. Masquerading has no part in it`,
    subject: ip,
    sources: [],
    flows: group.map(({ flow }) => flow.id),
    confirm: `ip addr show to ${ip}; cilium-dbg status | grep "Host Routing"`,
  }))
}

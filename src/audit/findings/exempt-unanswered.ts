import { IpProtocol } from '../../core/protocol.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { ruleText } from '../words.ts'

/** Rules that keep a pod's address towards places that often cannot answer it. */
const EXEMPTIONS: Readonly<Record<string, string>> = {
  'ip-masq-agent': 'the destination is exempt from masquerading',
  'remote-node': 'node addresses are exempt from masquerading',
  'exclusion-cidr': 'the destination counts as natively routed',
}

/**
 * Pods that keep their address, as the settings ask, towards a destination that never answers: link-local metadata
 * services answer only the machine itself, and a node's ExternalIP has no way back to a pod.
 */
export function exemptAndUnanswered({ verdicts }: JudgedFlows): Finding[] {
  const byDestination = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    if (!isExemptAndUnanswered(verdict)) continue
    const key = `${verdict.expected?.rule}|${verdict.destination.ip}`
    byDestination.set(key, [...(byDestination.get(key) ?? []), verdict])
  }
  return [...byDestination.values()].flatMap((group): Finding[] => {
    const [first] = group
    if (first === undefined || first.expected === null) return []
    const source = first.expected.trace.find(({ matched }) => matched)?.source
    return [
      {
        code: 'exempt-and-unanswered',
        severity: 'warning',
        message: `${group.length} connections to ${first.destination.ip} keep their pod address and are never answered: ${hint(first)}. ${ruleText(first.expected)}`,
        subject: first.destination.ip,
        sources: source ? [source] : [],
        flows: group.map(({ flow }) => flow.id),
      },
    ]
  })
}

function isExemptAndUnanswered({ flow, verdict, expected, source, observed }: Verdict): boolean {
  if (verdict !== 'consistent' || source.kind !== 'pod' || observed.action !== 'preserve' || expected === null)
    return false
  if (!(expected.rule in EXEMPTIONS)) return false
  const silent = flow.reverse.packets === 0 && flow.reverse.acknowledgedBytes === 0 && flow.connState === 'S0'
  return silent && flow.protocol === IpProtocol.Tcp && flow.forward.syns > 1
}

function hint({ destination, expected }: Verdict): string {
  if (destination.kind === 'link_local')
    return 'a link-local service answers only the machine itself; `masqLinkLocal: true` translates it'
  if (destination.addressType === 'ExternalIP')
    return "BPF masquerading cannot tell a node's ExternalIP from its InternalIP and exempts both"
  return EXEMPTIONS[expected?.rule ?? ''] ?? 'the destination is exempt'
}

import type { AuditContext } from '../context.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { ruleText } from '../words.ts'

/**
 * Pods that leave, as they should, with an address of their node that is not the one Kubernetes knows the node by: each
 * implementation chooses among a device's addresses in its own way, and firewalls are often written for the other one.
 */
export function otherNodeAddresses({ verdicts, context }: JudgedFlows): Finding[] {
  const byAddress = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    if (!isTranslatedPod(verdict) || !isUnexpectedAddress(verdict, context)) continue
    const group = byAddress.get(verdict.source.ip)
    if (group === undefined) byAddress.set(verdict.source.ip, [verdict])
    else group.push(verdict)
  }
  return [...byAddress].flatMap(([ip, group]): Finding[] => {
    const [first] = group
    if (first === undefined || first.expected === null) return []
    const { name } = first.source
    return [
      {
        code: 'not-the-node-address',
        severity: 'info',
        message: `pods of ${name} leave as ${ip}, which is not its InternalIP ${internalIps(first, context).join(' or ')}. ${ruleText(first.expected)}`,
        subject: name ?? ip,
        sources: first.source.source === null ? [] : [first.source.source],
        flows: group.map(({ flow }) => flow.id),
        confirm: 'ip addr; kubectl get nodes -o wide',
      },
    ]
  })
}

function isTranslatedPod({ verdict, observed, source, evidence }: Verdict): boolean {
  if (verdict !== 'consistent' || observed.action !== 'masquerade' || source.kind !== 'node') return false
  return observed.originalSource !== null || evidence.some(({ says }) => says === 'pod')
}

// A public ExternalIP that `ip addr` shows on the device is there by intention, and comes first by the documented choice.
function isUnexpectedAddress({ source }: Verdict, context: AuditContext): boolean {
  if (source.addressType === 'other') return true
  return source.addressType === 'ExternalIP' && context.node(source.node)?.devices == null
}

function internalIps({ source, flow }: Verdict, context: AuditContext): string[] {
  const addresses = context.node(source.node)?.addresses ?? []
  return addresses
    .filter(({ ip, type }) => type === 'InternalIP' && ip.includes(':') === (flow.family === 6))
    .map(({ ip }) => ip)
}

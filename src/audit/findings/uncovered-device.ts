import type { Decision } from '../../masquerade/decision.ts'
import type { AuditContext } from '../context.ts'
import { isInCluster } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { ruleText } from '../words.ts'

/** Pods' packets that leave by a device nothing masquerades on: right by the settings, and useless outside. */
export function uncoveredDevices({ verdicts, context }: JudgedFlows): Finding[] {
  const byDevice = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    const { expected, source, destination, point, observed } = verdict
    if (expected === null || source.kind !== 'pod' || isInCluster(destination)) continue
    if (!isLimitedToOthers(expected, context)) continue
    if (verdict.verdict !== 'consistent' || observed.action !== 'preserve') continue
    const key = `${expected.node}|${point.interface}`
    byDevice.set(key, [...(byDevice.get(key) ?? []), verdict])
  }
  return [...byDevice.values()].flatMap((group): Finding[] => {
    const [first] = group
    if (first === undefined || first.expected === null) return []
    const device = first.point.interface ?? 'a device'
    const step = first.expected.trace.find(({ matched }) => matched)
    // Where no rule matched, the setting that limits them says why.
    const source = step?.source ?? context.cluster.settingsFor(first.expected.node).egressMasqueradeInterfaces.source
    return [
      {
        code: 'device-not-masqueraded',
        severity: 'error',
        message: `pods reach the outside by ${device} with their own addresses, which nothing out there can answer: masquerading happens only on other devices. ${ruleText(first.expected)}`,
        subject: `${device} of ${first.expected.node ?? 'the node'}`,
        sources: source ? [source] : [],
        flows: group.map(({ flow }) => flow.id),
        confirm: 'cilium-dbg status --verbose | grep Masquerading; ip route',
      },
    ]
  })
}

/** The rule says that masquerading happens on other devices than the one the packet left by. */
function isLimitedToOthers({ rule, node }: Decision, { cluster }: AuditContext): boolean {
  if (rule === 'device-not-covered') return true
  const { egressMasqueradeInterfaces, enableMasqueradeToRouteSource } = cluster.settingsFor(node)
  return rule === 'no-rule' && egressMasqueradeInterfaces.value.length > 0 && !enableMasqueradeToRouteSource.value
}

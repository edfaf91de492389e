import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { Finding } from '../verdict.ts'
import { BPF_REQUIREMENTS } from './bpf-requirements.ts'
import { type LintCheck, toFinding } from './check.ts'
import { DEVICES } from './devices.ts'
import { EGRESS_GATEWAY } from './egress-gateway.ts'
import { INSTALLED_RULES } from './installed-rules.ts'
import { IP_MASQ_AGENT } from './ip-masq-agent.ts'
import { IPTABLES_MODE } from './iptables-mode.ts'
import { MODES } from './modes.ts'
import { NATIVE_ROUTING_CIDR } from './native-routing-cidr.ts'
import { NODE_SET } from './node-set.ts'
import { STATUS } from './status.ts'

/** Every check, in the order in which the documentation lists them. */
export const LINT_CHECKS: readonly LintCheck[] = [
  ...BPF_REQUIREMENTS,
  ...IPTABLES_MODE,
  ...NATIVE_ROUTING_CIDR,
  ...IP_MASQ_AGENT,
  ...EGRESS_GATEWAY,
  ...MODES,
  ...DEVICES,
  ...STATUS,
  ...INSTALLED_RULES,
  ...NODE_SET,
]

const WEIGHT: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2 }

/**
 * Finds contradictions inside the cluster metadata: settings against each other, against the nodes, and against what is
 * installed. Never throws.
 *
 * @returns Findings, the gravest first; none where nothing is wrong or the metadata says too little.
 */
export function lint(cluster: ClusterSnapshot): Finding[] {
  const findings = LINT_CHECKS.flatMap((check) => check.find(cluster).map((hit) => toFinding(check, hit)))
  return findings.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity])
}

import type { IpText } from '../../core/ip.ts'
import type { Alternative, Decision, DecisionAction } from '../../masquerade/decision.ts'
import { deviceMatches } from '../../masquerade/device-pattern.ts'

import type { AuditContext } from '../context.ts'

/** What the settings ask for: the decision, with known bugs that keep it from happening left aside. */
export interface Goal {
  readonly action: DecisionAction
  readonly addresses: readonly IpText[]
}

export function goalOf({ action, addresses, defeat }: Decision): Goal {
  return defeat?.intended ?? { action, addresses }
}

/**
 * The interfaces that masquerading is limited to, where the node has none of them: the settings then ask for
 * translation and can never bring it about there. Known only with the node's `ip addr`.
 */
export function interfacesNowhere({ rule, node }: Decision, context: AuditContext): readonly string[] | null {
  const devices = context.node(node)?.devices
  const names = context.cluster.settingsFor(node).egressMasqueradeInterfaces.value
  if (rule !== 'no-rule' || devices == null || names.length === 0) return null
  const exists = names.some((pattern) => [...devices.keys()].some((device) => deviceMatches(pattern, device)))
  return exists ? null : names
}

const TRANSLATING: ReadonlySet<DecisionAction> = new Set(['masquerade', 'egress-gateway', 'snat-to-cilium-host'])

export function isTranslating(action: DecisionAction): boolean {
  return TRANSLATING.has(action)
}

/** The alternative of a decision under which a source left untranslated would be right. */
export function preservingAlternative({ alternatives }: Decision): Alternative | undefined {
  return alternatives.find(({ action }) => action === 'preserve')
}

/** The alternative under which a translation to this address would be right; one without addresses admits any. */
export function translatingAlternative({ alternatives }: Decision, address: IpText): Alternative | undefined {
  return alternatives.find(
    ({ action, addresses }) => isTranslating(action) && (addresses.length === 0 || addresses.includes(address)),
  )
}

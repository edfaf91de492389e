import type { Identity } from '../../cluster/address-book.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { isFromPodCidr } from '../identity.ts'
import type { Sighting } from '../sighting.ts'
import type { CapturePoint, ContradictionCode, ObservedAction, VerdictName } from '../verdict.ts'
import { alternatives, missingText, partyText, pointText } from '../words.ts'
import { goalOf, isTranslating, preservingAlternative, translatingAlternative } from './goal.ts'

/** What a translation that was seen means under what the settings give. */
export interface TranslationOutcome {
  readonly verdict: VerdictName
  readonly code?: ContradictionCode
  readonly action: ObservedAction
  readonly reason: string
}

/**
 * Holds an observed source against the decision for the original one.
 *
 * @param original - Who opened the connection.
 * @param expected - What the settings do with the original's packets.
 * @param seen - The sighting with another source, past the SNAT point.
 */
export function judgeTranslation(original: Identity, expected: Decision, seen: Sighting): TranslationOutcome {
  return OUTCOMES.of(expected, seen, () => holdAgainst(original, expected, seen))
}

function holdAgainst(original: Identity, expected: Decision, seen: Sighting): TranslationOutcome {
  const goal = goalOf(expected)
  if (isTranslating(goal.action)) return judgeAddress(original, expected, seen)
  if (goal.action === 'preserve') return judgeUnasked(expected, seen)
  const reason = `left as ${seen.source.ip}; whether that is right cannot be told: ${missingText(expected)}`
  return { verdict: 'inconclusive', action: actionOf(seen.source), reason }
}

/**
 * Outcomes by what they hang on: the decision, which knows the original, the source, the place and the destination. These
 * are shared between flows, of which a million have some thousand outcomes.
 */
class OutcomeCache {
  readonly #byDecision = new WeakMap<Decision, Map<Identity, Map<CapturePoint, Known>>>()

  of(
    expected: Decision,
    { source, destination, point }: Sighting,
    judge: () => TranslationOutcome,
  ): TranslationOutcome {
    let bySource = this.#byDecision.get(expected)
    if (bySource === undefined) {
      bySource = new Map()
      this.#byDecision.set(expected, bySource)
    }
    let byPoint = bySource.get(source)
    if (byPoint === undefined) {
      byPoint = new Map()
      bySource.set(source, byPoint)
    }
    const known = byPoint.get(point)
    // One decision serves a Service's address and the backend it was resolved to.
    if (known !== undefined && known.destination === destination) return known.outcome
    const outcome = judge()
    byPoint.set(point, { destination, outcome })
    return outcome
  }
}

interface Known {
  readonly destination: Identity
  readonly outcome: TranslationOutcome
}

const OUTCOMES = new OutcomeCache()

function judgeAddress(original: Identity, expected: Decision, seen: Sighting): TranslationOutcome {
  const { source, point } = seen
  const { addresses, action } = goalOf(expected)
  const anyOfNode = addresses.length === 0 && source.kind === 'node' && source.node === original.node
  if (addresses.includes(source.ip) || anyOfNode) {
    const observed = action === 'egress-gateway' || action === 'snat-to-cilium-host' ? action : 'masquerade'
    return { verdict: 'consistent', action: observed, reason: `left as ${source.ip}, as the settings give` }
  }
  const due = addresses.length > 0 ? alternatives(addresses) : `an address of ${original.node ?? 'the node'}`
  if (source.kind === 'cilium_host') {
    const reason = `left as ${source.ip}, ${partyText(source)}, instead of ${due}`
    return { verdict: 'contradiction', code: 'CILIUM_HOST_LEAKED', action: 'translated', reason }
  }
  if (isFurtherNat(seen)) return furtherNat(seen, due)
  const fitting = translatingAlternative(expected, source.ip)
  if (fitting !== undefined) {
    const reason = `left as ${source.ip} instead of ${due}; right if ${fitting.when}`
    return { verdict: 'inconclusive', action: actionOf(source), reason }
  }
  return {
    verdict: 'contradiction',
    code: 'MASQUERADE_WRONG_ADDRESS',
    action: 'translated',
    reason: `left as ${source.ip} (${partyText(source)}) at ${pointText(point)} instead of ${due}`,
  }
}

function judgeUnasked(expected: Decision, seen: Sighting): TranslationOutcome {
  const { source, destination, point } = seen
  const action = actionOf(source)
  if (isFurtherNat(seen)) return furtherNat(seen, 'its own address')
  const fitting = translatingAlternative(expected, source.ip)
  if (fitting !== undefined) {
    return { verdict: 'inconclusive', action, reason: `was translated to ${source.ip}; right if ${fitting.when}` }
  }
  if (isIntoPod(seen)) {
    const reason = `reached ${partyText(destination)} as ${source.ip} (${partyText(source)}) although the settings preserve its source`
    return { verdict: 'contradiction', code: 'NODE_SNAT_UNEXPECTED', action, reason }
  }
  const reason = `was translated to ${source.ip} (${partyText(source)}) at ${pointText(point)} although the settings preserve its source`
  return { verdict: 'contradiction', code: 'MASQUERADE_UNEXPECTED', action, reason }
}

const ASSUMED_PLACE = 'a place that nothing tells and that counts as past the SNAT point (--at settles it)'

/** What a pod's own address past the SNAT point means under what the settings give. */
export function judgeUntranslated(expected: Decision, seen: Sighting): TranslationOutcome {
  const { source, point } = seen
  const goal = goalOf(expected)
  if (goal.action === 'preserve') {
    return { verdict: 'consistent', action: 'preserve', reason: `kept its address ${source.ip}, as the settings ask` }
  }
  const fitting = preservingAlternative(expected)
  const place = point.assumed ? ASSUMED_PLACE : pointText(point)
  const seenAs = `${source.ip} was seen untranslated at ${place}`
  if (!isTranslating(goal.action)) {
    const reason = `${seenAs}; whether that is right cannot be told: ${missingText(expected)}`
    return { verdict: 'inconclusive', action: 'preserve', reason }
  }
  if (fitting !== undefined) {
    return { verdict: 'inconclusive', action: 'preserve', reason: `${seenAs}; right if ${fitting.when}` }
  }
  const due = goal.addresses.length > 0 ? alternatives(goal.addresses) : `an address of ${source.node ?? 'its node'}`
  const cause = expected.defeat === null ? '' : `; ${expected.defeat.reason}`
  return {
    verdict: 'contradiction',
    code: 'MASQUERADE_MISSING',
    action: 'preserve',
    reason: `${seenAs}; the settings translate it to ${due}${cause}`,
  }
}

/** Whether the sighting is at the receiving pod itself, where the client's address should be read. */
function isIntoPod({ point, destination }: Sighting): boolean {
  if (destination.kind !== 'pod') return false
  return point.kind === 'pod' || (point.interface?.startsWith('lxc') ?? false)
}

// Beyond the node routers, clouds and container bridges translate once more; only the node's own device proves a wrong
// address then.
function isFurtherNat({ source, point }: Sighting): boolean {
  return (source.kind === 'external' || source.kind === 'unknown') && !isFromPodCidr(source) && point.kind !== 'node'
}

function furtherNat({ source }: Sighting, due: string): TranslationOutcome {
  return {
    verdict: 'inconclusive',
    action: 'translated',
    reason: `seen as ${source.ip}, no address of the cluster: another NAT follows the node. A capture on the node's own device would show whether it left with ${due}`,
  }
}

/** The observation's word for the kind of address a translation gave. */
export function actionOf(source: Identity): ObservedAction {
  if (source.kind === 'node') return 'masquerade'
  if (source.kind === 'cilium_host') return 'snat-to-cilium-host'
  return source.kind === 'egress_gateway' ? 'egress-gateway' : 'translated'
}

import type { Identity } from '../cluster/address-book.ts'
import { ipFamily } from '../core/ip.ts'
import { protocolName } from '../core/protocol.ts'
import { formatSourceRef } from '../core/source-ref.ts'
import type { Flow, FlowEndpoint } from '../flow/flow.ts'
import type { Decision } from '../masquerade/decision.ts'
import type { CapturePoint } from './verdict.ts'

/** `172.17.0.4:53938`, `[fd00::4]:53938`, or the address alone. */
export function endpointText({ ip, port, isName }: FlowEndpoint): string {
  if (port === null) return ip
  return isName !== true && ipFamily(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** Who an address is, in a sentence: `pod default/curl`, `node kind-worker`, `the cilium_host address of kind-worker`. */
export function partyText(identity: Identity): string {
  const { kind, name, node, ip } = identity
  switch (kind) {
    case 'pod':
      return name === null ? `a pod${node === null ? '' : ` of ${node}`}` : `pod ${name}`
    case 'node':
      return `node ${name ?? ip}`
    case 'cilium_host':
      return `the cilium_host address${node === null ? '' : ` of ${node}`}`
    case 'health':
      return `the cilium-health endpoint${node === null ? '' : ` of ${node}`}`
    case 'ingress':
      return `the ingress (Envoy) address${node === null ? '' : ` of ${node}`}`
    case 'service':
      return name === null ? 'a service address' : `service ${name}`
    case 'egress_gateway':
      return name === null ? 'an egress gateway address' : `the egress address of ${name}`
    case 'external':
      return 'outside the cluster'
    case 'unknown':
      return `unknown (${identity.basis})`
    default:
      return kind.replace('_', '-')
  }
}

const POINT_TEXTS = new WeakMap<
  CapturePoint,
  { readonly point: string; readonly seen: string; readonly same: string }
>()

/** Where a packet was seen: `eth0 of node kind-worker`, `pod default/curl`, `outside host 49b71dac045f`. */
export function pointText(point: CapturePoint): string {
  return textsOf(point).point
}

/** `seen at eth0 of node kind-worker`. */
export function seenAt(point: CapturePoint): string {
  return textsOf(point).seen
}

/** `the same connection at eth0 of node kind-worker`. */
export function sameConnectionAt(point: CapturePoint): string {
  return textsOf(point).same
}

// Points are few and flows many: each text is made once.
function textsOf(point: CapturePoint): { readonly point: string; readonly seen: string; readonly same: string } {
  let texts = POINT_TEXTS.get(point)
  if (texts === undefined) {
    const text = makePointText(point)
    texts = { point: text, seen: `seen at ${text}`, same: `the same connection at ${text}` }
    POINT_TEXTS.set(point, texts)
  }
  return texts
}

function makePointText({ kind, name, interface: device }: CapturePoint): string {
  const place = placeText(kind, name ?? '(unnamed)')
  if (device === null) return place === '' ? 'an unknown place' : place
  return place === '' ? device : `${device} of ${place}`
}

function placeText(kind: CapturePoint['kind'], name: string): string {
  switch (kind) {
    case 'node':
      return `node ${name}`
    case 'pod':
      return `pod ${name}`
    case 'external':
      return `outside host ${name}`
    case 'unknown':
      return ''
  }
}

const RULE_TEXTS = new WeakMap<Decision, string>()

/** Why the settings decide so, with the file that says it: the step of the trace that matched. Made once a decision. */
export function ruleText(decision: Decision): string {
  let text = RULE_TEXTS.get(decision)
  if (text === undefined) {
    text = makeRuleText(decision)
    RULE_TEXTS.set(decision, text)
  }
  return text
}

/** {@link ruleText} behind a reason that may say why in the same words: these are left out. */
export function ruleTextAfter(reason: string, decision: Decision): string {
  // Only these two are spoken of in reasons.
  return decision.action === 'unknown' || decision.defeat !== null ? makeRuleText(decision, reason) : ruleText(decision)
}

function makeRuleText(decision: Decision, said = ''): string {
  if (decision.action === 'unknown') {
    const missing = missingText(decision)
    return `rule ${decision.rule} cannot be decided${said.includes(missing) ? '' : `: ${missing}`}`
  }
  const step = decision.trace.find(({ matched }) => matched)
  const detail = step === undefined || said.includes(step.detail) ? '' : `: ${step.detail}`
  const source = step?.source ? ` (${formatSourceRef(step.source)})` : ''
  return `rule ${decision.rule}${detail}${nearMissText(decision)}${source}`
}

// Where no rule holds, the reader asks why the one that masquerades does not.
function nearMissText({ rule, trace }: Decision): string {
  if (rule !== 'no-rule') return ''
  const missed = trace.find((step) => step.rule === 'non-cluster' || step.rule === 'route-source')
  return missed === undefined || missed.detail === '' ? '' : ` (${missed.rule}: ${missed.detail})`
}

/** What is not known and keeps the settings' answer open. */
export function missingText({ assumptions }: Decision): string {
  const missing = assumptions.filter((text) => text.startsWith(NOT_KNOWN)).map((text) => text.slice(NOT_KNOWN.length))
  return missing.length === 0 ? 'not enough is known' : `it hangs on ${missing.join(' and ')}`
}

const NOT_KNOWN = 'not known: '

/** `TCP to 172.17.0.6:80`. */
export function towardsText(flow: Flow): string {
  return `${protocolName(flow.protocol).toUpperCase()} to ${endpointText(flow.destination)}`
}

/** A list as people write it: `a`, `a or b`, `a, b or c`. */
export function alternatives(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]}`
}

/** What the installed rules do, beside what was expected and seen: `the rules installed on n1 keep it (CILIUM_POST_nat:1)`. */
export function installedText({ action, addresses, rule, node }: Decision): string {
  const where = node === null ? 'the installed rules' : `the rules installed on ${node}`
  const does =
    action === 'preserve'
      ? 'keep its source'
      : action === 'unknown'
        ? 'cannot be told apart here'
        : `give it ${alternatives(addresses)}`
  return `${where} ${does} (${rule})`
}

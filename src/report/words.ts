import type { CapturePoint, ContradictionCode, Observation, Verdict, VerdictName } from '../audit/verdict.ts'
import type { Identity } from '../cluster/address-book.ts'
import { ipFamily } from '../core/ip.ts'
import { protocolName } from '../core/protocol.ts'
import type { Flow, FlowEndpoint } from '../flow/flow.ts'
import type { Decision } from '../masquerade/decision.ts'
import type { Report } from './report.ts'

/** What each contradiction means, as a headline for one flow or many. */
export const CODE_MEANING: Readonly<Record<ContradictionCode, string>> = {
  MASQUERADE_MISSING: 'pod address kept although the settings masquerade it',
  MASQUERADE_UNEXPECTED: 'translated although the settings preserve the pod address',
  MASQUERADE_WRONG_ADDRESS: 'translated to another address than the settings give',
  CILIUM_HOST_LEAKED: 'cilium_host address as source where only a node or pod address may be',
  REVERSE_NAT_MISSING: 'reply not translated back to the pod',
  NODE_SNAT_UNEXPECTED: 'node address as source where the client address should be',
}

/** What stands for a decision where there is none: the settings are not known, or do not bear on the flow. */
export const NO_DECISION: string = 'no expectation'

/** Order in which verdicts are shown: what needs attention first. */
export const VERDICT_ORDER: readonly VerdictName[] = ['contradiction', 'inconclusive', 'consistent', 'not_applicable']

/** Plural for counts; the verdict's own name stays the word of the contract. */
export const VERDICT_LABEL: Readonly<Record<VerdictName, string>> = {
  contradiction: 'contradiction',
  inconclusive: 'inconclusive',
  consistent: 'consistent',
  not_applicable: 'not applicable',
}

/** `1 flow`, `2 flows`. From five digits on they are grouped: `12,345 flows`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${groupDigits(n)} ${n === 1 ? singular : plural}`
}

/** Whole number with its digits in groups of three from five digits on. */
export function groupDigits(n: number): string {
  const text = String(n)
  return text.length < 5 ? text : text.replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Octets in the unit people read: `512 B`, `1.4 kB`, `12 MB`. */
export function octets(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = n
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`
}

/** Seconds in the unit people read: `85 µs`, `1.73 ms`, `2.4 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`
  const minutes = Math.floor(seconds / 60)
  return `${minutes} min ${Math.round(seconds - minutes * 60)} s`
}

/** `172.17.0.4:53938`, `[fd00::4]:53938`, or the address alone. */
export function addressText({ ip, port, isName }: FlowEndpoint): string {
  if (port === null) return ip
  return !isName && ipFamily(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** Whose an address is: `pod default/curl`, `node kind-worker`, `cilium_host of kind-worker`, `external`. */
export function identityText(identity: Pick<Identity, 'kind' | 'name' | 'node'>): string {
  const { kind, name, node } = identity
  switch (kind) {
    case 'cilium_host':
    case 'health':
    case 'ingress':
      return node === null ? kind : `${kind} of ${node}`
    case 'pod':
      if (name === null) return node === null ? 'pod (unlisted)' : `pod on ${node} (unlisted)`
      return `pod ${name}`
    case 'link_local':
      return 'link-local'
    default:
      return name === null ? kind.replace('_', ' ') : `${kind.replace('_', ' ')} ${name}`
  }
}

/** What the settings do, in words: `masquerade to 172.17.0.4`. */
export function decisionText({
  action,
  address,
  addresses,
}: Pick<Decision, 'action' | 'address' | 'addresses'>): string {
  const to = address !== null && addresses.length <= 1 ? address : addresses.join(' or ')
  switch (action) {
    case 'masquerade':
      return to === '' ? 'masquerade' : `masquerade to ${to}`
    case 'preserve':
      return 'preserve the source'
    case 'snat-to-cilium-host':
      return to === '' ? 'SNAT to cilium_host' : `SNAT to cilium_host ${to}`
    case 'egress-gateway':
      return to === '' ? 'egress gateway' : `egress gateway to ${to}`
    case 'drop':
      return 'drop'
    case 'unknown':
      return 'cannot be told'
  }
}

/** What a decision rests on and nothing stated, what would hold otherwise, and what keeps the settings from working. */
export function caveatTexts(decision: Decision): { readonly label: string; readonly text: string }[] {
  const { defeat, continuesAt, assumptions, alternatives } = decision
  const texts: { label: string; text: string }[] = []
  if (defeat !== null) {
    const { action, addresses } = defeat.intended
    const wanted = decisionText({ action, addresses, address: addresses[0] ?? null })
    texts.push({ label: '! not what the settings ask for:', text: `${defeat.reason}; they ask to ${wanted}` })
  }
  if (continuesAt !== null)
    texts.push({ label: '→', text: `the packet goes on untranslated to node ${continuesAt}, which decides next` })
  for (const assumption of assumptions) texts.push({ label: '? assumed:', text: assumption })
  for (const { action, addresses, rule, when } of alternatives) {
    const text = decisionText({ action, addresses, address: addresses[0] ?? null })
    texts.push({ label: '? otherwise:', text: `${text} (rule ${rule}) if ${when}` })
  }
  return texts
}

/** What the capture shows, in words. */
export function observationText({ action, address }: Pick<Observation, 'action' | 'address'>): string {
  const to = address === null ? '' : ` to ${address}`
  switch (action) {
    case 'masquerade':
      return `masqueraded${to}`
    case 'preserve':
      return 'source preserved'
    case 'snat-to-cilium-host':
      return `SNAT to cilium_host${address === null ? '' : ` ${address}`}`
    case 'egress-gateway':
      return `egress gateway${to}`
    case 'translated':
      return `translated${to}`
    case 'unknown':
      return 'cannot be told'
  }
}

/** The verdict in one sentence of reasons, with the rule that decided; never empty. */
export function reasonText({ because, observed, expected }: Verdict): string {
  const reasons = because.length > 0 ? because.join('; ') : observed.basis
  const named = expected === null || reasons.includes(`rule ${expected.rule}`)
  return named ? reasons : `${reasons} (rule ${expected.rule})`
}

/** The first of the reasons, without the rule and what it compared. */
export function mainReason({ because, observed }: Verdict): string {
  return because[0] ?? observed.basis
}

/** Where a flow was seen, in one word: `kind-worker:eth0`, `pod default/curl:eth0`, `eth0`; `null` where nothing tells. */
export function placeText({ kind, name, interface: device }: CapturePoint): string | null {
  if (name === null) return device
  return `${kind === 'pod' ? 'pod ' : ''}${name}${device === null ? '' : `:${device}`}`
}

/** `taken at node/kind-worker:eth0, past the SNAT point (told by prompt)`. */
export function pointText(point: CapturePoint): string {
  const side = {
    before: 'before the SNAT point',
    after: 'past the SNAT point',
    both: 'on both sides of the SNAT point',
    overlay: 'inside the overlay',
  }[point.side]
  const name = point.name === null ? point.kind : `${point.kind}/${point.name}`
  const device = point.interface === null ? '' : `:${point.interface}`
  return `taken at ${name}${device}, ${side} (${point.assumed ? 'assumed' : `told by ${point.basis}`})`
}

/** Protocol as people write it: `TCP`, `ICMPv6`, `protocol 89`. */
export function protocolText(protocol: number): string {
  const name = protocolName(protocol)
  if (name === 'icmpv6') return 'ICMPv6'
  return /^\d+$/.test(name) ? `protocol ${name}` : name.toUpperCase()
}

/** What was passed over, most first: `214 ARP, 12 ICMP`. */
export function skippedText(skipped: Readonly<Record<string, number>>): string {
  return Object.entries(skipped)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1])
    .map(
      ([reason, n]) => `${groupDigits(n)} ${ACRONYMS.has(reason) ? reason.toUpperCase() : reason.replace(/-/g, ' ')}`,
    )
    .join(', ')
}

const ACRONYMS: ReadonlySet<string> = new Set([
  'arp',
  'icmp',
  'stp',
  'lldp',
  'esp',
  'ah',
  'igmp',
  'ospf',
  'sctp',
  'udp',
  'tcp',
  'gre',
])

/** Protocols of flows with their counts: `3 UDP, 12 ICMP`. */
export function protocolCounts(flows: Iterable<Pick<Flow, 'protocol'>>): string {
  const counts = new Map<string, number>()
  for (const { protocol } of flows) counts.set(protocolText(protocol), (counts.get(protocolText(protocol)) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${groupDigits(n)} ${name}`)
    .join(', ')
}

/** `5 flows: 2 contradictions, 3 consistent; 10 packets in 1 capture`. */
export function summaryText(report: Counted): string {
  const { summary } = report
  const verdicts = VERDICT_ORDER.filter((name) => summary.verdicts[name] > 0).map((name) => {
    const n = summary.verdicts[name]
    return name === 'contradiction' ? count(n, 'contradiction') : count(n, VERDICT_LABEL[name], VERDICT_LABEL[name])
  })
  const judged = verdicts.length === 0 ? '' : `: ${verdicts.join(', ')}`
  return `${flowsText(report)}${judged}; ${count(summary.packets, 'packet')} in ${count(summary.captures, 'capture')}`
}

/** What counts of flows are made from. */
type Counted = Pick<Report, 'summary' | 'setAside'>

/** `10 flows`, or `3 of 10 flows` where `--where` left some out. */
export function flowsText({ summary, setAside = 0 }: Counted): string {
  if (setAside === 0) return count(summary.flows, 'flow')
  return `${groupDigits(summary.flows)} of ${count(summary.flows + setAside, 'flow')}`
}

/** Why a report without flows holds none. */
export function noFlowsText({ summary, setAside = 0 }: Counted): string {
  if (setAside > 0) return `none of ${count(setAside, 'flow')} matches --where`
  const others = skippedText(summary.skipped)
  return `there are no flows in what was captured${others === '' ? '' : ` (${others})`}`
}

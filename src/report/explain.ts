import type { Identity } from '../cluster/address-book.ts'
import type { IpText } from '../core/ip.ts'
import type { Decision, PacketQuery } from '../masquerade/decision.ts'
import { escapeTerminal } from './escape.ts'
import { makeStyle, type Style } from './table/style.ts'
import { wrap } from './table/wrap.ts'
import { caveats, type Quote, traceTable } from './trace.ts'
import { addressText, decisionText, identityText, protocolText } from './words.ts'

/** A decision and what it was asked about. */
export interface Explanation {
  readonly query: PacketQuery
  readonly source: Identity
  readonly destination: Identity
  readonly decision: Decision
  /** What the rules dumped from the node do; `null` where no dump was given. */
  readonly installed: Decision | null
}

/** The same packet under other settings. */
export interface Difference {
  /** The settings laid over, as given. */
  readonly settings: readonly string[]
  readonly decision: Decision
}

export interface ExplainOptions {
  readonly width: number
  readonly color: boolean
  readonly quote: Quote
}

/** Why a packet is or is not translated, rule by rule, for a person at a terminal. */
export function* explain(
  { query, source, destination, decision, installed }: Explanation,
  difference: Difference | null,
  options: ExplainOptions,
): Generator<string> {
  const style = makeStyle(options.color)
  yield `${wrap(packetText(query, source, destination), options.width).join('\n')}\n\n`
  if (difference !== null) yield `${differenceText(decision, difference, options, style)}\n\n`
  yield decisionSection(difference === null ? '' : 'with the settings as they are', decision, options, style)
  if (difference !== null)
    yield `\n${decisionSection(`with ${difference.settings.join(', ')}`, difference.decision, options, style)}`
  if (installed !== null) yield `\n${decisionSection('by the rules installed on the node', installed, options, style)}`
}

function packetText(query: PacketQuery, source: Identity, destination: Identity): string {
  const end = (ip: IpText, port: number | null | undefined, identity: Identity) =>
    `${addressText({ ip, port: port ?? null })} (${identityText(identity)})`
  const from = end(query.source, query.sourcePort, source)
  const to = end(query.destination, query.destinationPort, destination)
  const facts = [
    query.isReply ? 'a reply of a connection that the destination opened' : '',
    query.outInterface ? `leaving by ${query.outInterface}` : '',
    query.icmpType === null || query.icmpType === undefined ? '' : `ICMP type ${query.icmpType}`,
    query.mark ? `mark 0x${query.mark.toString(16)}` : '',
    query.dnat ? 'DNATed' : '',
    query.skipTunnel ? 'skip-tunnel' : '',
    query.noSnatEndpoint ? 'from a no-SNAT endpoint' : '',
  ].filter((fact) => fact !== '')
  return escapeTerminal(
    `${protocolText(query.protocol)} ${from} → ${to}${facts.length > 0 ? `, ${facts.join(', ')}` : ''}`,
  )
}

function decisionSection(title: string, decision: Decision, options: ExplainOptions, style: Style): string {
  const engine = { bpf: 'BPF', iptables: 'iptables', installed: 'installed rules', off: 'masquerading is off' }[
    decision.engine
  ]
  const where = decision.node === null ? '' : `, decided on ${decision.node}`
  const headline = `${style.bold(escapeTerminal(decisionText(decision)))} · rule ${escapeTerminal(decision.rule)} (${engine}${escapeTerminal(where)})`
  const lines = title === '' ? [] : [style.dim(`${title}:`)]
  lines.push(...wrap(headline, options.width), ...caveats(decision, options.width, style), '')
  return `${lines.join('\n')}\n${traceTable(decision, options.quote, options.width, style)}\n`
}

function differenceText(
  decision: Decision,
  { settings, decision: other }: Difference,
  options: ExplainOptions,
  style: Style,
): string {
  const [before, after] = [decisionText(decision), decisionText(other)]
  const laid = settings.join(', ')
  const same = before === after && decision.rule === other.rule
  const text = same
    ? `No change with ${laid}: ${before}, rule ${other.rule}`
    : `Changes with ${laid}: ${before} (rule ${decision.rule}) becomes ${after} (rule ${other.rule})`
  return wrap(style.bold(escapeTerminal(text)), options.width).join('\n')
}

import type { AuditContext } from '../context.ts'
import type { Expectation } from '../expectations.ts'
import type { TalliedExpectation, Verdict } from '../verdict.ts'
import { endpointText } from '../words.ts'

// Flows named in a message; the result lists all of them.
const MAX_NAMED = 3

/**
 * Holds the flows of a run against the expectations. A flow counts for an expectation when its parties match: the opener
 * as it was before translation where that is known, so that a masqueraded pod is found under its own name.
 *
 * Sightings from which nothing can be told (before the SNAT point, say) neither fulfil nor break an expectation.
 */
export function checkExpectations(
  expectations: readonly Expectation[],
  verdicts: readonly Verdict[],
  context: AuditContext,
): TalliedExpectation[] {
  return expectations.map((expectation) => check(expectation, verdicts, context))
}

function check(expectation: Expectation, verdicts: readonly Verdict[], context: AuditContext): TalliedExpectation {
  const matching = verdicts.filter(
    (verdict) => selects(expectation, verdict, context) || maySelect(expectation, verdict, context),
  )
  const told = matching.filter((verdict) => verdict.observed.action !== 'unknown')
  const broken = told.filter((verdict) => !isMet(expectation, verdict, context))
  const connections = countConnections(told)
  const tally = { connections, min: expectation.min, nat: expectation.nat, isBroken: broken.length > 0 }
  const result = (
    status: TalliedExpectation['status'],
    flows: readonly Verdict[],
    message: string,
  ): TalliedExpectation => ({
    name: expectation.name,
    status,
    flows: flows.map(({ flow }) => flow.id),
    message,
    tally,
  })
  if (broken.length > 0) return result('failed', broken, brokenText(expectation, broken, told.length))
  const wanted = Math.max(1, expectation.min)
  if (told.length === 0) {
    const seen =
      matching.length === 0 ? 'no flow matches' : `${matching.length} matching flows, none seen where it could be told`
    return result(expectation.min > 0 ? 'failed' : 'unmatched', matching, `${seen}; wanted at least ${wanted}`)
  }
  if (connections < wanted) return result('failed', told, tooFewText(connections, wanted))
  return result('passed', told, passedText(tally))
}

/**
 * One result of those that captures of several clusters gave: what is broken anywhere is broken, and `min` counts through
 * all of them.
 */
export function mergeExpectation(results: readonly TalliedExpectation[]): TalliedExpectation | undefined {
  const broken = results.filter(({ tally }) => tally.isBroken)
  const told = results.filter(({ tally }) => tally.connections > 0)
  const of = broken.length > 0 ? broken : told.length > 0 ? told : results
  const [first] = of
  if (first === undefined) return undefined
  const flows = of.flatMap((result) => result.flows)
  if (broken.length > 0 || told.length === 0) return { ...first, flows }
  const connections = told.reduce((sum, { tally }) => sum + tally.connections, 0)
  const tally = { ...first.tally, connections }
  return tally.min > connections
    ? { name: first.name, status: 'failed', flows, message: tooFewText(connections, tally.min), tally }
    : { name: first.name, status: 'passed', flows, message: passedText(tally), tally }
}

function passedText({ connections, nat }: TalliedExpectation['tally']): string {
  return `${connections} matching, all ${nat}`
}

function tooFewText(connections: number, wanted: number): string {
  return `${connections} matching; wanted at least ${wanted}`
}

function selects({ from, to }: Expectation, verdict: Verdict, context: AuditContext): boolean {
  const { flow, source, destination, observed } = verdict
  const original = observed.originalSource
  const opener = original === null ? source : context.identify(original.ip)
  const port = original === null ? flow.source.port : original.port
  return (
    (from.matches(opener, port) || from.matches(source, flow.source.port)) &&
    to.matches(destination, flow.destination.port)
  )
}

/**
 * A translated flow whose opener is not proven may be that of any pod of the node. It may fulfil what is expected of such
 * a pod, but not break it.
 */
function maySelect(expectation: Expectation, verdict: Verdict, context: AuditContext): boolean {
  const { flow, source, destination, observed } = verdict
  if (observed.originalSource !== null || source.node === null || !TRANSLATED.has(observed.action)) return false
  if (verdict.verdict !== 'consistent' || !isMet(expectation, verdict, context)) return false
  if (!expectation.to.matches(destination, flow.destination.port)) return false
  return context.podsOn(source.node).some((ip) => expectation.from.matches(context.identify(ip), flow.source.port))
}

const TRANSLATED: ReadonlySet<string> = new Set(['masquerade', 'snat-to-cilium-host', 'egress-gateway'])

function isMet({ nat, address }: Expectation, { observed }: Verdict, context: AuditContext): boolean {
  if (observed.action !== nat) return false
  if (address === null) return true
  return observed.address !== null && address.matches(context.identify(observed.address), null)
}

// Several sightings of one connection are one flow to whoever wrote `min`.
function countConnections(verdicts: readonly Verdict[]): number {
  return new Set(verdicts.map(({ connection, flow }) => connection ?? `flow ${flow.id}`)).size
}

function brokenText({ nat, address }: Expectation, broken: readonly Verdict[], total: number): string {
  const named = broken.slice(0, MAX_NAMED).map(({ flow, observed }) => {
    const tuple = `${endpointText(flow.source)} > ${endpointText(flow.destination)}`
    return `flow ${flow.id} (${tuple}) ${observed.action}${observed.address === null ? '' : ` as ${observed.address}`}`
  })
  const more = broken.length > named.length ? ` and ${broken.length - named.length} more` : ''
  return `${broken.length} of ${total} are not ${nat}${address === null ? '' : ` as ${address.text}`}: ${named.join('; ')}${more}`
}

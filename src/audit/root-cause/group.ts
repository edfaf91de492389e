import type { AuditContext } from '../context.ts'
import { isPodLike } from '../identity.ts'
import type { ContradictionCode, Verdict } from '../verdict.ts'
import { FACETS, type Facet, type FacetValues, facetsOf } from './facets.ts'

/** Contradictions that one thing they have in common explains. */
export interface CauseGroup {
  readonly code: ContradictionCode
  /** Rule whose decision they contradict. */
  readonly rule: string
  readonly facet: Facet
  readonly value: string
  /** One of the contradictions, for its decision and its parties. */
  readonly example: Verdict
  /** Flow ids of the contradictions, ascending. */
  readonly flows: readonly number[]
  /** Connections that contradict, and all comparable ones, that the facet selects. */
  readonly bad: number
  readonly total: number
  /** The same for comparable connections that it does not select. */
  readonly badElsewhere: number
  readonly totalElsewhere: number
}

// A cause explains nearly all that it selects; below this it is a coincidence, or a fault that comes and goes.
const EXPLAINS = 0.95
// Groups of one code and rule; what remains then has no common cause worth a finding of its own.
const MAX_GROUPS = 8

/** Connections that look alike in every facet, counted together. */
interface Row {
  readonly values: FacetValues
  readonly example: Verdict
  readonly flows: number[]
  bad: number
  total: number
}

/** One connection: what is known of it from all its sightings. */
interface ConnectionCase {
  values: string[]
  example: Verdict
  readonly flows: number[]
  isBad: boolean
}

/**
 * Groups contradictions by what explains most of them with fewest flows left unexplained: for each code and rule, the
 * facet whose value selects contradictions and hardly anything else. Comparable are the flows that the same rule decided
 * and whose outcome was seen. Linear in the flows for each group found.
 */
export function groupCauses(verdicts: readonly Verdict[], context: AuditContext): CauseGroup[] {
  const codes = new Map<string, { code: ContradictionCode; rule: string }>()
  for (const { code, expected } of verdicts) {
    if (code !== null) codes.set(`${code}|${expected?.rule ?? ''}`, { code, rule: expected?.rule ?? '' })
  }
  return [...codes.values()]
    .flatMap(({ code, rule }) => groupOne(code, rule, rowsOf(code, rule, verdicts, context)))
    .sort((a, b) => b.bad - a.bad)
}

function rowsOf(code: ContradictionCode, rule: string, verdicts: readonly Verdict[], context: AuditContext): Row[] {
  const rows = new Map<string, Row>()
  for (const { values, example, flows, isBad } of casesOf(code, rule, verdicts, context)) {
    const key = values.join('|')
    let row = rows.get(key)
    if (row === undefined) {
      row = { values, example, flows: [], bad: 0, total: 0 }
      rows.set(key, row)
    }
    row.flows.push(...flows)
    row.total++
    if (isBad) row.bad++
  }
  return [...rows.values()]
}

/** Connections that the rule decided and whose outcome was seen; one contradicting sighting makes one bad. */
function casesOf(
  code: ContradictionCode,
  rule: string,
  verdicts: readonly Verdict[],
  context: AuditContext,
): Iterable<ConnectionCase> {
  const cases = new Map<string, ConnectionCase>()
  for (const verdict of verdicts) {
    const isBad = verdict.code === code && (verdict.expected?.rule ?? '') === rule
    if (!isBad && !isComparable(verdict, rule)) continue
    const key = verdict.connection ?? `flow ${verdict.flow.id}`
    const known = cases.get(key)
    if (known === undefined) {
      const flows = isBad ? [verdict.flow.id] : []
      cases.set(key, { values: [...facetsOf(verdict, context)], example: verdict, flows, isBad })
      continue
    }
    // A sighting at the node knows the device, one before the translation the pod.
    const values = facetsOf(verdict, context)
    known.values = isBad && !known.isBad ? fill([...values], known.values) : fill(known.values, values)
    if (!isBad) continue
    if (!known.isBad) known.example = verdict
    known.isBad = true
    known.flows.push(verdict.flow.id)
  }
  return cases.values()
}

function fill(values: string[], others: FacetValues): string[] {
  for (const [at, value] of others.entries()) if (values[at] === '') values[at] = value
  return values
}

// A node's flow that may be the host's own has not been through the rule, as far as anybody knows.
function isComparable({ verdict, expected, observed, code, source, evidence }: Verdict, rule: string): boolean {
  if (expected === null || expected.rule !== rule || code !== null || verdict !== 'consistent') return false
  if (observed.action === 'unknown' || observed.address === null) return false
  return (
    isPodLike(source) ||
    observed.originalSource !== null ||
    // No host process speaks under an egress gateway's address.
    observed.action === 'egress-gateway' ||
    (observed.action !== 'preserve' && evidence.length > 0)
  )
}

function groupOne(code: ContradictionCode, rule: string, rows: readonly Row[]): CauseGroup[] {
  const groups: CauseGroup[] = []
  let open = rows.filter((row) => row.bad > 0)
  while (open.length > 0 && groups.length < MAX_GROUPS) {
    const { facet, value } = bestFacet(rows, open)
    const at = FACETS.indexOf(facet)
    const selected = rows.filter((row) => row.values[at] === value)
    const explained = open.filter((row) => row.values[at] === value)
    const first = explained[0]
    if (first === undefined) break
    groups.push({
      code,
      rule,
      facet,
      value,
      example: first.example,
      flows: explained.flatMap((row) => row.flows).sort((a, b) => a - b),
      bad: sum(explained, 'bad'),
      total: sum(selected, 'total'),
      badElsewhere: sum(rows, 'bad') - sum(selected, 'bad'),
      totalElsewhere: sum(rows, 'total') - sum(selected, 'total'),
    })
    open = open.filter((row) => row.values[at] !== value)
  }
  return groups
}

/** The facet value that explains most: a pure one with the most contradictions, else the best mixture. */
function bestFacet(rows: readonly Row[], open: readonly Row[]): { facet: Facet; value: string } {
  let best: { facet: Facet; value: string; pure: boolean; score: number } = {
    facet: 'all',
    value: 'all',
    pure: false,
    score: -1,
  }
  for (const [at, facet] of FACETS.entries()) {
    if (!isTelling(facet, at, rows)) continue
    const tallies = new Map<string, { open: number; bad: number; total: number }>()
    for (const row of rows) {
      const value = row.values[at] ?? ''
      if (value === '') continue
      const tally = tallies.get(value) ?? { open: 0, bad: 0, total: 0 }
      tally.bad += row.bad
      tally.total += row.total
      if (open.includes(row)) tally.open += row.bad
      tallies.set(value, tally)
    }
    for (const [value, { open: explained, bad, total }] of tallies) {
      if (explained === 0) continue
      const precision = bad / total
      const pure = precision >= EXPLAINS
      const score = pure ? explained : explained * precision
      if ((pure && !best.pure) || (pure === best.pure && score > best.score)) best = { facet, value, pure, score }
    }
  }
  return best
}

// A translated flow rarely shows which pod it was, and never its old address: what only the faulty ones show explains
// nothing about the others.
const OFTEN_HIDDEN: ReadonlySet<Facet> = new Set(['pod', 'pod-cidr', 'pod-destination', 'address'])

function isTelling(facet: Facet, at: number, rows: readonly Row[]): boolean {
  if (!OFTEN_HIDDEN.has(facet)) return true
  if (facet === 'address') return rows.every((row) => row.example.observed.action !== 'preserve')
  return rows.some((row) => row.total > row.bad && row.values[at] !== '')
}

function sum(rows: readonly Row[], key: 'bad' | 'total'): number {
  return rows.reduce((total, row) => total + row[key], 0)
}

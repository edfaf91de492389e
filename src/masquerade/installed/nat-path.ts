import type { TraceStep } from '../decision.ts'
import type { NatContext, NatState } from './match.ts'
import type { RuleTable } from './ruleset.ts'
import type { RuleTarget } from './target.ts'
import { type ChainEnd, type Walk, walkChain } from './traverse.ts'

export interface NatTables {
  /** `null` where the dump has no raw table: nothing is taken out of connection tracking. */
  readonly raw: RuleTable | null
  readonly nat: RuleTable | null
}

/** Every end the first packet of a connection may come to in POSTROUTING, or before it. */
export interface NatPath extends Walk {}

const CILIUM_CHAIN = 'CILIUM_POST_nat'

/**
 * Takes the first packet of a connection through the tables that bear on its source address: raw (NOTRACK takes it out
 * of NAT), nat PREROUTING or OUTPUT (which may change its destination), and nat POSTROUTING.
 *
 * @see Linux net/netfilter/nf_nat_core.c; the filter and mangle tables are not looked at, a mark is the query's.
 */
export function walkNat(tables: NatTables, start: NatState, context: NatContext): NatPath {
  const trace: TraceStep[] = []
  const open: string[] = []
  const notes: string[] = []
  const ends: ChainEnd[] = []
  const run = (table: RuleTable | null, chain: string, state: NatState): readonly ChainEnd[] => {
    if (table === null || !table.chains.has(chain)) return [passThrough(chain, state)]
    const walk = walkChain(table, chain, state, context)
    trace.push(...walk.trace)
    open.push(...walk.open)
    notes.push(...walk.notes)
    return walk.ends
  }
  const entry = context.fromHost ? 'OUTPUT' : 'PREROUTING'
  const exit = exitChain(tables.nat, notes)
  for (const raw of run(tables.raw, entry, start)) {
    if (raw.kind === 'notrack' || raw.kind === 'unknown' || raw.kind === 'drop') {
      ends.push(raw)
      continue
    }
    // A query that says DNAT gives the destination as it is after PREROUTING.
    const before = start.dnat ? [passThrough(entry, raw.state)] : run(tables.nat, entry, raw.state)
    for (const end of before) {
      const state = afterDnat(end)
      if (state !== null) ends.push(...run(tables.nat, exit, state))
      else ends.push(isRange(end.target) ? { ...end, kind: 'unknown', why: 'DNAT to one of several addresses' } : end)
    }
  }
  return { ends, trace, open, notes }
}

/** POSTROUTING; a dump of Cilium's chain alone is taken as if the feeder rule stood first. */
function exitChain(nat: RuleTable | null, notes: string[]): string {
  if (nat === null || nat.chains.has('POSTROUTING') || !nat.chains.has(CILIUM_CHAIN)) return 'POSTROUTING'
  notes.push(`the dump has only ${CILIUM_CHAIN}: taken as called first by POSTROUTING`)
  return CILIUM_CHAIN
}

function passThrough(chain: string, state: NatState): ChainEnd {
  const target: RuleTarget = { kind: 'accept' }
  return { kind: 'policy', rule: `${chain}:policy`, target, state, why: null }
}

/** The packet behind PREROUTING or OUTPUT; `null` where it goes no further or nothing can be said. */
function afterDnat(end: ChainEnd): NatState | null {
  if (end.kind === 'unknown' || end.kind === 'drop' || end.kind === 'redirect') return null
  const { target, state } = end
  if (isRange(target)) return null
  if (target.kind !== 'dnat') return state
  const destination = target.low ?? state.destination
  return { ...state, destination, destinationPort: target.port ?? state.destinationPort, dnat: true }
}

const isRange = (target: RuleTarget): boolean => target.kind === 'dnat' && target.low !== target.high

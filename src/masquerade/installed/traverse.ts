import type { TraceStep } from '../decision.ts'
import type { NatContext, NatState, Tristate } from './match.ts'
import type { InstalledRule } from './parse-rule.ts'
import type { RuleTable } from './ruleset.ts'
import type { RuleTarget } from './target.ts'

/** A target that ends the walk, or `policy` where the chain ran out; `unknown` where the effect cannot be told. */
export interface ChainEnd {
  readonly kind: 'accept' | 'drop' | 'snat' | 'dnat' | 'masquerade' | 'redirect' | 'notrack' | 'policy' | 'unknown'
  /** `CHAIN:position`, or `CHAIN:policy`. */
  readonly rule: string
  readonly target: RuleTarget
  /** The packet as it is when the walk ends there. */
  readonly state: NatState
  /** Why the end cannot be told, for `unknown`. */
  readonly why: string | null
}

/** Every end a packet may come to; more than one where a match cannot be told. */
export interface Walk {
  readonly ends: readonly ChainEnd[]
  readonly trace: readonly TraceStep[]
  /** Rules of which it cannot be told whether they match, by name. */
  readonly open: readonly string[]
  /** Repairs made on the way, in words. */
  readonly notes: readonly string[]
}

// A dump can be made to branch without end; real ones stay far below.
const MAX_STATES = 64
const MAX_STEPS = 100_000
const MAX_DEPTH = 32

/**
 * Walks a packet through a built-in chain as the kernel does: jumps come back, gotos do not, the first target that
 * decides ends it. Where a match cannot be told both ways are followed.
 */
export function walkChain(table: RuleTable, chain: string, state: NatState, context: NatContext): Walk {
  const walker = new Walker(table, context)
  const left = walker.walk(chain, [state], 0)
  const policy = table.policies.get(chain) ?? 'ACCEPT'
  for (const last of left)
    walker.end(policy === 'DROP' ? 'drop' : 'policy', `${chain}:policy`, { kind: 'accept' }, last)
  return { ends: walker.ends, trace: walker.trace, open: [...walker.open], notes: [...walker.notes] }
}

class Walker {
  readonly ends: ChainEnd[] = []
  readonly trace: TraceStep[] = []
  readonly open = new Set<string>()
  readonly notes = new Set<string>()
  private readonly table: RuleTable
  private readonly context: NatContext
  private steps = 0

  constructor(table: RuleTable, context: NatContext) {
    this.table = table
    this.context = context
  }

  /** Walks a chain with every state the packet may be in. @returns the states that come out at its end. */
  walk(chain: string, entering: readonly NatState[], depth: number): NatState[] {
    const rules = this.table.chains.get(chain)
    if (rules === undefined) return this.giveUp(chain, entering, `chain ${chain} is not in the dump`)
    if (depth > MAX_DEPTH) return this.giveUp(chain, entering, 'chains call each other too deeply')
    let states = distinct(entering)
    const returned: NatState[] = []
    for (const rule of rules) {
      if (states.length === 0) break
      if (++this.steps > MAX_STEPS || states.length > MAX_STATES) {
        return this.giveUp(chain, states, 'too many possible ways through the rules')
      }
      states = distinct(states.flatMap((state) => this.apply(rule, state, depth, returned)))
    }
    return distinct([...states, ...returned])
  }

  end(kind: ChainEnd['kind'], rule: string, target: RuleTarget, state: NatState, why: string | null = null): void {
    this.ends.push({ kind, rule, target, state, why })
  }

  /** One rule and one state. @returns the states in which the next rule is met. */
  private apply(rule: InstalledRule, state: NatState, depth: number, returned: NatState[]): NatState[] {
    const { holds, detail } = matches(rule, state, this.context)
    this.trace.push({ rule: nameOf(rule), matched: holds === true, detail, source: rule.source })
    for (const note of rule.notes) this.notes.add(`${nameOf(rule)}: ${note}`)
    if (holds === false) return [state]
    if (holds === null) this.open.add(nameOf(rule))
    const passed = this.take(rule, state, depth, returned)
    return holds === true ? passed : [...passed, state]
  }

  /** The target of a rule that matches. */
  private take(rule: InstalledRule, state: NatState, depth: number, returned: NatState[]): NatState[] {
    const { target } = rule
    switch (target.kind) {
      case 'continue':
        return [state]
      case 'return':
        returned.push(state)
        return []
      case 'jump':
        return this.walk(target.chain, [state], depth + 1)
      case 'goto':
        returned.push(...this.walk(target.chain, [state], depth + 1))
        return []
      case 'mark':
        return [setMark(state, target.clear, target.flip, target.blur)]
      case 'unknown':
        this.end('unknown', nameOf(rule), target, state, `target "${target.text}" is not known`)
        return []
      default:
        this.end(target.kind, nameOf(rule), target, state)
        return []
    }
  }

  private giveUp(chain: string, states: readonly NatState[], why: string): NatState[] {
    for (const state of states.slice(0, 1)) this.end('unknown', chain, { kind: 'unknown', text: why }, state, why)
    return []
  }
}

/** `CHAIN:position`. */
export function nameOf(rule: InstalledRule): string {
  return `${rule.chain}:${rule.position}`
}

function matches(rule: InstalledRule, state: NatState, context: NatContext): { holds: Tristate; detail: string } {
  const body = rule.text.replace(/^-A \S+ /, '')
  let open: string | null = null
  for (const match of rule.matches) {
    const holds = match.test(state, context)
    if (holds === true) continue
    const value = match.value?.(state, context)
    const compared = value === undefined ? `"${match.text}"` : `"${match.text}" for ${value}`
    if (holds === false) return { holds, detail: `does not hold: ${compared} in ${body}` }
    open ??= compared
  }
  if (open === null) return { holds: true, detail: body }
  return { holds: null, detail: `${body}: whether it holds is not known, for ${open}` }
}

function setMark(state: NatState, clear: number, flip: number, blur: number): NatState {
  const unknownMark = ((state.unknownMark & ~clear) | blur) >>> 0
  return { ...state, mark: ((state.mark & ~clear) ^ flip) >>> 0, unknownMark }
}

function distinct(states: readonly NatState[]): NatState[] {
  const seen = new Map<string, NatState>()
  for (const state of states) {
    seen.set(`${state.mark}/${state.unknownMark}/${state.destination}/${state.destinationPort}/${state.dnat}`, state)
  }
  return [...seen.values()]
}

import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { DecisionAction, Defeat, RuleId } from './decision.ts'
import type { PacketFacts } from './facts.ts'

/** What becomes of the source address. */
export interface Outcome {
  readonly action: DecisionAction
  /** The one address, `null` where several are equally likely or none is known. */
  readonly address: IpText | null
  /** Every address that would be right. */
  readonly addresses: readonly IpText[]
}

interface AnswerBase {
  /** Why, in words, with the values compared. */
  readonly detail: string
  /** Line of configuration behind the answer. */
  readonly source: SourceRef | null
  /** Facts the answer takes for granted although nothing states them. */
  readonly assumptions: readonly string[]
  /** What would hold instead if an assumption is wrong. */
  readonly otherwise: readonly { readonly outcome: Outcome; readonly rule: RuleId; readonly when: string }[]
}

/** The rule does not apply: the next one is asked. */
export interface NoMatch extends AnswerBase {
  readonly kind: 'no'
}

/** The rule decides. */
export interface Match extends AnswerBase {
  readonly kind: 'yes'
  readonly outcome: Outcome
  /** The packet is handed to the translating engine, which has limits of its own ({@link RuleList.translation}). */
  readonly translates: boolean
  /** Node whose decision comes next, where the packet is steered to another one. */
  readonly continuesAt: string | null
  /** A known bug or a contradiction among settings that keeps the settings from doing what they ask for. */
  readonly defeat: Omit<Defeat, 'intended'> | null
}

/** Whether the rule applies hangs on a fact that is not known; `outcome` is what it would decide. */
export interface Unclear extends AnswerBase {
  readonly kind: 'unclear'
  readonly outcome: Outcome
  /** The fact that is missing, and what would show it. */
  readonly missing: string
}

export type RuleAnswer = NoMatch | Match | Unclear

/** One step of the datapath. Lists of these, in datapath order, are the decision; the first that answers decides. */
export interface MasqueradeRule {
  readonly id: RuleId
  /** Where the behaviour is written down: Cilium file and symbol, or a section of the documentation. */
  readonly source: string
  decide(facts: PacketFacts): RuleAnswer
}

/** A limit of the translating engine, asked only about packets that a rule wants translated. */
export interface TranslationRule {
  readonly id: RuleId
  readonly source: string
  decide(facts: PacketFacts, wanted: Outcome): RuleAnswer
}

export interface RuleList {
  /** In datapath order; the last one always answers. */
  readonly rules: readonly MasqueradeRule[]
  readonly translation: readonly TranslationRule[]
}

type Extras = Partial<Omit<AnswerBase, 'detail'>>

const base = (detail: string, extras: Extras): AnswerBase => ({
  detail,
  source: extras.source ?? null,
  assumptions: extras.assumptions ?? [],
  otherwise: extras.otherwise ?? [],
})

export function no(detail: string, extras: Extras = {}): NoMatch {
  return { kind: 'no', ...base(detail, extras) }
}

export function yes(
  outcome: Outcome,
  detail: string,
  extras: Extras & Partial<Pick<Match, 'translates' | 'continuesAt' | 'defeat'>> = {},
): Match {
  return {
    kind: 'yes',
    outcome,
    translates: extras.translates ?? false,
    continuesAt: extras.continuesAt ?? null,
    defeat: extras.defeat ?? null,
    ...base(detail, extras),
  }
}

export function unclear(outcome: Outcome, missing: string, detail: string, extras: Extras = {}): Unclear {
  return { kind: 'unclear', outcome, missing, ...base(detail, extras) }
}

/** The packet leaves with the source it has. */
export function preserve(facts: PacketFacts): Outcome {
  return { action: 'preserve', address: facts.query.source, addresses: [facts.query.source] }
}

/** The packet does not leave. */
export const DROP: Outcome = { action: 'drop', address: null, addresses: [] }

/** The packet leaves with one of `addresses`; `address` where one of them is the one. */
export function rewrite(action: DecisionAction, addresses: readonly IpText[], address?: IpText | null): Outcome {
  const only = addresses.length === 1 ? (addresses[0] ?? null) : null
  return { action, address: address === undefined ? only : address, addresses }
}

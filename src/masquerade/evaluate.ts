import type { Alternative, Decision, Engine, TraceStep } from './decision.ts'
import type { PacketFacts } from './facts.ts'
import type { Match, Outcome, RuleAnswer, RuleList, Unclear } from './rule.ts'

interface Answered<A extends RuleAnswer> {
  readonly rule: string
  readonly answer: A
}

/**
 * Walks a rule list: the first rule that answers decides, and every rule asked on the way is a step of the trace.
 *
 * A rule whose answer hangs on a fact that is not known does not stop the walk: the rest of the list tells what happens
 * if it does not apply. Where both give the same, the fact does not matter; where they differ, the action is `unknown`.
 */
export function evaluate(engine: Engine, list: RuleList, facts: PacketFacts): Decision {
  const trace: TraceStep[] = []
  const open: Answered<Unclear>[] = []
  const assumptions: string[] = []
  const alternatives: Alternative[] = []
  const note = (rule: string, answer: RuleAnswer): void => {
    trace.push({ rule, matched: answer.kind === 'yes', detail: inWords(answer), source: answer.source })
    assumptions.push(...answer.assumptions)
    for (const { outcome, rule: other, when } of answer.otherwise) alternatives.push(alternative(outcome, other, when))
    if (answer.kind === 'unclear') open.push({ rule, answer })
  }
  const decided = walk(list, facts, note)
  const differing = open.filter(({ answer }) => !sameOutcome(answer.outcome, decided.answer.outcome))
  const first = differing[0]
  const common = {
    engine,
    node: facts.node?.name ?? null,
    trace,
    continuesAt: decided.answer.continuesAt,
    defeat: null,
  }
  if (first === undefined) {
    const { outcome } = decided.answer
    return { ...common, ...outcome, rule: decided.rule, assumptions: unique(assumptions), alternatives }
  }
  return {
    ...common,
    action: 'unknown',
    address: null,
    addresses: [],
    rule: first.rule,
    assumptions: unique([...differing.map(({ answer }) => `not known: ${answer.missing}`), ...assumptions]),
    alternatives: [
      ...differing.map(({ rule, answer }) => alternative(answer.outcome, rule, 'that rule applies')),
      alternative(decided.answer.outcome, decided.rule, 'it does not'),
      ...alternatives,
    ],
  }
}

function walk(list: RuleList, facts: PacketFacts, note: (rule: string, answer: RuleAnswer) => void): Answered<Match> {
  for (const rule of list.rules) {
    const answer = rule.decide(facts)
    note(rule.id, answer)
    if (answer.kind !== 'yes') continue
    return answer.translates ? translate(list, facts, { rule: rule.id, answer }, note) : { rule: rule.id, answer }
  }
  throw new RangeError('Cannot evaluate a rule list without a last rule that always answers')
}

/** The limits of the translating engine, which come after the decision. */
function translate(
  list: RuleList,
  facts: PacketFacts,
  wanted: Answered<Match>,
  note: (rule: string, answer: RuleAnswer) => void,
): Answered<Match> {
  for (const rule of list.translation) {
    const answer = rule.decide(facts, wanted.answer.outcome)
    if (answer.kind === 'no' && answer.assumptions.length === 0) continue
    note(rule.id, answer)
    if (answer.kind === 'yes') return { rule: rule.id, answer }
  }
  return wanted
}

function inWords(answer: RuleAnswer): string {
  return answer.kind === 'unclear' ? `${answer.detail}: cannot be told without ${answer.missing}` : answer.detail
}

function alternative(outcome: Outcome, rule: string, when: string): Alternative {
  return { action: outcome.action, addresses: outcome.addresses, rule, when }
}

/** Whether two outcomes are the same to an observer. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  if (a.action !== b.action || a.addresses.length !== b.addresses.length) return false
  return a.addresses.every((address) => b.addresses.includes(address))
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

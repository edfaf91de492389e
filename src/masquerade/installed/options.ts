import type { Token } from './tokens.ts'

/** One option of a rule with its values: `! --dport 80:90`. */
export interface RuleOption {
  readonly name: string
  readonly negated: boolean
  readonly values: readonly string[]
}

// Options whose values must be counted, because a value may itself begin with a dash.
const ARITY: ReadonlyMap<string, number> = new Map([
  ['--comment', 1],
  ['--log-prefix', 1],
  ['--match-set', 2],
  ['--tcp-flags', 2],
  ['-c', 2],
  ['--set-counters', 2],
])

/**
 * Groups the words of a rule into options. `!` negates the option after it; the old spelling with `!` before the value
 * (`-s ! 10.0.0.0/8`) means the same.
 */
export function groupOptions(tokens: readonly Token[]): RuleOption[] {
  const options: RuleOption[] = []
  let negated = false
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at++]
    if (token === undefined) break
    if (isNegation(token)) {
      negated = true
      continue
    }
    const values: string[] = []
    const wanted = ARITY.get(token.text)
    while (at < tokens.length && (wanted === undefined ? !startsOption(tokens, at) : values.length < wanted)) {
      const value = tokens[at++]
      if (value === undefined) break
      if (isNegation(value) && values.length === 0 && wanted === undefined) negated = true
      else values.push(value.text)
    }
    options.push({ name: token.text, negated, values })
    negated = false
  }
  return options
}

const isNegation = (token: Token): boolean => token.text === '!' && !token.quoted

function startsOption(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]
  if (token === undefined || token.quoted) return false
  if (isNegation(token)) return startsWithDash(tokens[at + 1])
  return startsWithDash(token)
}

// A negative number is a value.
function startsWithDash(token: Token | undefined): boolean {
  return token !== undefined && !token.quoted && /^--?[a-zA-Z0-9]/.test(token.text) && !/^-\d/.test(token.text)
}

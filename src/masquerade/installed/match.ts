import type { IpFamily, IpText } from '../../core/ip.ts'
import type { RuleOption } from './options.ts'

/** True, false, or `null`: cannot be told from what is known. */
export type Tristate = boolean | null

/** What of a packet changes on its way through the chains. */
export interface NatState {
  readonly destination: IpText
  readonly destinationPort: number | null
  readonly mark: number
  /** Bits of the mark that are not known, because a rule that may or may not apply sets them. */
  readonly unknownMark: number
  /** Netfilter has DNATed the connection. */
  readonly dnat: boolean
}

/** A packet on its way through netfilter and the machine around it. */
export interface NatContext {
  readonly family: IpFamily
  readonly source: IpText
  readonly sourcePort: number | null
  /** IANA number. */
  readonly protocol: number
  readonly icmpType: number | null
  /** The packet comes from the machine itself: OUTPUT, not PREROUTING. */
  readonly fromHost: boolean
  /** Whether it came in by a device of the pattern. */
  cameBy(pattern: string): Tristate
  /** Whether it leaves by a device of the pattern. */
  leavesBy(pattern: string, state: NatState): Tristate
  /** Whether an ipset holds the packet's address in that direction. */
  inSet(name: string, ip: IpText): Tristate
  /** Whether an address is one of the machine's own. */
  isLocal(ip: IpText): Tristate
}

/** One match of a rule. */
export interface RuleMatch {
  /** As the rule has it. */
  readonly text: string
  test(state: NatState, context: NatContext): Tristate
  /** What of the packet the match looks at, in words; left out where naming it tells nothing. */
  value?(state: NatState, context: NatContext): string
}

/** Reads the options of one match module; `undefined` where an option or value is not understood. */
export type MatchParser = (options: readonly RuleOption[], family: IpFamily) => readonly RuleMatch[] | undefined

export function optionText(option: RuleOption): string {
  return `${option.negated ? '! ' : ''}${[option.name, ...option.values].join(' ')}`
}

/** A match that says what its option says, with the option's negation applied. */
export function matchOf(option: RuleOption, test: RuleMatch['test'], value?: RuleMatch['value']): RuleMatch {
  return {
    text: optionText(option),
    ...(value === undefined ? {} : { value }),
    test(state, context) {
      const holds = test(state, context)
      return holds === null ? null : holds !== option.negated
    },
  }
}

/** A match this evaluator does not know: what it does cannot be told. */
export function unknownMatch(text: string): RuleMatch {
  return { text, test: () => null }
}

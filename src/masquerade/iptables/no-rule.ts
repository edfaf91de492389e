import { type MasqueradeRule, preserve, yes } from '../rule.ts'
import { defeatOf } from './defeats.ts'

/** No rule of CILIUM_POST_nat matches: the source is kept. */
export const noRule: MasqueradeRule = {
  id: 'no-rule',
  source: 'masquerade reference §4.2',
  decide(facts) {
    const defeat = defeatOf(facts)
    return yes(preserve(facts), 'no rule of CILIUM_POST_nat matches', { defeat })
  },
}

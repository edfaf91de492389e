import { type MasqueradeRule, preserve, yes } from '../rule.ts'
import { defeatOf } from './defeats.ts'

/** No rule of CILIUM_POST_nat matches: the source is kept. */
export const noRule: MasqueradeRule = {
  id: 'no-rule',
  source: 'Linux net/ipv4/netfilter/ip_tables.c ipt_do_table()',
  decide(facts) {
    const defeat = defeatOf(facts)
    return yes(preserve(facts), 'no rule of CILIUM_POST_nat matches', { defeat })
  },
}

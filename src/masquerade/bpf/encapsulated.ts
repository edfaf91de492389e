import { encapsulationOf } from '../encapsulation.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'

/** Packets for the tunnel or for encryption are redirected there before the SNAT stage; the inner source stays. */
export const encapsulated: MasqueradeRule = {
  id: 'encapsulated',
  source: 'cilium/cilium@v1.17.6 bpf/bpf_lxc.c encap_and_redirect_lxc()',
  decide(facts) {
    const answer = encapsulationOf(facts)
    const extras = { source: answer.source }
    if (answer.kind === 'yes') return yes(preserve(facts), `${answer.detail}; the inner source is kept`, extras)
    if (answer.kind === 'unclear') return unclear(preserve(facts), answer.missing, answer.detail, extras)
    return no(answer.detail, extras)
  },
}

import { cidrContains } from '../../core/cidr.ts'
import { bpfExclusionCidr } from '../exclusion-cidr.ts'
import { isPublicAddress } from '../public-address.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'

/** Destinations inside the SNAT exclusion CIDR are never masqueraded, in tunnel mode too. */
export const exclusionCidr: MasqueradeRule = {
  id: 'exclusion-cidr',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h IPV4_SNAT_EXCLUSION_DST_CIDR',
  decide(facts) {
    const to = facts.query.destination
    const exclusion = bpfExclusionCidr(facts)
    if (!exclusion.known) {
      if (isPublicAddress(to))
        return no(`${to} is a public address`, { assumptions: [`${to} outside ${exclusion.missing}`] })
      return unclear(preserve(facts), exclusion.missing, 'the exclusion CIDR is not known')
    }
    const source = exclusion.source
    if (exclusion.cidr === null) return no(exclusion.basis, { source })
    if (cidrContains(exclusion.cidr, to)) return yes(preserve(facts), `${to} is inside ${exclusion.basis}`, { source })
    return no(`${to} is outside ${exclusion.basis}`, { source })
  },
}

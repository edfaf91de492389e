import { type MasqueradeRule, no, preserve, yes } from '../rule.ts'
import { marked } from './conditions.ts'

/** Rules 0a and 0b: packets on their way to or from IPsec are accepted as they are. */
export const encryptionMarks: MasqueradeRule = {
  id: 'no-rule',
  source: 'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go addCiliumAcceptXfrmRules()',
  decide(facts) {
    const setting = facts.settings.enableIpsec
    if (!setting.value) return no('enable-ipsec is false', { source: setting.source })
    const hit = [marked(facts, 0xd00, 0xf00), marked(facts, 0xe00, 0xf00)].find((mark) => mark.holds)
    if (hit === undefined) return no('no mark of encryption', { source: setting.source })
    return yes(preserve(facts), `exclude xfrm marks: ${hit.text}`, { source: setting.source })
  },
}

/** Rule 3: packets of the L7 and DNS proxy are accepted; after rule 2, so it only shields from rules 4 to 6. */
export const proxyReturn: MasqueradeRule = {
  id: 'proxy-return',
  source: 'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go installMasqueradeRules()',
  decide(facts) {
    const mark = marked(facts, 0xa00, 0xe00)
    if (!mark.holds) return no(mark.text)
    return yes(preserve(facts), `exclude proxy return traffic from masquerade: ${mark.text}`)
  },
}

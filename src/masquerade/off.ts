import { atLeast } from './cilium-version.ts'
import type { PacketFacts } from './facts.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, yes } from './rule.ts'

/** Masquerading is off for the family, or the family is not in use: nothing is translated. */
export const off: MasqueradeRule = {
  id: 'off',
  source: 'cilium/cilium@v1.17.6 pkg/option/config.go EnableIPv4Masquerade, EnableIPv6Masquerade',
  decide(facts: PacketFacts): RuleAnswer {
    const { family, settings } = facts
    const key = `enable-ipv${family}-masquerade`
    const used = family === 4 ? settings.enableIpv4 : settings.enableIpv6
    // A default says nothing here: the packet itself shows that the family is in use.
    if (!used.value && used.origin !== 'default') {
      return yes(preserve(facts), `enable-ipv${family} is false`, { source: used.source })
    }
    const setting = family === 4 ? settings.enableIpv4Masquerade : settings.enableIpv6Masquerade
    if (!setting.value) return yes(preserve(facts), `${key} is false`, { source: setting.source })
    if (family === 6 && settings.enableBpfMasquerade.value && !atLeast(facts.version, 1, 14) && !facts.intended) {
      const reason = `Cilium ${facts.version.text} masquerades only IPv4 in BPF mode, and BPF mode removes the ip6tables rules`
      const defeat = { code: 'bpf-ipv6-unsupported', reason }
      return yes(preserve(facts), reason, { source: settings.enableBpfMasquerade.source, defeat })
    }
    return no(`${key} is true`, { source: setting.source })
  },
}

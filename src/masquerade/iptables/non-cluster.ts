import type { PacketFacts } from '../facts.ts'
import { describeChoice, masqueradeTo } from '../node-address.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, rewrite, unclear, yes } from '../rule.ts'
import { allOf, type Condition, egressPatterns, inAllocCidr, leaves, not, outsideExclusion } from './conditions.ts'
import { kernelMasqueradeAddress } from './masquerade-address.ts'

/** Rule 2: what leaves the cluster gets the address of the output interface. */
export const nonCluster: MasqueradeRule = {
  id: 'non-cluster',
  source: 'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go installMasqueradeRules()',
  decide(facts) {
    const { patterns, joined } = egressPatterns(facts)
    if (patterns.length === 0) return fromPodCidr(facts)
    return byInterface(facts, patterns, joined)
  },
}

function fromPodCidr(facts: PacketFacts): RuleAnswer {
  const match = allOf([inAllocCidr(facts, facts.query.source), outsideExclusion(facts), not(leaves(facts, 'cilium_+'))])
  return answer(facts, match, null)
}

function byInterface(facts: PacketFacts, patterns: readonly string[], joined: boolean): RuleAnswer {
  const source = facts.settings.egressMasqueradeInterfaces.source
  if (joined) {
    const text = `${facts.version.text} joins egress-masquerade-interfaces into "-o ${patterns[0]}", which no interface has`
    return no(text, { source, ...patchUnknown(facts) })
  }
  const devices = patterns.map((pattern) => leaves(facts, pattern))
  const device = devices.find((one) => one.holds === true) ?? devices.find((one) => one.holds === null)
  const outside = outsideExclusion(facts)
  if (device?.holds === null && outside.holds === true) return assumedCovered(facts, patterns)
  const match = allOf([outside, device ?? (devices[0] as Condition)])
  return answer(facts, match, source)
}

/** 1.16.5 has the fix; of `1.16` alone nothing says which side of it the cluster is on. */
function patchUnknown(facts: PacketFacts) {
  const { version } = facts
  if (version.minor !== 16 || version.patch !== null) return {}
  const outcome = masqueradeTo(kernelMasqueradeAddress(facts))
  return {
    assumptions: ['Cilium 1.16.4 or earlier assumed'],
    otherwise: [{ outcome, rule: 'non-cluster' as const, when: 'the release is 1.16.5 or later' }],
  }
}

/** The interface is not known, as in a capture taken outside: taken as one of those that masquerade. */
function assumedCovered(facts: PacketFacts, patterns: readonly string[]): RuleAnswer {
  const choice = kernelMasqueradeAddress(facts)
  const names = patterns.join(' or ')
  return yes(
    masqueradeTo(choice),
    `cilium masquerade non-cluster: output taken as ${names}, ${describeChoice(choice)}`,
    {
      source: facts.settings.egressMasqueradeInterfaces.source,
      assumptions: [`output device not known (ip route): taken as ${names}`, ...choice.assumptions],
      otherwise: [
        { outcome: preserve(facts), rule: 'no-rule', when: `the packet leaves by a device other than ${names}` },
      ],
    },
  )
}

function answer(facts: PacketFacts, match: Condition, source: RuleAnswer['source']): RuleAnswer {
  if (match.holds === false) return no(match.text, { source })
  const choice = kernelMasqueradeAddress(facts)
  if (match.holds === null) return unclear(masqueradeTo(choice), match.missing, match.text, { source })
  const detail = `cilium masquerade non-cluster: ${match.text}; masqueraded to ${describeChoice(choice)}`
  const otherwise = choice.otherwise.map(({ address, when }) => ({
    outcome: rewrite('masquerade', [address]),
    rule: 'non-cluster' as const,
    when,
  }))
  return yes(masqueradeTo(choice), detail, { source, assumptions: choice.assumptions, otherwise })
}

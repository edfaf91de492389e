import { isTunnelDevice } from '../device-pattern.ts'
import { encapsulationOf } from '../encapsulation.ts'
import { describeIdentity } from '../endpoints.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, unclear, yes } from '../rule.ts'

// The mark that carries a pod's identity once its packet was given to the stack (bpf/lib/common.h MARK_MAGIC_IDENTITY).
const IDENTITY_MARK = 0xf00

/** Packets that BPF delivers or tunnels before netfilter, and packets that netfilter does not track. */
export const noPostrouting: MasqueradeRule = {
  id: 'no-postrouting',
  source: 'cilium/cilium@v1.17.6 bpf/bpf_lxc.c, pkg/datapath/iptables/iptables.go',
  decide(facts) {
    const untracked = untrackedPod(facts)
    if (untracked !== null) return untracked
    const { destination, source, node } = facts
    const target = describeIdentity(destination.identity)
    if (destination.place === 'own-node') {
      return yes(
        preserve(facts),
        `${target} is an address of ${node?.name ?? 'the node'} itself: INPUT, not POSTROUTING`,
      )
    }
    if (source.role !== 'endpoint') return no('packets of the host pass POSTROUTING')
    if (wentThroughStack(facts)) return no('the packet went through the stack')
    if (destination.place === 'local-endpoint') {
      return yes(preserve(facts), `${target} is on ${node?.name} itself: delivered by BPF before netfilter`)
    }
    return tunnelled(facts)
  },
}

function tunnelled(facts: PacketFacts): RuleAnswer {
  const encrypted = facts.settings.enableWireguard.value || facts.settings.enableIpsec.value
  // In native routing, encryption takes the packet at the device, after POSTROUTING.
  if (facts.routing === 'native' && (encrypted || facts.device.name?.startsWith('cilium_wg'))) {
    return no('routing-mode native: encryption comes after POSTROUTING')
  }
  if (facts.device.name?.startsWith('cilium_wg')) return no(`leaves by ${facts.device.name} through the stack`)
  const answer = encapsulationOf(facts)
  const extras = { source: answer.source }
  if (answer.kind === 'yes') return yes(preserve(facts), `${answer.detail}: redirected by BPF before netfilter`, extras)
  if (answer.kind === 'unclear') return unclear(preserve(facts), answer.missing, answer.detail, extras)
  return no(answer.detail, extras)
}

/** Netfilter DNAT, an identity mark, or an output device that only the stack uses show that BPF passed the packet on. */
function wentThroughStack(facts: PacketFacts): boolean {
  const { dnat, mark, outInterface } = facts.query
  if (dnat === true || ((mark ?? 0) & IDENTITY_MARK) === IDENTITY_MARK) return true
  return outInterface === 'cilium_host' && !isTunnelDevice(outInterface)
}

function untrackedPod(facts: PacketFacts): RuleAnswer | null {
  const setting = facts.settings.installNoConntrackIptablesRules
  if (!setting.value || facts.intended || facts.source.role !== 'endpoint') return null
  const reason =
    'install-no-conntrack-iptables-rules: packets of pods are not tracked, and the nat table never sees them'
  return yes(preserve(facts), reason, { source: setting.source, defeat: { code: 'iptables-no-conntrack', reason } })
}

import { IpProtocol, protocolName } from '../../core/protocol.ts'
import { atLeast } from '../cilium-version.ts'
import type { PacketFacts } from '../facts.ts'
import { DROP, no, type Outcome, preserve, type RuleAnswer, type TranslationRule, unclear, yes } from '../rule.ts'

/** What becomes of the message types of one ICMP: all that are not named are dropped. */
interface IcmpTypes {
  readonly name: string
  readonly echo: number
  /** Let through untouched. */
  readonly passed: readonly number[]
  /** Translated by the packet they quote. */
  readonly errors: readonly number[]
}

const UNREACHABLE = 3

/** RFC 792: echo reply; destination unreachable and time exceeded. */
const ICMP_TYPES: IcmpTypes = { name: 'icmp', echo: 8, passed: [0], errors: [UNREACHABLE, 11] }

/** RFC 4443 and 4861: echo reply and neighbour discovery; unreachable, packet too big and time exceeded. */
const ICMPV6_TYPES: IcmpTypes = { name: 'icmpv6', echo: 128, passed: [129, 135, 136], errors: [1, 2, 3] }

/** The engine translates TCP, UDP, SCTP where enabled, and of ICMP echo and errors; other ICMP is dropped. */
export const natUnsupportedProto: TranslationRule = {
  id: 'nat-unsupported-proto',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_nat(), snat_v6_nat()',
  decide(facts, wanted) {
    const { protocol } = facts.query
    switch (protocol) {
      case IpProtocol.Tcp:
      case IpProtocol.Udp:
        return no(`${protocolName(protocol)} is translated`)
      case IpProtocol.Sctp:
        return sctp(facts)
      case IpProtocol.Icmp:
      case IpProtocol.Icmpv6:
        return icmp(facts, wanted, facts.family === 4 ? ICMP_TYPES : ICMPV6_TYPES)
      default:
        return yes(preserve(facts), `IP protocol ${protocol} is not translated`)
    }
  },
}

function sctp(facts: PacketFacts): RuleAnswer {
  const setting = facts.settings.enableSctp
  if (setting.value) return no('sctp is translated, port unchanged', { source: setting.source })
  return yes(preserve(facts), 'enable-sctp is false: sctp is not translated', { source: setting.source })
}

/** The family of the addresses tells ICMP from ICMPv6; a question may give either number for `icmp`. */
function icmp(facts: PacketFacts, wanted: Outcome, { name, echo, passed, errors }: IcmpTypes): RuleAnswer {
  const type = facts.query.icmpType
  if (type === undefined || type === null) {
    return no(`${name} taken for an echo request`, { assumptions: [`${name} type not given: echo request assumed`] })
  }
  if (type === echo) return no('echo requests are translated, the identifier serves as port')
  if (passed.includes(type)) return yes(preserve(facts), `${name} type ${type} passes untouched`)
  if (!errors.includes(type)) return yes(DROP, `${name} type ${type} cannot be translated and is dropped`)
  return icmpError(facts, wanted, `${name} error (type ${type})`)
}

/** Errors are translated by the packet they quote; up to 1.14 only "fragmentation needed" was (type 3, code 4). */
function icmpError(facts: PacketFacts, wanted: Outcome, name: string): RuleAnswer {
  if (wanted.action === 'preserve') return no(`${name} is allowed`)
  if (facts.family === 4 && !atLeast(facts.version, 1, 15)) {
    if (facts.query.icmpType !== UNREACHABLE) return yes(DROP, `${facts.version.text} drops ${name}`)
    return unclear(DROP, `the code of the ${name}`, `${facts.version.text} translates only "fragmentation needed"`)
  }
  const when = 'the packet it quotes belongs to a connection that was not masqueraded'
  return no(`${name} is translated like the packet it quotes`, {
    assumptions: [`the connection that the ${name} quotes was masqueraded`],
    otherwise: [{ outcome: preserve(facts), rule: 'nat-unsupported-proto', when }],
  })
}

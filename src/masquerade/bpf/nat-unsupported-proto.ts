import { IpProtocol, protocolName } from '../../core/protocol.ts'
import { atLeast } from '../cilium-version.ts'
import type { PacketFacts } from '../facts.ts'
import { DROP, no, type Outcome, preserve, type RuleAnswer, type TranslationRule, unclear, yes } from '../rule.ts'

// Code points of ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861).
const ICMP = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const
const ICMPV6 = {
  unreachable: 1,
  tooBig: 2,
  timeExceeded: 3,
  echo: 128,
  echoReply: 129,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
} as const

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
        return icmp(facts, wanted, ICMP.echo, [ICMP.echoReply], [ICMP.unreachable, ICMP.timeExceeded])
      case IpProtocol.Icmpv6: {
        const passed = [ICMPV6.echoReply, ICMPV6.neighborSolicitation, ICMPV6.neighborAdvertisement]
        return icmp(facts, wanted, ICMPV6.echo, passed, [ICMPV6.unreachable, ICMPV6.tooBig, ICMPV6.timeExceeded])
      }
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

function icmp(
  facts: PacketFacts,
  wanted: Outcome,
  echo: number,
  passed: readonly number[],
  errors: readonly number[],
): RuleAnswer {
  const type = facts.query.icmpType
  const name = protocolName(facts.query.protocol)
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
    if (facts.query.icmpType !== ICMP.unreachable) return yes(DROP, `${facts.version.text} drops ${name}`)
    return unclear(DROP, `the code of the ${name}`, `${facts.version.text} translates only "fragmentation needed"`)
  }
  const when = 'the packet it quotes belongs to a connection that was not masqueraded'
  return no(`${name} is translated like the packet it quotes`, {
    assumptions: [`the connection that the ${name} quotes was masqueraded`],
    otherwise: [{ outcome: preserve(facts), rule: 'nat-unsupported-proto', when }],
  })
}

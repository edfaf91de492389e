import { atLeast, type CiliumVersion } from '../cilium-version.ts'
import { off } from '../off.ts'
import type { MasqueradeRule, RuleList } from '../rule.ts'
import { deviceNotCovered } from './device-not-covered.ts'
import { egressGateway, egressGatewayRedirect } from './egress-gateway.ts'
import { encapsulated } from './encapsulated.ts'
import { exclusionCidr } from './exclusion-cidr.ts'
import { hostEndpoint } from './host-endpoint.ts'
import { hostMasqAddress } from './host-masq-address.ts'
import { intraNode } from './intra-node.ts'
import { ipMasqAgent } from './ip-masq-agent.ts'
import { localEndpoint, notLocalEndpoint } from './local-endpoint.ts'
import { natUnsupportedProto } from './nat-unsupported-proto.ts'
import { noSnatEndpoint } from './no-snat-endpoint.ts'
import { remoteNode, remoteNodeMasquerade, remoteNodeSkipTunnel } from './remote-node.ts'
import { reply } from './reply.ts'

// What keeps a packet from the SNAT stage (docs/masquerade.md, "Before the SNAT stage").
const BEFORE_SNAT: readonly MasqueradeRule[] = [off, intraNode, egressGatewayRedirect, encapsulated, deviceNotCovered]

// Order of bpf/lib/nat.h since 1.15: replies are let through first.
const SINCE_1_15: readonly MasqueradeRule[] = [
  ...BEFORE_SNAT,
  hostMasqAddress,
  reply,
  egressGateway,
  exclusionCidr,
  hostEndpoint,
  ipMasqAgent,
  remoteNode,
  localEndpoint,
  notLocalEndpoint,
]

const SINCE_1_17 = insertBefore(insertAfter(SINCE_1_15, remoteNode, remoteNodeSkipTunnel), ipMasqAgent, noSnatEndpoint)
const SINCE_1_19 = insertBefore(SINCE_1_17, remoteNode, remoteNodeMasquerade)

// Up to 1.14 the reply test came last; the outcome is the same, the rule that is named is not.
const UP_TO_1_14 = insertBefore(
  SINCE_1_15.filter((rule) => rule !== reply),
  localEndpoint,
  reply,
)

/** The rules of BPF masquerading in datapath order, as a Cilium release has them. */
export function bpfRules(version: CiliumVersion): RuleList {
  return { rules: rulesOf(version), translation: [natUnsupportedProto] }
}

function rulesOf(version: CiliumVersion): readonly MasqueradeRule[] {
  if (atLeast(version, 1, 19)) return SINCE_1_19
  if (atLeast(version, 1, 17)) return SINCE_1_17
  if (atLeast(version, 1, 15)) return SINCE_1_15
  return UP_TO_1_14
}

function insertBefore(list: readonly MasqueradeRule[], mark: MasqueradeRule, added: MasqueradeRule): MasqueradeRule[] {
  return list.flatMap((rule) => (rule === mark ? [added, rule] : [rule]))
}

function insertAfter(list: readonly MasqueradeRule[], mark: MasqueradeRule, added: MasqueradeRule): MasqueradeRule[] {
  return list.flatMap((rule) => (rule === mark ? [rule, added] : [rule]))
}

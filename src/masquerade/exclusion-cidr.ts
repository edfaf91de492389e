import type { Setting } from '../cluster/settings.ts'
import type { ClusterNode } from '../cluster/snapshot.ts'
import type { Cidr } from '../core/cidr.ts'
import type { IpFamily } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import { atLeast } from './cilium-version.ts'
import { isStated, type PacketFacts } from './facts.ts'

/** The one destination CIDR that is never masqueraded (docs/masquerade.md, "Exclusion CIDR"), or why it cannot be told. */
export type ExclusionCidr =
  | { readonly known: true; readonly cidr: Cidr | null; readonly basis: string; readonly source: SourceRef | null }
  | { readonly known: false; readonly missing: string }

// Pod addresses come from subnets of the cloud, and an unset native-routing CIDR is detected.
const CLOUD_IPAM: ReadonlySet<string> = new Set(['eni', 'azure', 'alibabacloud'])

/** Whether the node's alloc CIDR says nothing about its pods' addresses. */
export function hasCloudIpam(facts: PacketFacts): boolean {
  return CLOUD_IPAM.has(facts.settings.ipam.value)
}

/** The node's primary pod CIDR of a family; `undefined` where not known. */
export function allocCidr(node: ClusterNode | null, family: IpFamily): Cidr | undefined {
  return node?.podCidrs.find((cidr) => cidr.family === family)
}

function nativeRoutingSetting(facts: PacketFacts): Setting<Cidr | null> {
  return facts.family === 4 ? facts.settings.ipv4NativeRoutingCidr : facts.settings.ipv6NativeRoutingCidr
}

/** Key of the setting in cilium-config. */
function nativeRoutingKey(facts: PacketFacts): string {
  return `ipv${facts.family}-native-routing-cidr`
}

/** Exclusion CIDR of BPF masquerading; with ip-masq-agent only a configured CIDR counts since 1.14. */
export function bpfExclusionCidr(facts: PacketFacts): ExclusionCidr {
  const setting = nativeRoutingSetting(facts)
  if (facts.settings.enableIpMasqAgent.value && atLeast(facts.version, 1, 14)) return configuredOnly(facts, setting)
  return exclusionOrFallback(facts, setting)
}

/** Exclusion CIDR of the iptables rules. */
export function iptablesExclusionCidr(facts: PacketFacts): ExclusionCidr {
  return exclusionOrFallback(facts, nativeRoutingSetting(facts))
}

function configuredOnly(facts: PacketFacts, setting: Setting<Cidr | null>): ExclusionCidr {
  const none: ExclusionCidr = {
    known: true,
    cidr: null,
    basis: `ip-masq-agent is on and ${nativeRoutingKey(facts)} is not set, so no exclusion CIDR exists`,
    source: facts.settings.enableIpMasqAgent.source,
  }
  if (setting.value === null || setting.origin === 'detected') return none
  // The status line shows the fallback too, which the datapath compiles out while the agent is on.
  const fallback = setting.origin === 'status' && (hasCloudIpam(facts) || isAllocCidr(facts, setting.value))
  return fallback ? none : named(facts, setting, setting.value)
}

function exclusionOrFallback(facts: PacketFacts, setting: Setting<Cidr | null>): ExclusionCidr {
  if (setting.value !== null) return named(facts, setting, setting.value)
  if (hasCloudIpam(facts)) {
    return {
      known: false,
      missing: `the CIDR that Cilium detected with ipam ${facts.settings.ipam.value} (cilium status)`,
    }
  }
  if (facts.routing !== 'tunnel' && !isStated(facts.settings, setting.origin)) {
    return { known: false, missing: `${nativeRoutingKey(facts)} (cilium-config)` }
  }
  const own = allocCidr(facts.node, facts.family)
  if (own === undefined) return { known: false, missing: `the pod CIDR of ${facts.node?.name ?? 'the sending node'}` }
  return {
    known: true,
    cidr: own,
    basis: `${nativeRoutingKey(facts)} is not set, so ${facts.node?.name}'s pod CIDR ${own.text}`,
    source: facts.node?.source ?? null,
  }
}

function named(facts: PacketFacts, setting: Setting<Cidr | null>, cidr: Cidr): ExclusionCidr {
  const how = setting.origin === 'detected' || setting.origin === 'status' ? ` (${setting.origin})` : ''
  return { known: true, cidr, basis: `${nativeRoutingKey(facts)} ${cidr.text}${how}`, source: setting.source }
}

function isAllocCidr(facts: PacketFacts, cidr: Cidr): boolean {
  return facts.node?.podCidrs.some((own) => own.text === cidr.text) ?? false
}

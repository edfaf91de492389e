import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'

export type Engine = 'bpf' | 'iptables' | 'installed' | 'off'

export type DecisionAction = 'masquerade' | 'preserve' | 'snat-to-cilium-host' | 'egress-gateway' | 'drop' | 'unknown'

/** Public rule ids; docs/masquerade.md has a section on each. */
export type RuleId =
  // BPF
  | 'off'
  | 'intra-node'
  | 'encapsulated'
  | 'egress-gateway-redirect'
  | 'device-not-covered'
  | 'host-masq-address'
  | 'reply'
  | 'egress-gateway'
  | 'exclusion-cidr'
  | 'host-endpoint'
  | 'no-snat-endpoint'
  | 'ip-masq-agent'
  | 'remote-node'
  | 'remote-node-skip-tunnel'
  | 'remote-node-masquerade'
  | 'local-endpoint'
  | 'not-local-endpoint'
  | 'nat-unsupported-proto'
  // iptables
  | 'node-set'
  | 'non-cluster'
  | 'route-source'
  | 'proxy-return'
  | 'host-to-cluster'
  | 'loopback'
  | 'hairpin'
  | 'no-rule'
  | 'no-postrouting'

/** What is asked: one packet, before translation, at the node that would translate it. Never the observed translation. */
export interface PacketQuery {
  readonly source: IpText
  readonly destination: IpText
  /** IANA number. */
  readonly protocol: number
  readonly sourcePort?: number | null
  readonly destinationPort?: number | null
  readonly icmpType?: number | null
  /** Node where the decision is made; told from the source's identity where left out. */
  readonly node?: string | null
  /** Device the packet leaves by; told from routes, else assumed covered, where left out. */
  readonly outInterface?: string | null
  /** The packet belongs to a connection that the destination opened. */
  readonly isReply?: boolean
  /** Rare facts of the packet, as `explain --fact` takes them. */
  readonly mark?: number | null
  /** Netfilter has DNATed the connection. */
  readonly dnat?: boolean
  /** ipcache entry of the destination is flagged "skip tunnel". */
  readonly skipTunnel?: boolean
  /** Source endpoint is flagged no-SNAT. */
  readonly noSnatEndpoint?: boolean
}

export interface TraceStep {
  /** Rule id, or for `installed` the chain and position such as `CILIUM_POST_nat:2`. */
  readonly rule: string
  readonly matched: boolean
  /** Why, in words, with the values compared. */
  readonly detail: string
  /** Line of configuration behind it. */
  readonly source: SourceRef | null
}

/** What the settings (or the installed rules) do with the packet, and every rule tried on the way. */
export interface Decision {
  readonly engine: Engine
  readonly action: DecisionAction
  /** Source address the packet leaves with; `null` where it is dropped, unknown, or one of several (`addresses`). */
  readonly address: IpText | null
  /**
   * All addresses that would be right where the exact one cannot be told (device not known); contains `address`.
   * Empty with action `masquerade`: an address of a node of which no address is known.
   */
  readonly addresses: readonly IpText[]
  /** Rule that decided; for `installed` the TraceStep rule. */
  readonly rule: RuleId | string
  /** Node the decision was made for; `null` where the source is no node's. */
  readonly node: string | null
  readonly trace: readonly TraceStep[]
  /** Facts the decision rests on that nothing stated: `Cilium version 1.17 assumed`, `device not known`. */
  readonly assumptions: readonly string[]
  /**
   * What would hold instead if an assumption is wrong, or, with action `unknown`, what may hold. An observation that
   * equals one of these is no proof of a contradiction.
   */
  readonly alternatives: readonly Alternative[]
  /** Node whose decision comes next: the packet is steered there untranslated (egress gateway). */
  readonly continuesAt: string | null
  /** Set where a known bug, or settings that exclude each other, keep the settings from doing what they ask for. */
  readonly defeat: Defeat | null
}

/** Another possible decision and what it hangs on. */
export interface Alternative {
  readonly action: DecisionAction
  readonly addresses: readonly IpText[]
  readonly rule: RuleId | string
  /** The condition in words: `the packet leaves by a device other than eth0`. */
  readonly when: string
}

/** The gap between what the settings ask for and what the datapath does with them. */
export interface Defeat {
  /** Code of the lint finding that says the same. */
  readonly code: string
  /** Why the settings have no effect, in words. */
  readonly reason: string
  /** What the settings ask for. */
  readonly intended: { readonly action: DecisionAction; readonly addresses: readonly IpText[] }
}

/** Signature of `decide()` in `masquerade/decide.ts`. */
export type Decide = (query: PacketQuery, cluster: ClusterSnapshot) => Decision

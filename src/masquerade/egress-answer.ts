import type { Cidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'

/** One gateway that a policy entry may send the packet to. */
export interface EgressGateway {
  /** `null` where no node matches the policy: the packet is dropped. */
  readonly node: string | null
  /** Egress IPs it may use; empty where none is usable, `null` where the gateway's devices or routes are not known. */
  readonly addresses: readonly IpText[] | null
}

/** What egress gateway policies do with a packet. */
export type EgressAnswer =
  | { readonly kind: 'none'; readonly detail: string }
  | { readonly kind: 'unclear'; readonly missing: string; readonly policy: string; readonly source: SourceRef }
  | {
      readonly kind: 'gateway'
      readonly policy: string
      readonly destination: Cidr
      readonly gateways: readonly EgressGateway[]
      readonly source: SourceRef
    }

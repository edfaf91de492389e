import type { ClusterNode } from '../cluster/snapshot.ts'
import { type IpFamily, type IpText, ipFamily } from '../core/ip.ts'
import { type Outcome, rewrite } from './rule.ts'

/** Source address that a translation gives, and what was taken for granted to name it. */
export interface ChosenAddress {
  /** The one address; `null` where several are equally likely or none is known. */
  readonly address: IpText | null
  readonly addresses: readonly IpText[]
  /** How it was chosen, in words. */
  readonly basis: string
  readonly assumptions: readonly string[]
  /** Addresses other releases would choose, with the condition. */
  readonly otherwise: readonly { readonly address: IpText; readonly when: string }[]
}

export function chosen(address: IpText, basis: string, extras: Partial<ChosenAddress> = {}): ChosenAddress {
  return { address, addresses: [address], basis, assumptions: [], otherwise: [], ...extras }
}

/** Addresses that Kubernetes lists for a node, InternalIP first. */
export function listedAddresses(node: ClusterNode, family: IpFamily): IpText[] {
  const ofType = (type: string): IpText[] =>
    node.addresses.filter((address) => address.type === type && ipFamily(address.ip) === family).map(({ ip }) => ip)
  return [...new Set([...ofType('InternalIP'), ...ofType('ExternalIP')])]
}

/**
 * What can be said where the node's devices are not known: one of the addresses Kubernetes lists for it.
 *
 * @see docs/masquerade.md, "Masquerade address".
 */
export function anyListedAddress(node: ClusterNode | null, family: IpFamily): ChosenAddress {
  if (node === null) {
    return {
      address: null,
      addresses: [],
      basis: 'an address of the sending node, which is not known',
      assumptions: ['sending node not known: any node address is accepted'],
      otherwise: [],
    }
  }
  const addresses = listedAddresses(node, family)
  const basis = `address of ${node.name}`
  const assumption = `addresses on ${node.name}'s devices not known (ip addr): any listed address of the node is accepted`
  const only = addresses.length === 1 ? (addresses[0] ?? null) : null
  return { address: only, addresses, basis, assumptions: [assumption], otherwise: [] }
}

/** The outcome of a masquerade to a chosen address. */
export function masqueradeTo(choice: ChosenAddress): Outcome {
  return rewrite('masquerade', choice.addresses, choice.address)
}

/** Chosen address in words. */
export function describeChoice(choice: ChosenAddress): string {
  if (choice.address !== null) return `${choice.address}, ${choice.basis}`
  return choice.addresses.length === 0 ? choice.basis : `${choice.addresses.join(' or ')}, ${choice.basis}`
}

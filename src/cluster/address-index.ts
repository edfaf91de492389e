import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { AddressBook, Identity, IdentityKind } from './address-book.ts'
import { CidrTable } from './cidr-table.ts'
import { IpTable } from './ip-table.ts'
import { specialAddress } from './special-addresses.ts'

/** What somebody says an address is. Claims on one address form a list, strongest first. */
export interface Claim {
  readonly kind: IdentityKind
  readonly name: string | null
  readonly node: string | null
  readonly basis: string
  readonly source: SourceRef | null
  /** Smaller is stronger, see {@link ClaimRank}. */
  readonly rank: number
  readonly addressType?: 'InternalIP' | 'ExternalIP' | 'other'
  readonly device?: string
  readonly remoteCluster?: boolean
  /** A node claim made by a pod on the host network: that pod, as `namespace/name`. */
  readonly hostNetworkPod?: string
}

/**
 * Strength of claims: `cluster-metadata-formats.md` §13 inside the nodes' own addresses, and between the kinds by how
 * directly the claim names the owner.
 */
export const ClaimRank = {
  Option: 0,
  /** Plus the rank of the address origin, below 20. */
  Node: 100,
  EgressPolicy: 120,
  RunningPod: 130,
  Service: 140,
  /** An address only `ip addr` shows: a service's VIP may sit on a device too. */
  OtherHostAddress: 150,
  AgentPod: 160,
  HostNetworkPod: 170,
  CompletedPod: 180,
} as const

/** A block and who its unlisted addresses belong to. */
export interface RangeClaim {
  readonly kind: IdentityKind
  readonly node: string | null
  readonly basis: string
  readonly source: SourceRef | null
  readonly remoteCluster?: boolean
}

interface Entry {
  readonly claim: Claim
  next: Entry | null
}

/** Address book over exact addresses and blocks. Filled once, then only asked. */
export class AddressIndex {
  private readonly exact = new IpTable<Entry>()
  private readonly ranges = new CidrTable<RangeClaim>()
  private readonly nodesKnown: boolean

  constructor(options: { readonly nodesKnown: boolean }) {
    this.nodesKnown = options.nodesKnown
  }

  /** Adds a claim, behind stronger ones on the same address and behind equal ones added before. */
  claim(ip: IpText, claim: Claim): void {
    const entry: Entry = { claim, next: null }
    const first = this.exact.get(ip)
    if (first === undefined || claim.rank < first.claim.rank) {
      entry.next = first ?? null
      this.exact.set(ip, entry)
      return
    }
    let at = first
    while (at.next !== null && at.next.claim.rank <= claim.rank) at = at.next
    entry.next = at.next
    at.next = entry
  }

  range(cidr: Parameters<CidrTable<RangeClaim>['add']>[0], claim: RangeClaim): void {
    const listed = claim.kind === 'service' ? 'no service listed' : 'no pod listed'
    this.ranges.add(cidr, { ...claim, basis: `in ${claim.basis}, ${listed}` })
  }

  /** All claims on an address, strongest first. */
  claims(ip: IpText): Claim[] {
    const found: Claim[] = []
    for (let entry = this.exact.get(ip) ?? null; entry !== null; entry = entry.next) found.push(entry.claim)
    return found
  }

  /** See {@link AddressBook.lookup}. */
  lookup(ip: IpText): Identity {
    const entry = this.exact.get(ip)
    if (entry !== undefined) return exactIdentity(ip, entry)
    const special = specialAddress(ip)
    if (special !== undefined) return plainIdentity(ip, special.kind, special.basis)
    const range = this.ranges.find(ip)
    if (range !== undefined) {
      const { kind, node, basis, source, remoteCluster } = range
      const identity = { ip, kind, name: null, node, basis, source }
      return remoteCluster ? { ...identity, remoteCluster } : identity
    }
    return this.nodesKnown
      ? plainIdentity(ip, 'external', 'no match')
      : plainIdentity(ip, 'unknown', 'no match, no nodes listed')
  }
}

function plainIdentity(ip: IpText, kind: IdentityKind, basis: string): Identity {
  return { ip, kind, name: null, node: null, basis, source: null }
}

function exactIdentity(ip: IpText, { claim, next }: Entry): Identity {
  const { kind, name, node, basis, source, addressType, device, remoteCluster } = claim
  const identity: Identity = { ip, kind, name, node, basis, source }
  // Nearly every address is a pod's alone.
  if (kind === 'pod' && next === null && !remoteCluster) return identity
  const extras = {
    ...(addressType === undefined ? {} : { addressType }),
    ...(device === undefined ? {} : { device }),
    ...(remoteCluster ? { remoteCluster } : {}),
  }
  return Object.assign(identity, extras, othersOf(claim, next))
}

/** What the weaker claims add: names of host-network pods, a device, and other owners. */
function othersOf(first: Claim, next: Entry | null): Partial<Identity> {
  const hostNetworkPods: string[] = first.hostNetworkPod === undefined ? [] : [first.hostNetworkPod]
  const alternatives: string[] = []
  let device = first.device
  for (let entry = next; entry !== null; entry = entry.next) {
    const { claim } = entry
    device ??= claim.device
    if (claim.hostNetworkPod !== undefined && first.kind === 'node') hostNetworkPods.push(claim.hostNetworkPod)
    else if (!sameOwner(first, claim)) alternatives.push(describe(claim))
  }
  return {
    ...(device === undefined ? {} : { device }),
    ...(hostNetworkPods.length === 0 ? {} : { hostNetworkPods }),
    ...(alternatives.length === 0 ? {} : { alternatives: [...new Set(alternatives)] }),
  }
}

function sameOwner(a: Claim, b: Claim): boolean {
  return a.kind === b.kind && (a.name === b.name || b.name === null)
}

function describe({ kind, name: owner, basis, hostNetworkPod }: Claim): string {
  const name = hostNetworkPod ?? owner
  return name === null ? `${kind} (${basis})` : `${kind} ${name} (${basis})`
}

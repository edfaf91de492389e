import { type IpText, parseIp } from '../core/ip.ts'
import type { Identity } from './address-book.ts'
import type { AddressFact } from './facts.ts'
import { groupBy } from './group-by.ts'
import type { ClusterNode, Pod, Service } from './snapshot.ts'

/** What names can stand for. */
export interface NamedThings {
  readonly nodes: readonly ClusterNode[]
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  /** Addresses beyond those; the services among them are the ones given by hand, which come without a Service object. */
  readonly addresses: readonly AddressFact[]
}

/**
 * Addresses by name, for names people type. The index is made when the first name is asked for: most runs ask for none, and
 * with a million pods it costs a second.
 */
export class NameIndex {
  private readonly things: NamedThings
  private readonly lookup: (ip: IpText) => Identity
  private pods: Map<string, Pod[]> | null = null

  constructor(things: NamedThings, lookup: (ip: IpText) => Identity) {
    this.things = things
    this.lookup = lookup
  }

  /** See {@link AddressBook.resolve}. */
  resolve(text: string): readonly Identity[] {
    const ip = parseIp(text)
    if (ip !== undefined) return [this.lookup(ip)]
    const [head = '', ...tail] = text.split('/')
    const rest = tail.join('/')
    switch (head) {
      case 'node':
        return this.nodeAddresses(rest)
      case 'cilium_host':
        return this.byName(rest)?.ciliumHost.map(this.lookup) ?? []
      case 'pod':
        return this.podAddresses(rest)
      case 'svc':
      case 'service':
        return this.serviceAddresses(rest)
      default:
        return this.anything(text)
    }
  }

  private anything(text: string): readonly Identity[] {
    for (const found of [this.nodeAddresses(text), this.podAddresses(text), this.serviceAddresses(text)]) {
      if (found.length > 0) return found
    }
    return []
  }

  private byName(name: string): ClusterNode | undefined {
    return this.things.nodes.find((node) => node.name === name)
  }

  /** InternalIPs first, then ExternalIPs; cilium_host has a name of its own. */
  private nodeAddresses(name: string): Identity[] {
    const addresses = this.byName(name)?.addresses ?? []
    return (['InternalIP', 'ExternalIP'] as const).flatMap((type) =>
      addresses.filter((address) => address.type === type).map(({ ip }) => this.lookup(ip)),
    )
  }

  /** `namespace/name`, or a name alone: then of the pods so called in any namespace. */
  private podAddresses(text: string): Identity[] {
    const [namespace, name] = text.includes('/') ? text.split('/') : [null, text]
    if (name === undefined || name === '') return []
    this.pods ??= groupBy(this.things.pods, (pod) => pod.name)
    return (this.pods.get(name) ?? [])
      .filter((pod) => namespace === null || pod.namespace === namespace)
      .flatMap((pod) => pod.ips.map((ip) => this.podIdentity(pod, ip)))
  }

  /** The pod asked for, even where the address has gone to another since. */
  private podIdentity(pod: Pod, ip: IpText): Identity {
    const owner = this.lookup(ip)
    const name = `${pod.namespace}/${pod.name}`
    if (owner.kind !== 'pod' || owner.name === name) return owner
    const alternatives = [`pod ${owner.name ?? ''} (${owner.basis})`]
    return {
      ip,
      kind: 'pod',
      name,
      node: pod.node,
      basis: `pod status.podIPs (${pod.phase})`,
      source: pod.source,
      alternatives,
    }
  }

  /** What was given by hand comes first, as it wins over files. */
  private serviceAddresses(text: string): Identity[] {
    const [namespace, name = ''] = text.includes('/') ? text.split('/') : [null, text]
    const isMeant = (owner: string): boolean =>
      namespace === null ? owner.endsWith(`/${name}`) : owner === `${namespace}/${name}`
    if (name === '') return []
    const given = this.things.addresses.filter(({ kind, name: owner }) => kind === 'service' && isMeant(owner ?? ''))
    const listed = this.things.services.filter((service) => isMeant(`${service.namespace}/${service.name}`))
    const ips = [
      ...given.map(({ ip }) => ip),
      ...listed.flatMap(({ clusterIps, loadBalancerIps, externalIps }) => [
        ...clusterIps,
        ...loadBalancerIps,
        ...externalIps,
      ]),
    ]
    return [...new Set(ips)].map((ip) => this.lookup(ip))
  }
}

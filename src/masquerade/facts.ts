import type { Identity } from '../cluster/address-book.ts'
import type { Settings } from '../cluster/settings.ts'
import type { ClusterNode, ClusterSnapshot } from '../cluster/snapshot.ts'
import { type IpFamily, ipFamily } from '../core/ip.ts'
import { type CiliumVersion, parseCiliumVersion } from './cilium-version.ts'
import type { PacketQuery } from './decision.ts'
import { destinationPlace, type Place, type SourceRole, sourceRole } from './endpoints.ts'
import { type OutDevice, type Routing, resolveOutDevice } from './out-device.ts'

/** One packet and what is known about it: all that a rule looks at. */
export interface PacketFacts {
  readonly query: PacketQuery
  readonly cluster: ClusterSnapshot
  readonly family: IpFamily
  /** Node where the decision is made; `null` where neither the question nor the addresses name one. */
  readonly node: ClusterNode | null
  /** Settings in force on that node. */
  readonly settings: Settings
  readonly version: CiliumVersion
  /** `null` where nothing says how the cluster routes: hand-given facts without `--routing`. */
  readonly routing: Routing
  readonly source: { readonly identity: Identity; readonly role: SourceRole }
  readonly destination: { readonly identity: Identity; readonly place: Place }
  readonly device: OutDevice
  /** True when the question is what the settings ask for, with known bugs and exclusions among settings left aside. */
  readonly intended: boolean
}

/** Looks up everything the rules ask about one packet. */
export function gatherFacts(query: PacketQuery, cluster: ClusterSnapshot): PacketFacts {
  const source = cluster.addressBook.lookup(query.source)
  const destination = cluster.addressBook.lookup(query.destination)
  const node = decidingNode(query, source, destination, cluster)
  const settings = cluster.settingsFor(node?.name ?? null)
  const place = destinationPlace(destination, node, cluster)
  const routing = isStated(settings, settings.routingMode.origin) ? settings.routingMode.value : null
  return {
    query,
    cluster,
    family: ipFamily(query.destination),
    node,
    settings,
    version: parseCiliumVersion(releaseOf(settings)),
    routing,
    source: { identity: source, role: sourceRole(source, node) },
    destination: { identity: destination, place },
    device: resolveOutDevice(query, node, place, settings, routing),
    intended: false,
  }
}

/** The node named in the question, else the source's, else the one that delivers to the destination. */
function decidingNode(
  query: PacketQuery,
  source: Identity,
  destination: Identity,
  cluster: ClusterSnapshot,
): ClusterNode | null {
  const named = query.node ?? source.node
  if (named) return cluster.nodesByName.get(named) ?? null
  if (source.kind === 'pod' || source.kind === 'unknown') return null
  return destination.node === null ? null : (cluster.nodesByName.get(destination.node) ?? null)
}

/** The full release where the inputs tell it, else `x.y`; some rules changed in a patch release. */
function releaseOf(settings: Settings): string {
  const release = settings.ciliumRelease?.value
  const version = settings.ciliumVersion.value
  return release?.replace(/^v/, '').startsWith(`${version}.`) ? release : version
}

/**
 * Whether a value is a fact. A default is one when a whole configuration was read, because the agent then takes it too;
 * with only a few facts given by hand it is a guess.
 */
export function isStated(settings: Settings, origin: string): boolean {
  if (origin !== 'default') return true
  for (const setting of settings.raw.values()) {
    if (['cilium-config', 'agent-config', 'node-config', 'helm-values'].includes(setting.origin)) return true
  }
  return false
}

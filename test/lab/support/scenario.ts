import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capturePcap, capturePcapng, captureText, type RunningCapture } from './captures.ts'
import { followConntrack, type TrackedConnection } from './ground-truth.ts'
import { writeMetadata } from './metadata.ts'
import { type Namespace, Namespaces } from './namespaces.ts'
import { buildCluster, type LabCluster, type LabHost, type LabNode, type LabPod } from './topology.ts'

export type ContradictionCode =
  | 'MASQUERADE_MISSING'
  | 'MASQUERADE_UNEXPECTED'
  | 'MASQUERADE_WRONG_ADDRESS'
  | 'CILIUM_HOST_LEAKED'
  | 'REVERSE_NAT_MISSING'
  | 'NODE_SNAT_UNEXPECTED'

/** The hosts of the lab under the names scenarios use. */
export interface Cast {
  readonly cluster: LabCluster
  readonly n1: LabNode
  readonly n2: LabNode
  /** Two pods of n1, one of n2. */
  readonly client: LabPod
  readonly second: LabPod
  readonly server: LabPod
  /** No node, on the nodes' LAN. */
  readonly outside: LabHost
}

/** One exchange of a scenario, and what a right tool must say of it past the SNAT point. */
export interface Exchange {
  readonly from: 'client' | 'second' | 'server' | 'n1' | 'outside'
  readonly to: 'outside' | 'n2' | 'server' | 'client' | 'n1'
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  /** The client binds it, so that the exchange is found again in every capture. */
  readonly sourcePort: number
  /** `null`: nothing is wrong with it. */
  readonly code: ContradictionCode | null
  /** Source it is given where that happens without connection tracking. */
  readonly rewrittenTo?: 'n1'
}

export interface Scenario {
  readonly name: string
  /** What was done to the cluster, in words. */
  readonly story: string
  /** cilium-config as the operator wrote it. */
  readonly config?: Readonly<Record<string, string>>
  /** Native where left out. */
  readonly routing?: 'native' | 'tunnel'
  /** Further metadata files, name to content. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Only both sides of the translation together show the fault: the translated side alone looks like another host's. */
  readonly needsPair?: boolean
  install(cast: Cast): void
  readonly exchanges: readonly Exchange[]
}

export const PORTS = { tcp: 80, udp: 5300, icmp: 0 } as const

/** A scenario that was played: where its captures lie, and what the kernel says happened. */
export interface PlayedScenario {
  readonly scenario: Scenario
  readonly folder: string
  readonly cluster: string
  /** Capture files by point. */
  readonly files: Readonly<Record<CapturePointName, string>>
  readonly truths: readonly ExchangeTruth[]
}

export type CapturePointName =
  | 'client-lxc'
  | 'client-pod'
  | 'n1-eth0'
  | 'n1-any'
  | 'n1-pcapng'
  | 'n2-eth0'
  | 'outside'
  | 'outside-text'

export interface ExchangeTruth {
  readonly exchange: Exchange
  readonly source: string
  readonly destination: string
  readonly destinationPort: number
  /** Source as it left the node, from the kernel's connection tracking; the original where it recorded no translation. */
  readonly translatedSource: string
  readonly translatedPort: number
}

/**
 * Plays a scenario in namespaces of its own: captures at every point, real traffic, the kernel's record of it.
 *
 * @param options.installed - Also keep each node's iptables-save and ipset among the metadata.
 */
export async function play(
  scenario: Scenario,
  folder: string,
  options: { installed?: boolean } = {},
): Promise<PlayedScenario> {
  const namespaces = new Namespaces()
  try {
    const cluster = buildCluster(namespaces, { routing: scenario.routing ?? 'native' })
    const cast = castOf(cluster)
    mkdirSync(folder, { recursive: true })
    await serve(cast)
    scenario.install(cast)
    const metadata = join(folder, 'cluster')
    writeMetadata(cluster, metadata, {
      installed: options.installed ?? false,
      ...(scenario.config ? { config: scenario.config } : {}),
      ...(scenario.metadata ? { files: scenario.metadata } : {}),
    })
    const stopFollowing = await followConntrack(cast.n1.namespace)
    const captures = await startCaptures(cast, folder)
    for (const exchange of scenario.exchanges) await exchangePackets(cast, exchange)
    await Promise.all(Object.values(captures).map((capture) => capture.stop()))
    const tracked = await stopFollowing()
    return {
      scenario,
      folder,
      cluster: metadata,
      files: Object.fromEntries(
        Object.entries(captures).map(([point, capture]) => [point, capture.file]),
      ) as PlayedScenario['files'],
      truths: scenario.exchanges.map((exchange) => truthOf(cast, exchange, tracked)),
    }
  } finally {
    await namespaces.cleanUp()
  }
}

function castOf(cluster: LabCluster): Cast {
  const [n1, n2] = cluster.nodes
  const [outside] = cluster.outside
  const [client, second] = n1?.pods ?? []
  const [server] = n2?.pods ?? []
  if (!n1 || !n2 || !outside || !client || !second || !server) throw new Error('the lab lacks a host')
  // The outside knows the way to n1's pods, as a router of the same site would.
  outside.namespace.exec('ip', ['route', 'add', '10.244.0.0/16', 'via', n1.ip])
  return { cluster, n1, n2, client, second, server, outside }
}

function hostOf(cast: Cast, name: Exchange['from'] | Exchange['to']): { namespace: Namespace; ip: string } {
  return cast[name]
}

async function serve(cast: Cast): Promise<void> {
  for (const name of ['outside', 'n1', 'n2', 'server', 'client'] as const) {
    await hostOf(cast, name).namespace.agent('listen', { port: PORTS.tcp })
    await hostOf(cast, name).namespace.agent('listenUdp', { port: PORTS.udp })
  }
}

async function startCaptures(cast: Cast, folder: string): Promise<Record<CapturePointName, RunningCapture>> {
  const file = (name: string): string => join(folder, name)
  const { n1, n2, client, second, outside } = cast
  const [a, b, c, d, e, f, g, h] = await Promise.all([
    capturePcap(n1.namespace, client.lxc, file('client-lxc.pcap')),
    capturePcap(client.namespace, 'eth0', file('client-pod.pcap')),
    capturePcap(n1.namespace, 'eth0', file('n1-eth0.pcap')),
    capturePcap(n1.namespace, 'any', file('n1-any.pcap')),
    capturePcapng(n1.namespace, [client.lxc, second.lxc, 'eth0'], file('n1.pcapng')),
    capturePcap(n2.namespace, 'eth0', file('n2-eth0.pcap')),
    capturePcap(outside.namespace, 'eth0', file('outside.pcap')),
    captureText(outside.namespace, 'outside1', 'eth0', file('outside.txt')),
  ])
  return {
    'client-lxc': a,
    'client-pod': b,
    'n1-eth0': c,
    'n1-any': d,
    'n1-pcapng': e,
    'n2-eth0': f,
    outside: g,
    'outside-text': h,
  }
}

async function exchangePackets(cast: Cast, exchange: Exchange): Promise<void> {
  const { namespace } = hostOf(cast, exchange.from)
  const { ip } = hostOf(cast, exchange.to)
  const localPort = exchange.sourcePort
  if (exchange.protocol === 'udp') await namespace.agent('sendUdp', { host: ip, port: PORTS.udp, localPort })
  else if (exchange.protocol === 'icmp') await namespace.agent('ping', { host: ip, identifier: localPort })
  else await namespace.agent('connect', { host: ip, port: PORTS.tcp, localPort })
}

function truthOf(cast: Cast, exchange: Exchange, tracked: readonly TrackedConnection[]): ExchangeTruth {
  const protocol = exchange.protocol ?? 'tcp'
  const source = hostOf(cast, exchange.from).ip
  const destination = hostOf(cast, exchange.to).ip
  const entry = tracked.find(
    (connection) =>
      connection.protocol === protocol && connection.source === source && connection.sourcePort === exchange.sourcePort,
  )
  return {
    exchange,
    source,
    destination,
    destinationPort: PORTS[protocol],
    translatedSource: exchange.rewrittenTo
      ? hostOf(cast, exchange.rewrittenTo).ip
      : (entry?.translatedSource ?? source),
    translatedPort: entry?.translatedPort ?? exchange.sourcePort,
  }
}

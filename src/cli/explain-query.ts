import type { AddressBook, Identity } from '../cluster/address-book.ts'
import { UsageError } from '../core/errors.ts'
import { ipFamily, parseIp } from '../core/ip.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { PacketQuery } from '../masquerade/decision.ts'

/** What `explain` asks about, as typed. */
export interface QueryOptions {
  readonly from: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'sctp'
  readonly sourcePort?: number
  readonly outInterface?: string
  readonly reply?: boolean
  readonly fact?: readonly string[]
  /** Deciding node. */
  readonly node?: string
}

export interface NamedQuery {
  readonly query: PacketQuery
  readonly source: Identity
  readonly destination: Identity
}

/**
 * Turns names and addresses into the packet to decide on. Where a name has addresses of both families, the one that both
 * ends share is taken, IPv4 first.
 *
 * @throws {UsageError} where a name is not in the metadata, a fact is not known, or ports are contradictory or have no meaning.
 */
export function parseQuery(options: QueryOptions, book: AddressBook): NamedQuery {
  const from = splitPort(options.from)
  const to = splitPort(options.to)
  if (from.port !== null && options.sourcePort !== undefined && from.port !== options.sourcePort) {
    throw new UsageError(`--from ${options.from} and --source-port ${options.sourcePort} name different ports`)
  }
  const sourcePort = options.sourcePort ?? from.port
  const port = sourcePort ?? to.port
  if (options.protocol === 'icmp' && port !== null) {
    throw new UsageError(`ICMP has no ports: leave out ${port}, or name another --protocol`)
  }
  const [source, destination] = samefamily(
    candidates('--from', from.name, book),
    candidates('--to', to.name, book),
    options,
  )
  const query: PacketQuery = {
    source: source.ip,
    destination: destination.ip,
    protocol: protocolOf(options.protocol, ipFamily(source.ip)),
    sourcePort,
    destinationPort: to.port,
    ...(options.node === undefined ? {} : { node: options.node }),
    ...(options.outInterface === undefined ? {} : { outInterface: options.outInterface }),
    ...(options.reply ? { isReply: true } : {}),
    ...factsOf(options.fact ?? []),
  }
  return { query, source, destination }
}

/** `10.0.0.1:80`, `[fd00::1]:80`, `pod/ns/name:80`, or any of them without a port. */
function splitPort(text: string): { name: string; port: number | null } {
  if (parseIp(text) !== undefined) return { name: text, port: null }
  const match = /^(?:\[([^\]]+)\]|(.+?))(?::(\d{1,5}))?$/.exec(text)
  const name = match?.[1] ?? match?.[2] ?? text
  const port = match?.[3] === undefined ? null : Number(match[3])
  if (port !== null && port > 65535) throw new UsageError(`"${text}": a port is at most 65535`)
  return { name, port }
}

function candidates(option: string, name: string, book: AddressBook): readonly [Identity, ...Identity[]] {
  const [first, ...rest] = book.resolve(name)
  if (first !== undefined) return [first, ...rest]
  throw new UsageError(
    `${option} "${name}" is no address and no pod, node or service of the metadata: write an address, pod/<namespace>/<name>, node/<name> or svc/<namespace>/<name>, and give the metadata with --cluster`,
  )
}

function samefamily(
  sources: readonly [Identity, ...Identity[]],
  destinations: readonly Identity[],
  { from, to }: QueryOptions,
): readonly [Identity, Identity] {
  for (const family of [4, 6] as const) {
    const source = sources.find(({ ip }) => ipFamily(ip) === family)
    const destination = destinations.find(({ ip }) => ipFamily(ip) === family)
    if (source !== undefined && destination !== undefined) return [source, destination]
  }
  throw new UsageError(`--from ${from} and --to ${to} have no address family in common`)
}

function protocolOf(name: QueryOptions['protocol'], family: 4 | 6): number {
  if (name === 'icmp') return family === 4 ? IpProtocol.Icmp : IpProtocol.Icmpv6
  return { tcp: IpProtocol.Tcp, udp: IpProtocol.Udp, sctp: IpProtocol.Sctp }[name]
}

type Facts = Pick<PacketQuery, 'mark' | 'dnat' | 'skipTunnel' | 'noSnatEndpoint' | 'icmpType'>

type ParseFact = (value: string) => Facts | undefined

const FACTS: ReadonlyMap<string, ParseFact> = new Map<string, ParseFact>([
  [
    'mark',
    (value) =>
      /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value) && Number(value) < 2 ** 32 ? { mark: Number(value) } : undefined,
  ],
  ['dnat', (value) => flag(value, (dnat) => ({ dnat }))],
  ['skip-tunnel', (value) => flag(value, (skipTunnel) => ({ skipTunnel }))],
  ['no-snat-endpoint', (value) => flag(value, (noSnatEndpoint) => ({ noSnatEndpoint }))],
  ['icmp-type', (value) => (/^\d{1,3}$/.test(value) && Number(value) < 256 ? { icmpType: Number(value) } : undefined)],
])

function flag(value: string, make: (on: boolean) => Facts): Facts | undefined {
  return value === 'true' || value === 'false' ? make(value === 'true') : undefined
}

function factsOf(texts: readonly string[]): Facts {
  let facts: Facts = {}
  for (const text of texts) {
    const at = text.indexOf('=')
    const parse = FACTS.get(text.slice(0, Math.max(0, at)))
    const fact = parse?.(text.slice(at + 1))
    if (fact === undefined) {
      const known = 'mark=0xa00, dnat=true, skip-tunnel=true, no-snat-endpoint=true, icmp-type=8'
      throw new UsageError(`--fact "${text}" is not known: write one of ${known}`)
    }
    facts = { ...facts, ...fact }
  }
  return facts
}

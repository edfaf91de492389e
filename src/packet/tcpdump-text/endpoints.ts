import { type IpWords, ipFamily, ipToWords, parseIp } from '../../core/ip.ts'
import type { PacketView } from '../packet-view.ts'
import { FAILURE, type Failure } from './outcome.ts'
import { servicePort } from './service-ports.ts'

/** Names of one text that get an address to stand for them. */
const MAX_NAMES = 65_536
/** Literal addresses whose words are remembered. */
const MAX_REMEMBERED = 4096

/**
 * First words of the stand-in addresses: IPv4 names count up from 240.0.0.0, which no host may have (RFC 1112 §4), IPv6
 * names in the discard-only prefix 100::/64 (RFC 6666).
 */
const IPV4_STAND_IN = 0xf0000000
const IPV6_STAND_IN = 0x01000000

interface Host {
  readonly words: IpWords
  /** Index of the name, −1 for a literal address. */
  readonly name: number
  readonly family: 4 | 6
}

/** Turns printed hosts and ports into words and numbers; gives each host name an address of its own. */
export class EndpointReader {
  /** Host names by {@link PacketView.srcName}. */
  readonly names: string[] = []
  readonly #named = new Map<string, Host>()
  readonly #literals = new Map<string, Host>()

  /**
   * Reads `host.port > host.port` tokens into a view.
   *
   * @param hasPorts - False where the protocol has none: the tokens are hosts then, dots and all.
   * @param version - By label or link header; 0 where neither says.
   * @returns A failure, or `undefined`.
   */
  read(
    view: PacketView,
    src: string,
    dst: string,
    hasPorts: boolean,
    version: 0 | 4 | 6,
    isUdp: boolean,
  ): Failure | undefined {
    const srcHost = hasPorts ? hostOf(src) : src
    const dstHost = hasPorts ? hostOf(dst) : dst
    const family = version === 0 ? (this.#literalFamily(srcHost) ?? this.#literalFamily(dstHost) ?? 4) : version
    const source = this.#host(srcHost, family)
    const destination = this.#host(dstHost, family)
    if (source === undefined || destination === undefined) return FAILURE.tooManyNames
    view.ipVersion = family
    setSource(view, source)
    setDestination(view, destination)
    return hasPorts
      ? this.readPorts(view, src.slice(srcHost.length + 1), dst.slice(dstHost.length + 1), isUdp)
      : undefined
  }

  /** Reads a pair of ports, numbers or names. */
  readPorts(view: PacketView, src: string, dst: string, isUdp: boolean): Failure | undefined {
    const srcPort = parsePort(src, isUdp)
    const dstPort = parsePort(dst, isUdp)
    if (srcPort === undefined || dstPort === undefined) return FAILURE.portName
    view.srcPort = srcPort
    view.dstPort = dstPort
    return undefined
  }

  /** Whether a token can be read as host and port. */
  hasPort(token: string, isUdp: boolean): boolean {
    const host = hostOf(token)
    if (host === '' || host === token || parsePort(token.slice(host.length + 1), isUdp) === undefined) return false
    // Four numbers are an IPv4 address, not one of three with a port; the same goes for an IPv6 address with a zone or tail.
    return parseIp(token) === undefined || parseIp(host) !== undefined
  }

  #literalFamily(host: string): 4 | 6 | undefined {
    const literal = parseIp(host)
    return literal === undefined ? undefined : ipFamily(literal)
  }

  #host(text: string, family: 4 | 6): Host | undefined {
    const known = this.#literals.get(text) ?? this.#named.get(`${family} ${text}`)
    if (known !== undefined) return known
    const literal = parseIp(text)
    if (literal === undefined) return this.#nameHost(text, family)
    const host = { words: ipToWords(literal), name: -1, family: ipFamily(literal) }
    if (this.#literals.size >= MAX_REMEMBERED) this.#literals.clear()
    this.#literals.set(text, host)
    return host
  }

  #nameHost(name: string, family: 4 | 6): Host | undefined {
    const index = this.names.length
    if (index >= MAX_NAMES || name.length > 255) return undefined
    this.names.push(name)
    const words: IpWords = family === 4 ? [0, 0, 0xffff, IPV4_STAND_IN + index] : [IPV6_STAND_IN, 0, 0, index]
    const host: Host = { words, name: index, family }
    this.#named.set(`${family} ${name}`, host)
    return host
  }
}

/** What stands before the last dot. */
function hostOf(token: string): string {
  const dot = token.lastIndexOf('.')
  return dot < 0 ? token : token.slice(0, dot)
}

function parsePort(text: string, isUdp: boolean): number | undefined {
  if (/^\d{1,5}$/.test(text)) {
    const port = Number(text)
    return port <= 0xffff ? port : undefined
  }
  return servicePort(text, isUdp) ?? servicePort(text, !isUdp)
}

function setSource(view: PacketView, { words, name }: Host): void {
  view.src0 = words[0]
  view.src1 = words[1]
  view.src2 = words[2]
  view.src3 = words[3]
  view.srcName = name
}

function setDestination(view: PacketView, { words, name }: Host): void {
  view.dst0 = words[0]
  view.dst1 = words[1]
  view.dst2 = words[2]
  view.dst3 = words[3]
  view.dstName = name
}

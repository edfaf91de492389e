import { IpProtocol } from '../core/protocol.ts'

/**
 * Zeek's `likely_server_ports` of a default run: which side of a conversation without a beginning is the server.
 *
 * @see zeek scripts/base/protocols, `redef likely_server_ports`; listed in the flow reference, 1.2
 */
const TCP_SERVER_PORTS: readonly number[] = [
  21, 22, 25, 53, 79, 80, 81, 88, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636, 989, 990,
  992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669,
  8000, 8080, 8888, 20000,
]

const UDP_SERVER_PORTS: readonly number[] = [
  53, 67, 68, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3389, 3544, 4011, 4754, 4789, 5060, 5072, 5353,
  5355, 6081, 20000,
]

/** Ports that cluster metadata names as service or container ports, to be told from packets without a beginning. */
export interface ServerPorts {
  readonly tcp?: Iterable<number>
  readonly udp?: Iterable<number>
}

/** Tells which ports a server listens on, by protocol. */
export class ServerPortTable {
  readonly #tcp: Uint8Array
  readonly #udp: Uint8Array

  constructor(more: ServerPorts = {}) {
    this.#tcp = portSet(TCP_SERVER_PORTS, more.tcp)
    this.#udp = portSet(UDP_SERVER_PORTS, more.udp)
  }

  /** Whether a port is one of a server; protocols other than TCP and UDP have none. */
  has(protocol: number, port: number): boolean {
    if (protocol === IpProtocol.Tcp) return this.#tcp[port] === 1
    return protocol === IpProtocol.Udp && this.#udp[port] === 1
  }
}

function portSet(ports: readonly number[], more: Iterable<number> = []): Uint8Array {
  const set = new Uint8Array(65536)
  for (const port of [...ports, ...more]) set[port] = 1
  return set
}

import type { Random } from '../fuzz/random.ts'
import {
  concat,
  ethernet,
  extension,
  geneve,
  gre,
  icmpEcho,
  ipInIp,
  mpls,
  pppoe,
  sctp,
  snap,
  tcp,
  udp,
  vxlan,
} from './packet-builder.ts'
import { etherTypeOf } from './packet-link.ts'
import { addressOctets, uints } from './packet-octets.ts'

const HOSTS = { 4: ['10.244.0.101', '172.17.0.6', '192.168.1.9'], 6: ['fd00::1', 'fd00::2', '2001:db8::5'] } as const
/** Ports that no decoder claims. */
const FIRST_PORT = 30_000
const PORTS = 14_000

interface Fields {
  readonly src: string
  readonly dst: string
  readonly isV6: boolean
  readonly ip: object
}

function fieldsOf(random: Random): Fields {
  const isV6 = random.chance(40)
  const hosts = HOSTS[isV6 ? 6 : 4]
  const ip = { ttl: 2 + random.below(250), id: random.below(65536), ...(isV6 ? v6Fields(random) : v4Fields(random)) }
  return { src: random.pick(hosts), dst: random.pick(hosts), isV6, ip }
}

function v4Fields(random: Random): object {
  return {
    // No operation, and router alert (RFC 2113).
    ...(random.chance(15) ? { ipOptions: random.pick([Uint8Array.of(1, 1, 1, 0), Uint8Array.of(148, 4, 0, 0)]) } : {}),
    // Segmentation offload.
    ...(random.chance(5) ? { length: 0 } : {}),
    dontFragment: random.chance(50),
  }
}

/** A segment routing header whose only segment is reached, RFC 8754 §2. */
const SEGMENT_ROUTING = {
  protocol: 43,
  rest: concat(uints([8, 2], [8, 4], [8, 0], [8, 0], [8, 0], [16, 0]), addressOctets('fd00::2')),
}

function v6Fields(random: Random): object {
  const kinds = [
    extension.hopByHop(8),
    extension.destinationOptions(16),
    SEGMENT_ROUTING,
    extension.authentication(),
    extension.fragment(random.below(2 ** 32)),
  ]
  const first = random.below(kinds.length)
  return random.chance(30) ? { extensions: kinds.slice(first, first + 1 + random.below(3)) } : {}
}

/** An IP packet of one of the transports, within up to three tunnels. */
function packetOf(random: Random): Uint8Array {
  let packet = transportOf(random)
  for (let n = random.pick([0, 0, 0, 1, 1, 2, 3]); n > 0; n--) packet = tunnelOf(random, packet)
  return packet
}

function transportOf(random: Random): Uint8Array {
  const { src, dst, isV6, ip } = fieldsOf(random)
  const withPort = (host: string): string => `${isV6 ? `[${host}]` : host}:${FIRST_PORT + random.below(PORTS)}`
  const ends = { ...ip, src: withPort(src), dst: withPort(dst) }
  const payload = random.pick([0, 1, 18, 100, 1200])
  switch (random.below(8)) {
    case 0:
      return udp({ ...ends, payload })
    case 1:
      return sctp({ ...ends, payload: concat(uints([8, 10], [8, 0], [16, 4]), uints([8, 11], [8, 0], [16, 4])) })
    case 2:
      return icmpEcho({ ...ip, src, dst, id: random.below(65536), seq: random.below(65536), reply: random.chance(50) })
    default:
      return tcp({
        ...ends,
        flags: random.pick(['S', 'S.', '.', 'P.', 'F.', 'R', 'R.', 'P.U', 'SF', 'S.EW']),
        seq: random.pick([0, 2 ** 31, 2 ** 32 - 1, random.below(2 ** 32)]),
        ack: random.below(2 ** 32),
        window: random.pick([0, 1, 502, 65535]),
        options: tcpOptionsOf(random),
        payload,
      })
  }
}

function tcpOptionsOf(random: Random): Uint8Array {
  const kinds = [
    uints([8, 2], [8, 4], [16, random.below(65536)]),
    Uint8Array.of(3, 3, random.below(15)),
    Uint8Array.of(4, 2),
    uints([8, 8], [8, 10], [32, random.below(2 ** 32)], [32, random.below(2 ** 32)]),
    uints([8, 5], [8, 10], [32, 1], [32, 2]),
    Uint8Array.of(1),
  ]
  const first = random.below(kinds.length)
  const options = concat(...kinds.slice(first, first + random.below(4)))
  return concat(options, new Uint8Array((4 - (options.length % 4)) % 4))
}

function tunnelOf(random: Random, packet: Uint8Array): Uint8Array {
  const { src, dst, ip } = fieldsOf(random)
  const fields = { ...ip, src, dst, vni: random.below(2 ** 24) }
  switch (random.below(6)) {
    case 0:
      return vxlan({ ...fields, port: 4789 }, frameOf(random, packet))
    case 1:
      return geneve({ ...fields, options: new Uint8Array(4 * random.below(4)) }, frameOf(random, packet))
    case 2:
      return geneve({ ...fields, protocol: etherTypeOf(packet) }, packet)
    case 3:
      return gre({ ...fields, key: random.below(2 ** 32), checksum: random.chance(20) }, packet)
    case 4:
      return gre({ ...fields, protocol: 0x6558, sequence: 1 }, frameOf(random, packet))
    default:
      return ipInIp(fields, packet)
  }
}

function frameOf(random: Random, packet: Uint8Array): Uint8Array {
  const vlans = Array.from({ length: 1 + random.below(2) }, () => ({ id: random.below(4096) }))
  switch (random.below(8)) {
    case 0:
      return ethernet(packet, { vlans })
    case 1:
      return ethernet(mpls([16 + random.below(1000), 20], packet), { etherType: 0x8847 })
    case 2:
      return ethernet(pppoe(packet), { etherType: 0x8864, vlans: random.chance(50) ? vlans : [] })
    case 3:
      // More than 1500 octets have no length of IEEE 802.3.
      return packet.length < 1400 ? snap(packet) : ethernet(packet)
    default:
      return ethernet(packet)
  }
}

/** An Ethernet frame: tags, labels, tunnels, extension headers and options in any order; well formed. */
export function randomFrame(random: Random): Uint8Array {
  return frameOf(random, packetOf(random))
}

import { addressOctets, concat, internetChecksum, type Payload, toOctets, uints } from './packet-octets.ts'

/** Fields of an IP header; what is left out has a value that fits. Those of the other family are ignored. */
export interface IpFields {
  readonly ttl?: number
  readonly tos?: number
  /** IPv4 identification. */
  readonly id?: number
  readonly dontFragment?: boolean
  readonly moreFragments?: boolean
  /** Octets, a multiple of 8. */
  readonly fragmentOffset?: number
  /** IPv4 options, a multiple of 4 octets. */
  readonly ipOptions?: Uint8Array
  /** What the length field says: IPv4 total length, IPv6 payload length. Left out: the truth. */
  readonly length?: number
  /** IPv6 extension headers, outermost first. */
  readonly extensions?: readonly Extension[]
}

/** An IPv6 extension header: its protocol number and all octets but the first, which is the next header. */
export interface Extension {
  readonly protocol: number
  readonly rest: Uint8Array
}

/** A whole IP packet; the family is that of the addresses (without port). */
export function ip(
  fields: IpFields & { readonly src: string; readonly dst: string; readonly protocol: number },
  payload: Payload = 0,
): Uint8Array {
  return fields.src.includes(':') ? ipv6(fields, payload) : ipv4(fields, payload)
}

/** An IPv4 packet. */
export function ipv4(
  fields: IpFields & { readonly src: string; readonly dst: string; readonly protocol: number },
  payload: Payload = 0,
): Uint8Array {
  const data = toOctets(payload)
  const options = fields.ipOptions ?? new Uint8Array(0)
  const headerLength = 20 + options.length
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0)
  const header = concat(
    uints([8, 0x40 | (headerLength / 4)], [8, fields.tos ?? 0], [16, fields.length ?? headerLength + data.length]),
    uints([16, fields.id ?? 0], [16, flags | ((fields.fragmentOffset ?? 0) / 8)]),
    uints([8, fields.ttl ?? 64], [8, fields.protocol], [16, 0]),
    addressOctets(fields.src),
    addressOctets(fields.dst),
    options,
  )
  header.set(uints([16, internetChecksum(header)]), 10)
  return concat(header, data)
}

/** An IPv6 packet. */
export function ipv6(
  fields: IpFields & { readonly src: string; readonly dst: string; readonly protocol: number },
  payload: Payload = 0,
): Uint8Array {
  const data = toOctets(payload)
  const extensions = fields.extensions ?? []
  const chain = extensions.map(({ rest }, i) =>
    concat(uints([8, extensions[i + 1]?.protocol ?? fields.protocol]), rest),
  )
  const length = data.length + chain.reduce((sum, part) => sum + part.length, 0)
  return concat(
    uints([32, 0x60000000 + (fields.tos ?? 0) * 0x100000], [16, fields.length ?? (length > 0xffff ? 0 : length)]),
    uints([8, extensions[0]?.protocol ?? fields.protocol], [8, fields.ttl ?? 64]),
    addressOctets(fields.src),
    addressOctets(fields.dst),
    ...chain,
    data,
  )
}

/** IPv6 extension headers of every kind. */
export const extension = {
  hopByHop: (length = 8): Extension => ({ protocol: 0, rest: padded(length) }),
  destinationOptions: (length = 8): Extension => ({ protocol: 60, rest: padded(length) }),
  routing: (segmentsLeft = 0): Extension => ({ protocol: 43, rest: uints([8, 0], [8, 4], [8, segmentsLeft], [32, 0]) }),
  /** Jumbo payload option, RFC 2675 §2. */
  jumbo: (length: number): Extension => ({ protocol: 0, rest: uints([8, 0], [8, 0xc2], [8, 4], [32, length]) }),
  fragment: (id: number, offset = 0, more = false): Extension => ({
    protocol: 44,
    rest: uints([8, 0], [16, offset | (more ? 1 : 0)], [32, id]),
  }),
  /** Authentication header with an integrity value of 12 octets, RFC 4302 §2. */
  authentication: (): Extension => ({
    protocol: 51,
    rest: uints([8, 4], [16, 0], [32, 1], [32, 1], [32, 0], [32, 0], [32, 0]),
  }),
}

function padded(length: number): Uint8Array {
  const rest = new Uint8Array(length - 1)
  rest[0] = length / 8 - 1
  rest.set([1, length - 4], 1) // PadN over the rest
  return rest
}

/**
 * Splits an IP packet into fragments whose payload is at most `size` octets (a multiple of 8), in order.
 * IPv6 packets must have no extension headers.
 */
export function fragments(packet: Uint8Array, size: number, id = 0x1234): Uint8Array[] {
  const isV4 = (packet[0] ?? 0) >> 4 === 4
  const headerLength = isV4 ? ((packet[0] ?? 0) & 15) * 4 : 40
  const header = packet.slice(0, headerLength)
  const payload = packet.slice(headerLength)
  const pieces: Uint8Array[] = []
  for (let offset = 0; offset < payload.length; offset += size) {
    const data = payload.slice(offset, offset + size)
    const more = offset + size < payload.length
    pieces.push(isV4 ? fragmentV4(header, data, { id, offset, more }) : fragmentV6(header, data, { id, offset, more }))
  }
  return pieces
}

interface Fragment {
  readonly id: number
  readonly offset: number
  readonly more: boolean
}

function fragmentV4(header: Uint8Array, data: Uint8Array, { id, offset, more }: Fragment): Uint8Array {
  const copy = header.slice()
  copy.set(uints([16, header.length + data.length], [16, id], [16, (more ? 0x2000 : 0) | (offset / 8)]), 2)
  copy.set([0, 0], 10)
  copy.set(uints([16, internetChecksum(copy)]), 10)
  return concat(copy, data)
}

function fragmentV6(header: Uint8Array, data: Uint8Array, { id, offset, more }: Fragment): Uint8Array {
  const copy = header.slice()
  copy.set(uints([16, data.length + 8], [8, 44]), 4)
  return concat(copy, uints([8, header[6] ?? 0], [8, 0], [16, offset | (more ? 1 : 0)], [32, id]), data)
}

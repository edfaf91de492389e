import { type IpFields, ip } from './packet-ip.ts'
import {
  addressOctets,
  concat,
  internetChecksum,
  type Payload,
  parseEndpoint,
  toOctets,
  uints,
} from './packet-octets.ts'

/** Source and destination, `10.0.0.1:1234` or `[fd00::1]:1234`; the IP fields go to the header around. */
export interface Endpoints extends IpFields {
  readonly src: string
  readonly dst: string
}

/** TCP options by name, written in this order, padded with NOPs in front of the timestamps as Linux does. */
export interface TcpOptions {
  readonly mss?: number
  readonly sackPermitted?: boolean
  /** TSval and TSecr. */
  readonly timestamps?: readonly [number, number]
  readonly windowScale?: number
}

/** A TCP segment and its IP header. */
export interface TcpFields extends Endpoints {
  /** Letters of tcpdump: S F R P . (acknowledgment) U E W, and `e` for AE. Default `.`. */
  readonly flags?: string
  readonly seq?: number
  readonly ack?: number
  readonly window?: number
  readonly options?: TcpOptions | Uint8Array
  /** In 32-bit words; left out: the truth. */
  readonly dataOffset?: number
  readonly checksum?: number
  readonly urgentPointer?: number
  readonly payload?: Payload
}

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16, U: 32, E: 64, W: 128, e: 256 }

/** Control bits of letters as tcpdump prints them: `S.` is 0x12. */
export function tcpFlags(letters: string): number {
  return [...letters].reduce((bits, letter) => {
    const bit = FLAGS[letter]
    if (bit === undefined) throw new RangeError(`Not a TCP flag: "${letter}"`)
    return bits | bit
  }, 0)
}

/** An IP packet with a TCP segment: `tcp({ src: '10.0.0.1:1234', dst: '10.0.0.2:80', flags: 'S', seq: 1 })`. */
export function tcp(fields: TcpFields): Uint8Array {
  const options = fields.options instanceof Uint8Array ? fields.options : tcpOptions(fields.options ?? {})
  const dataOffset = fields.dataOffset ?? 5 + options.length / 4
  const segment = concat(
    uints([16, parseEndpoint(fields.src).port], [16, parseEndpoint(fields.dst).port]),
    uints([32, fields.seq ?? 0], [32, fields.ack ?? 0]),
    uints([16, dataOffset * 0x1000 + tcpFlags(fields.flags ?? '.')], [16, fields.window ?? 502]),
    uints([16, fields.checksum ?? 0], [16, fields.urgentPointer ?? 0]),
    options,
    toOctets(fields.payload),
  )
  return around(fields, 6, segment, fields.checksum === undefined ? 16 : -1)
}

/** Options as octets. */
export function tcpOptions(options: TcpOptions): Uint8Array {
  const parts: Uint8Array[] = []
  if (options.mss !== undefined) parts.push(uints([8, 2], [8, 4], [16, options.mss]))
  const timestamps =
    options.timestamps && uints([8, 8], [8, 10], [32, options.timestamps[0]], [32, options.timestamps[1]])
  if (options.sackPermitted) parts.push(Uint8Array.of(4, 2))
  else if (timestamps) parts.push(Uint8Array.of(1, 1))
  if (timestamps) parts.push(timestamps)
  else if (options.sackPermitted) parts.push(Uint8Array.of(1, 1))
  if (options.windowScale !== undefined) parts.push(Uint8Array.of(1, 3, 3, options.windowScale))
  return concat(...parts)
}

/** An IP packet with a UDP datagram; `udpLength` is what its length field says. */
export function udp(fields: Endpoints & { readonly payload?: Payload; readonly udpLength?: number }): Uint8Array {
  const payload = toOctets(fields.payload)
  const length = fields.udpLength ?? (payload.length + 8 > 0xffff ? 0 : payload.length + 8)
  const ports = uints([16, parseEndpoint(fields.src).port], [16, parseEndpoint(fields.dst).port])
  return around(fields, 17, concat(ports, uints([16, length], [16, 0]), payload), 6)
}

/** An IP packet with an SCTP packet; the payload are its chunks. */
export function sctp(fields: Endpoints & { readonly payload?: Payload }): Uint8Array {
  const ports = uints([16, parseEndpoint(fields.src).port], [16, parseEndpoint(fields.dst).port])
  return around(fields, 132, concat(ports, uints([32, 0x1234], [32, 0]), toOctets(fields.payload)), -1)
}

/** An echo request, or a reply, of the addresses' family. */
export function icmpEcho(
  fields: Endpoints & {
    readonly id?: number
    readonly seq?: number
    readonly reply?: boolean
    readonly payload?: Payload
  },
): Uint8Array {
  const isV6 = fields.src.includes(':')
  const type = isV6 ? (fields.reply ? 129 : 128) : fields.reply ? 0 : 8
  const rest = uints([16, fields.id ?? 1], [16, fields.seq ?? 1])
  return icmp({ ...fields, type, rest, payload: toOctets(fields.payload ?? 56) })
}

/** An ICMP error of the addresses' family that quotes an IP packet: the first `quoteLength` octets of it. */
export function icmpError(
  fields: Endpoints & {
    readonly type: number
    readonly code?: number
    readonly mtu?: number
    readonly quoted: Uint8Array
    readonly quoteLength?: number
  },
): Uint8Array {
  return icmp({ ...fields, rest: uints([32, fields.mtu ?? 0]), payload: fields.quoted.slice(0, fields.quoteLength) })
}

/** An ICMP message of the addresses' family: type, code, the four octets behind the checksum, and data. */
export function icmp(
  fields: Endpoints & {
    readonly type: number
    readonly code?: number
    readonly rest?: Uint8Array
    readonly payload?: Payload
  },
): Uint8Array {
  const rest = fields.rest ?? new Uint8Array(4)
  const message = concat(uints([8, fields.type], [8, fields.code ?? 0], [16, 0]), rest, toOctets(fields.payload))
  return around(fields, fields.src.includes(':') ? 58 : 1, message, 2)
}

/** Puts the IP header in front, and the checksum into `checksumAt` (−1: none). */
function around(fields: Endpoints, protocol: number, message: Uint8Array, checksumAt: number): Uint8Array {
  const src = parseEndpoint(fields.src).ip
  const dst = parseEndpoint(fields.dst).ip
  if (checksumAt >= 0) {
    const pseudo =
      protocol === 1
        ? new Uint8Array(0)
        : concat(addressOctets(src), addressOctets(dst), uints([32, message.length], [32, protocol]))
    message.set(uints([16, internetChecksum(concat(pseudo, message))]), checksumAt)
  }
  return ip({ ...fields, src, dst, protocol }, message)
}

import { ipToWords, parseIp } from '../../src/core/ip.ts'

/** Content of a packet: octets as they are, text as UTF-8, a number as that many octets of a pattern. */
export type Payload = Uint8Array | string | number

const PATTERN = 'abcdefghijklmnopqrstuvwxyz'

/** Octets of a {@link Payload}. */
export function toOctets(payload: Payload = 0): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  if (typeof payload === 'string') return new TextEncoder().encode(payload)
  return Uint8Array.from({ length: payload }, (_, i) => PATTERN.charCodeAt(i % PATTERN.length))
}

/** Joins octets, in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return join(parts)
}

/** Joins octets, in order; as many parts as there are. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Octets written as hexadecimal digits; spaces, line ends and `// comments` are ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\/\/.*$/gm, '').replace(/\s+/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new RangeError(`Not octets in hexadecimal: "${text}"`)
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** Big-endian integers: `uints([16, port], [32, seq])`. */
export function uints(...fields: readonly (readonly [bits: 8 | 16 | 24 | 32, value: number])[]): Uint8Array {
  const octets: number[] = []
  for (const [bits, value] of fields) {
    for (let shift = bits - 8; shift >= 0; shift -= 8) octets.push(Math.floor(value / 2 ** shift) % 256)
  }
  return Uint8Array.from(octets, (octet) => (octet + 256) % 256)
}

/** 4 or 16 octets of an address. */
export function addressOctets(text: string): Uint8Array {
  const ip = parseIp(text)
  if (ip === undefined) throw new RangeError(`Not an IP address: "${text}"`)
  const words = ipToWords(ip)
  const octets = concat(...words.map((word) => uints([32, word])))
  return ip.includes(':') ? octets : octets.slice(12)
}

/** An address with a port: `10.0.0.1:80`, `[fd00::1]:80`; without one, port 0. */
export function parseEndpoint(text: string): { ip: string; port: number } {
  const match = /^(?:\[(.+)\]:(\d+)|([^:]+):(\d+)|(.+))$/.exec(text)
  const ip = match?.[1] ?? match?.[3] ?? match?.[5] ?? ''
  return { ip, port: Number(match?.[2] ?? match?.[4] ?? 0) }
}

/** Internet checksum, RFC 1071. */
export function internetChecksum(octets: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < octets.length; i += 2) sum += (octets[i] ?? 0) * 256 + (octets[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

import ipaddr from 'ipaddr.js'

/**
 * An address in the cold parts of the program: canonical text, RFC 5952 for IPv6, dotted decimal for IPv4.
 * Two addresses are equal when their texts are. Per packet, addresses are four 32-bit words instead (see `PacketView`).
 */
export type IpText = string

export type IpFamily = 4 | 6

/** Four 32-bit words in network order, each 0 – 2³² − 1. IPv4 is 0, 0, 0xffff, address (RFC 4291 §2.5.5.2). */
export type IpWords = readonly [number, number, number, number]

// Strict forms only: ipaddr.js also takes octal, hexadecimal and short IPv4 forms, which no tool prints.
const IPV4_TEXT = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/**
 * Canonical form of an address as tools print it, or `undefined` where the text is no address.
 * A zone (`fe80::1%eth0`) is dropped. Leading zeros in IPv4 (`010.1.1.1`) are refused: readers disagree on them.
 */
export function parseIp(text: string): IpText | undefined {
  if (IPV4_TEXT.test(text)) return /(?:^|\.)0\d/.test(text) ? undefined : text
  if (!text.includes(':')) return undefined
  const zone = text.indexOf('%')
  const bare = zone < 0 ? text : text.slice(0, zone)
  if (!ipaddr.IPv6.isValid(bare)) return undefined
  return formatIpv6(bytesToWords(ipaddr.IPv6.parse(bare).toByteArray()))
}

/** Family of a canonical address. */
export function ipFamily(ip: IpText): IpFamily {
  return ip.includes(':') ? 6 : 4
}

/** Words of a canonical address (see {@link IpWords}). @throws {RangeError} when the text is no address. */
export function ipToWords(ip: IpText): IpWords {
  if (ipFamily(ip) === 4) {
    let value = 0
    for (const part of ip.split('.')) value = value * 256 + Number(part)
    if (!IPV4_TEXT.test(ip)) throw new RangeError(`Not an IP address: "${ip}"`)
    return [0, 0, 0xffff, value]
  }
  return bytesToWords(ipaddr.IPv6.parse(ip).toByteArray())
}

/**
 * Canonical text of an address given as words.
 *
 * @param family - 4 reads only `w3`; 6 reads all, so an IPv4-mapped IPv6 address stays IPv6 (`::ffff:10.0.0.1`).
 */
export function formatIp(family: IpFamily, w0: number, w1: number, w2: number, w3: number): IpText {
  if (family === 4) return `${w3 >>> 24}.${(w3 >>> 16) & 255}.${(w3 >>> 8) & 255}.${w3 & 255}`
  return formatIpv6([w0, w1, w2, w3])
}

function formatIpv6([w0, w1, w2, w3]: IpWords): IpText {
  // RFC 5952 §5: IPv4-mapped addresses in mixed notation.
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIp(4, 0, 0, 0, w3)}`
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff]
  return new ipaddr.IPv6(groups).toRFC5952String()
}

function bytesToWords(bytes: number[]): IpWords {
  const word = (at: number): number =>
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  return [word(0), word(4), word(8), word(12)]
}

/** Orders addresses: IPv4 before IPv6, then numerically. */
export function compareIp(a: IpText, b: IpText): number {
  const byFamily = ipFamily(a) - ipFamily(b)
  if (byFamily !== 0) return byFamily
  const wordsA = ipToWords(a)
  const wordsB = ipToWords(b)
  for (let i = 0; i < 4; i++) {
    const difference = (wordsA[i] ?? 0) - (wordsB[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

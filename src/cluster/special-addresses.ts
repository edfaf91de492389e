import { type Cidr, cidrContains, parseCidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import type { IdentityKind } from './address-book.ts'

interface SpecialRange {
  readonly cidr: Cidr
  readonly kind: IdentityKind
  readonly basis: string
}

const range = (text: string, kind: IdentityKind, basis: string): SpecialRange[] => {
  const cidr = parseCidr(text)
  return cidr === undefined ? [] : [{ cidr, kind, basis }]
}

/** Ranges whose meaning no cluster changes: RFC 6890 and RFC 4291. */
const SPECIAL: readonly SpecialRange[] = [
  ...range('127.0.0.0/8', 'loopback', 'loopback range 127.0.0.0/8'),
  ...range('::1/128', 'loopback', 'loopback address ::1'),
  ...range('169.254.0.0/16', 'link_local', 'link-local range 169.254.0.0/16'),
  ...range('fe80::/10', 'link_local', 'link-local range fe80::/10'),
  ...range('224.0.0.0/4', 'multicast', 'multicast range 224.0.0.0/4'),
  ...range('ff00::/8', 'multicast', 'multicast range ff00::/8'),
  ...range('255.255.255.255/32', 'multicast', 'limited broadcast'),
  ...range('0.0.0.0/32', 'unknown', 'unspecified address'),
  ...range('::/128', 'unknown', 'unspecified address'),
]

/** First octets and groups that any of the ranges can begin with: most addresses need no further test. */
const MAY_BE_SPECIAL = /^(?:0\.|127\.|169\.254\.|2[2-5]\d\.|::|f[ef])/

/** Meaning of an address by its range alone, `undefined` for ordinary unicast. */
export function specialAddress(ip: IpText): SpecialRange | undefined {
  if (!MAY_BE_SPECIAL.test(ip)) return undefined
  return SPECIAL.find(({ cidr }) => cidrContains(cidr, ip))
}

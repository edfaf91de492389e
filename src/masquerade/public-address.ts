import { type Cidr, cidrContains, parseCidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'

// cilium/cilium@v1.17.6 pkg/ip/ip.go initPrivatePrefixes().
const NOT_PUBLIC: readonly Cidr[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '::/128',
  '::1/128',
  '100::/64',
  '2001:2::/48',
  '2001:db8::/48',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => parseCidr(text) ?? [])

/** Whether Cilium counts an address as public when it picks a device's primary address. */
export function isPublicAddress(ip: IpText): boolean {
  return !NOT_PUBLIC.some((block) => cidrContains(block, ip))
}

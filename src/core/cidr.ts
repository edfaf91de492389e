import { formatIp, type IpFamily, type IpText, type IpWords, ipFamily, ipToWords, parseIp } from './ip.ts'

/** An address block; host bits are zero. */
export interface Cidr {
  readonly family: IpFamily
  /** Prefix length counted in the family's own bits: 0–32 or 0–128. */
  readonly prefix: number
  /** Network address as words, see {@link IpWords}. */
  readonly words: IpWords
  /** Canonical text, such as `10.244.0.0/16`. */
  readonly text: string
}

/**
 * Reads `address/prefix`; host bits are masked off as Cilium and the kernel do (`10.5.6.7/8` is `10.0.0.0/8`).
 *
 * @param options.bareAddress - Accept an address without a prefix as a /32 or /128.
 * @returns `undefined` where the text is no CIDR.
 */
export function parseCidr(text: string, options: { bareAddress?: boolean } = {}): Cidr | undefined {
  const slash = text.indexOf('/')
  if (slash < 0 && !options.bareAddress) return undefined
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (ip === undefined) return undefined
  const family = ipFamily(ip)
  const bits = family === 4 ? 32 : 128
  const prefixText = slash < 0 ? String(bits) : text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return undefined
  return makeCidr(ip, Number(prefixText))
}

/** Block of the given prefix length around an address. */
export function makeCidr(ip: IpText, prefix: number): Cidr {
  const family = ipFamily(ip)
  const mask = prefixMask(family, prefix)
  const words = ipToWords(ip).map((word, i) => (word & (mask[i] ?? 0)) >>> 0) as unknown as IpWords
  return { family, prefix, words, text: `${formatIp(family, ...words)}/${prefix}` }
}

/** Mask words of a prefix length; IPv4 counts from bit 96 of the common form. */
export function prefixMask(family: IpFamily, prefix: number): IpWords {
  const length = family === 4 ? prefix + 96 : prefix
  const word = (i: number): number => {
    const bits = Math.min(32, Math.max(0, length - 32 * i))
    return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  }
  return [word(0), word(1), word(2), word(3)]
}

/** Whether a block holds an address; false across families. */
export function cidrContains(cidr: Cidr, ip: IpText): boolean {
  if (ipFamily(ip) !== cidr.family) return false
  return wordsInCidr(cidr, ipToWords(ip))
}

/** Whether `inner` lies wholly inside `outer`. */
export function cidrContainsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.prefix <= inner.prefix && wordsInCidr(outer, inner.words)
}

function wordsInCidr(cidr: Cidr, words: IpWords): boolean {
  const mask = prefixMask(cidr.family, cidr.prefix)
  for (let i = 0; i < 4; i++) {
    if (((words[i] ?? 0) & (mask[i] ?? 0)) >>> 0 !== cidr.words[i]) return false
  }
  return true
}

import { type Cidr, makeCidr, prefixMask } from '../core/cidr.ts'
import { type IpText, type IpWords, ipFamily, ipToWords } from '../core/ip.ts'
import { ipv4Number } from './ip-table.ts'

/** Blocks of one prefix length. IPv4 by number; IPv6 nested by word, each level one of the four. */
interface Length4<T> {
  readonly prefix: number
  readonly mask: number
  readonly blocks: Map<number, T>
}
interface Length6<T> {
  readonly prefix: number
  readonly mask: IpWords
  readonly blocks: WordMap<T>
}
type WordMap<T> = Map<number, WordMap<T> | { readonly entry: T }>

/**
 * Longest-prefix match over address blocks of both families.
 *
 * One hash table for each prefix length in use, tried from the longest: clusters use a handful of lengths however many
 * blocks they have, so that a lookup costs the same with ten blocks and with ten thousand.
 */
export class CidrTable<T> {
  private readonly lengths4: Length4<T>[] = []
  private readonly lengths6: Length6<T>[] = []

  /** Adds a block; the first entry for a block stays. */
  add(cidr: Cidr, entry: T): void {
    const { family, prefix, words } = cidr
    if (family === 4) {
      const fresh = { prefix, mask: prefixMask(4, prefix)[3], blocks: new Map<number, T>() }
      const { blocks } = lengthOf(this.lengths4, fresh)
      if (!blocks.has(words[3])) blocks.set(words[3], entry)
    } else {
      const fresh = { prefix, mask: prefixMask(6, prefix), blocks: new Map() as WordMap<T> }
      insert(lengthOf(this.lengths6, fresh).blocks, words, entry)
    }
  }

  /** Entry of the longest block that holds the address. */
  find(ip: IpText): T | undefined {
    const number = ipv4Number(ip)
    if (number >= 0) {
      for (const { mask, blocks } of this.lengths4) {
        const found = blocks.get((number & mask) >>> 0)
        if (found !== undefined) return found
      }
      return undefined
    }
    if (this.lengths6.length === 0) return undefined
    const words = ipToWords(ip)
    for (const { mask, blocks } of this.lengths6) {
      const found = lookup(blocks, words, mask)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** The table of a prefix length, the longest first; the fresh one is taken in where there is none yet. */
function lengthOf<L extends { readonly prefix: number }>(lengths: L[], fresh: L): L {
  const known = lengths.find(({ prefix }) => prefix === fresh.prefix)
  if (known !== undefined) return known
  lengths.push(fresh)
  lengths.sort((a, b) => b.prefix - a.prefix)
  return fresh
}

function insert<T>(table: WordMap<T>, words: IpWords, entry: T): void {
  let level = table
  for (const word of words.slice(0, 3)) {
    const next = level.get(word)
    const map: WordMap<T> = next instanceof Map ? next : new Map()
    level.set(word, map)
    level = map
  }
  if (!level.has(words[3])) level.set(words[3], { entry })
}

function lookup<T>(table: WordMap<T>, words: IpWords, mask: IpWords): T | undefined {
  let level: WordMap<T> | { readonly entry: T } | undefined = table
  for (let i = 0; i < 4; i++) {
    if (!(level instanceof Map)) return undefined
    level = level.get(((words[i] ?? 0) & (mask[i] ?? 0)) >>> 0)
  }
  return level === undefined || level instanceof Map ? undefined : level.entry
}

/** The block of one address. */
export function hostBlock(ip: IpText): Cidr {
  return makeCidr(ip, ipFamily(ip) === 4 ? 32 : 128)
}

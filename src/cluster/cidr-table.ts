import { type Cidr, makeCidr, prefixMask } from '../core/cidr.ts'
import { type IpText, type IpWords, ipFamily, ipToWords } from '../core/ip.ts'

/** Nested by word: four levels hold any address, absent levels mean no entry. */
type WordMap<T> = Map<number, WordMap<T> | { readonly entry: T }>

/**
 * Longest-prefix match over address blocks of both families.
 *
 * One hash table for each prefix length in use, tried from the longest: clusters use a handful of lengths however many
 * blocks they have, so that a lookup costs the same with ten blocks and with ten thousand.
 */
export class CidrTable<T> {
  private readonly lengths: Record<
    4 | 6,
    { prefix: number; mask: IpWords; blocks: Map<string, T>; words: WordMap<T> }[]
  > = {
    4: [],
    6: [],
  }

  /** Adds a block; the first entry for a block stays. */
  add(cidr: Cidr, entry: T): void {
    const lengths = this.lengths[cidr.family]
    let table = lengths.find(({ prefix }) => prefix === cidr.prefix)
    if (table === undefined) {
      table = { prefix: cidr.prefix, mask: prefixMask(cidr.family, cidr.prefix), blocks: new Map(), words: new Map() }
      lengths.push(table)
      lengths.sort((a, b) => b.prefix - a.prefix)
    }
    if (table.blocks.has(cidr.text)) return
    table.blocks.set(cidr.text, entry)
    insert(table.words, cidr.words, entry)
  }

  /** Entry of the longest block that holds the address. */
  find(ip: IpText): T | undefined {
    const lengths = this.lengths[ipFamily(ip)]
    if (lengths.length === 0) return undefined
    const words = ipToWords(ip)
    for (const { mask, words: table } of lengths) {
      const found = lookup(table, words, mask)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function insert<T>(table: WordMap<T>, words: IpWords, entry: T): void {
  let level = table
  for (const word of words.slice(0, 3)) {
    const next = level.get(word)
    const map: WordMap<T> = next instanceof Map ? next : new Map()
    level.set(word, map)
    level = map
  }
  level.set(words[3], { entry })
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

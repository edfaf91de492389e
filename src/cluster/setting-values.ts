import { type Cidr, parseCidr } from '../core/cidr.ts'

/** Text of one setting as agents take it; `undefined` where it is no such value. Cilium-masquerade §8, "Parsing rules". */
export type ValueParser<T> = (text: string) => T | undefined

/** Booleans are `"true"`/`"false"`; the other spellings are accepted because Go and people write them. */
export const parseBoolean: ValueParser<boolean> = (text) => {
  const word = text.trim().toLowerCase()
  if (['true', '1', 'yes', 'on', 't', 'enabled'].includes(word)) return true
  if (['false', '0', 'no', 'off', 'f', 'disabled', ''].includes(word)) return false
  return undefined
}

/** Blank- or comma-separated, or a JSON array. */
export const parseList: ValueParser<readonly string[]> = (text) => {
  const bare = text.trim().replace(/^\[(.*)\]$/s, '$1')
  return bare
    .split(/[\s,]+/)
    .map((word) => word.replace(/^["']|["']$/g, ''))
    .filter((word) => word !== '')
}

/** A block of one family, or nothing (`null`) where the text is empty. Agents do not start with a block of the other. */
export function parseOptionalCidr(family: 4 | 6): ValueParser<Cidr | null> {
  return (text) => {
    if (text.trim() === '' || text.trim() === '<nil>') return null
    const cidr = parseCidr(text.trim())
    return cidr?.family === family ? cidr : undefined
  }
}

export const parseOptionalText: ValueParser<string | null> = (text) => (text.trim() === '' ? null : text.trim())

export const parseText: ValueParser<string> = (text) => text.trim()

export const parsePort: ValueParser<number> = (text) => {
  const port = Number(text)
  return /^\d{1,5}$/.test(text.trim()) && port <= 65535 ? port : undefined
}

/** `30000,32767` or `30000-32767`, inclusive. */
export const parsePortRange: ValueParser<readonly [number, number]> = (text) => {
  const match = /^(\d{1,5})\s*[,-]\s*(\d{1,5})$/.exec(text.trim())
  if (match === null) return undefined
  const [low, high] = [Number(match[1]), Number(match[2])]
  return low <= high && high <= 65535 ? [low, high] : undefined
}

/** One of a few words, whatever the case. */
export function parseWord<T extends string>(...words: readonly T[]): ValueParser<T> {
  return (text) => words.find((word) => word === text.trim().toLowerCase())
}

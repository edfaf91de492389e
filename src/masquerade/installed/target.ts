import { compareIp, type IpText, parseIp } from '../../core/ip.ts'
import { optionText } from './match.ts'
import { parseMark } from './matches/connection.ts'
import type { RuleOption } from './options.ts'

/** What a rule does with a packet that matches. */
export type RuleTarget =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'masquerade' | 'notrack' | 'continue' | 'redirect' }
  /** Lowest and highest address, both inclusive; equal for one address. */
  | { readonly kind: 'snat'; readonly low: IpText; readonly high: IpText }
  | { readonly kind: 'dnat'; readonly low: IpText | null; readonly high: IpText | null; readonly port: number | null }
  /** `blur`: bits that take a value that is not known. */
  | { readonly kind: 'mark'; readonly clear: number; readonly flip: number; readonly blur: number }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'unknown'; readonly text: string }

// Targets that watch and let the packet go on.
const PASSIVE: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'TRACE', 'AUDIT', 'SET'])

/** Reads the target of a rule: `-j NAME` or `-g CHAIN` with the options after it. */
export function parseTarget(
  jump: RuleOption | undefined,
  options: readonly RuleOption[],
  chains: ReadonlySet<string>,
): RuleTarget {
  if (jump === undefined) return { kind: 'continue' }
  const name = jump.values[0] ?? ''
  if (jump.name === '-g' || jump.name === '--goto') return { kind: 'goto', chain: name }
  switch (name) {
    case 'ACCEPT':
      return { kind: 'accept' }
    case 'DROP':
    case 'REJECT':
      return { kind: 'drop' }
    case 'RETURN':
      return { kind: 'return' }
    case 'MASQUERADE':
      return { kind: 'masquerade' }
    case 'SNAT':
      return snat(options)
    case 'DNAT':
      return dnat(options)
    case 'REDIRECT':
      return { kind: 'redirect' }
    case 'MARK':
      return markTarget(options)
    case 'CONNMARK':
      return connmark(options)
    case 'NOTRACK':
      return { kind: 'notrack' }
    case 'CT':
      return options.some((option) => option.name === '--notrack') ? { kind: 'notrack' } : { kind: 'continue' }
    default:
      if (PASSIVE.has(name)) return { kind: 'continue' }
      // Own chains are written in the dump; built-in targets are upper case throughout and have options.
      return chains.has(name) || options.length === 0 ? { kind: 'jump', chain: name } : unknown(name, options)
  }
}

function unknown(name: string, options: readonly RuleOption[]): RuleTarget {
  return { kind: 'unknown', text: [name, ...options.map(optionText)].join(' ') }
}

/** `--to-source a[-b][:ports]`; several are taken by turns, which only ancient kernels knew. */
function snat(options: readonly RuleOption[]): RuleTarget {
  const given = options.filter((option) => option.name === '--to-source')
  const range = parseAddressRange(given[0]?.values[0] ?? '')
  if (given.length !== 1 || range === undefined || range.low === null || range.high === null)
    return unknown('SNAT', options)
  return { kind: 'snat', low: range.low, high: range.high }
}

function dnat(options: readonly RuleOption[]): RuleTarget {
  const given = options.filter((option) => option.name === '--to-destination')
  const range = parseAddressRange(given[0]?.values[0] ?? '')
  return given.length === 1 && range !== undefined ? { kind: 'dnat', ...range } : unknown('DNAT', options)
}

/** `10.0.0.1`, `10.0.0.1-10.0.0.9:80-90`, `:80`, `[fd00::1]:80`. */
function parseAddressRange(text: string): { low: IpText | null; high: IpText | null; port: number | null } | undefined {
  const bracketed = /^\[([^\]]+)\](?:-\[([^\]]+)\])?(?::(\d{1,5})(?:-\d{1,5}(?:\/\d{1,5})?)?)?$/.exec(text)
  const plain = /^([\d.]*)(?:-([\d.]+))?(?::(\d{1,5})(?:-\d{1,5}(?:\/\d{1,5})?)?)?$/.exec(text)
  const bare =
    text.split(':').length > 2 && bracketed === null ? /^([0-9a-f:.]+)(?:-([0-9a-f:.]+))?()$/i.exec(text) : null
  const match = bracketed ?? bare ?? plain
  if (match === null || text === '') return undefined
  const port = match[3] === undefined || match[3] === '' ? null : Number(match[3])
  if (match[1] === '' || match[1] === undefined) return port === null ? undefined : { low: null, high: null, port }
  const low = parseIp(match[1])
  const high = parseIp(match[2] ?? match[1])
  if (low === undefined || high === undefined || compareIp(low, high) > 0) return undefined
  return { low, high, port }
}

/** Only restoring touches the packet's mark, with a value that no dump shows. */
function connmark(options: readonly RuleOption[]): RuleTarget {
  if (!options.some((option) => option.name === '--restore-mark')) return { kind: 'continue' }
  const mask = parseMark(options.find((option) => option.name === '--nfmask')?.values[0] ?? '')
  return { kind: 'mark', clear: 0, flip: 0, blur: mask?.value ?? 0xffffffff }
}

/** All spellings come down to: clear the bits of a mask, then flip the bits of a value (iptables-extensions(8), MARK). */
function markTarget(options: readonly RuleOption[]): RuleTarget {
  const option = options[0]
  const parsed = parseMark(option?.values[0] ?? '')
  if (option === undefined || parsed === undefined || options.length !== 1) return unknown('MARK', options)
  const { value, mask } = parsed
  switch (option.name) {
    case '--set-xmark':
      return { kind: 'mark', clear: mask, flip: value, blur: 0 }
    case '--set-mark':
      return { kind: 'mark', clear: (mask | value) >>> 0, flip: value, blur: 0 }
    case '--and-mark':
      return { kind: 'mark', clear: ~value >>> 0, flip: 0, blur: 0 }
    case '--or-mark':
      return { kind: 'mark', clear: value, flip: value, blur: 0 }
    case '--xor-mark':
      return { kind: 'mark', clear: 0, flip: value, blur: 0 }
    default:
      return unknown('MARK', options)
  }
}

import { IDENTITY_KINDS, type Identity } from '../../cluster/address-book.ts'
import { type Cidr, cidrContains, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'

/** A side of a flow as an expectation names it. */
export interface Selector {
  /** As written. */
  readonly text: string
  readonly matches: (identity: Identity, port: number | null) => boolean
}

const KINDS: ReadonlySet<string> = new Set(IDENTITY_KINDS)

/**
 * Reads one selector: `any`, a kind, `pod/<namespace>/<name>`, `node/<name>`, `service/<namespace>/<name>`,
 * `<kind>/<name>`, a CIDR, or an address; an address and a name may carry `:port`.
 *
 * @returns `undefined` where the text is none of these.
 */
export function parseSelector(text: string): Selector | undefined {
  const trimmed = text.trim()
  if (trimmed === 'any') return { text, matches: () => true }
  const cidr = trimmed.includes('/') ? parseCidr(trimmed) : undefined
  if (cidr !== undefined) return inCidr(text, cidr)
  const { rest, port } = splitPort(trimmed)
  const matches = KINDS.has(rest) ? ofKind(rest) : (byAddress(rest) ?? byName(rest))
  if (matches === undefined || port === 'bad') return undefined
  return { text, matches: (identity, actual) => matches(identity) && (port === null || port === actual) }
}

type Match = (identity: Identity) => boolean

function ofKind(kind: string): Match {
  return (identity) => identity.kind === kind
}

function byAddress(text: string): Match | undefined {
  const ip = parseIp(/^\[.*\]$/.test(text) ? text.slice(1, -1) : text)
  return ip === undefined ? undefined : (identity) => identity.ip === ip
}

// A node's own addresses of every kind belong to it: its InternalIP and its cilium_host address have different kinds.
function byName(text: string): Match | undefined {
  const [, kind = '', name = ''] = /^([a-z_]+)\/([^\s:]+)$/.exec(text) ?? []
  if (!KINDS.has(kind) || name === '') return undefined
  if (kind === 'cilium_host' || kind === 'health' || kind === 'ingress') {
    return (identity) => identity.kind === kind && identity.node === name
  }
  return (identity) => identity.kind === kind && identity.name === name
}

function inCidr(text: string, cidr: Cidr): Selector {
  return { text, matches: ({ ip }) => cidrContains(cidr, ip) }
}

function splitPort(text: string): { rest: string; port: number | null | 'bad' } {
  const bracketed = /^(\[[^\]]+\])(?::(.*))?$/.exec(text)
  const plain = parseIp(text) === undefined ? /^([^:]*):([^:]*)$/.exec(text) : null
  const [, rest = text, port] = bracketed ?? plain ?? []
  if (port === undefined) return { rest, port: null }
  const number = Number(port)
  return { rest, port: /^\d{1,5}$/.test(port) && number <= 65535 ? number : 'bad' }
}

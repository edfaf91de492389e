import { Tunnel } from '../packet-view.ts'
import type { TextCursor } from './text-cursor.ts'

/** A tunnel header as printed. */
export interface TunnelText {
  readonly tunnel: Tunnel
  readonly vni: number
  /** Octets between the outer IP header and the inner link or IP header; `undefined` where they cannot be told. */
  readonly headerLength: number | undefined
  /** Octets of the outer packet's payload where they are printed (GRE). */
  readonly payloadLength?: number | undefined
  /** Whether an Ethernet header of 14 octets stands before the inner IP header. */
  readonly isEthernet: boolean
}

const UDP_LENGTH = 8

const GENEVE =
  /Geneve, Flags \[[^\]]*\](?:, vni 0x(?<vni>[0-9a-f]+))?(?<proto>, proto (?<type>[^,:(]*?) \(0x[0-9a-f]+\))?/y
const GENEVE_OPTIONS = /, options \[/y
const VXLAN = /(?:VXLAN|VXLAN-GPE), flags \[[^\]]*\] \(0x[0-9a-f]+\)(?:, \w+ [^,]+?)*?, vni (?<vni>\d+)(?:: )?/y
const OTV = /OTV, flags \[[^\]]*\] \(0x[0-9a-f]+\), overlay \d+, instance (?<vni>\d+)(?:: )?/y
const GRE = /GREv(?<version>\d)(?:, Flags \[(?<flags>[^\]]*)\])?/y
const GRE_FIELD =
  /, (?:key=0x(?<key>[0-9a-f]+)|(?:proto|seq|ack|call|off|sum|routing)[ =]?(?:0x[0-9a-f]+|[^,:]*)|[a-z]+ 0x[0-9a-f]+)/iy
const GRE_LENGTH = /,? ?length:? (?<length>\d+)/y

/** Reads the header of a UDP tunnel if one stands here; the cursor then stands at the inner packet. */
export function readUdpTunnel(cursor: TextCursor): TunnelText | undefined {
  const geneve = cursor.take(GENEVE)?.groups
  if (geneve !== undefined) return readGeneve(cursor, geneve)
  const vxlan = (cursor.take(VXLAN) ?? cursor.take(OTV))?.groups
  if (vxlan === undefined) return undefined
  cursor.nextLine()
  return { tunnel: Tunnel.Vxlan, vni: Number(vxlan.vni), headerLength: UDP_LENGTH + 8, isEthernet: true }
}

function readGeneve(cursor: TextCursor, groups: Record<string, string | undefined>): TunnelText {
  const options = readGeneveOptions(cursor)
  if (!cursor.skip(': ')) cursor.nextLine()
  // Without -e only other types than Ethernet are printed.
  const type = groups.type ?? 'TEB'
  const vni = groups.vni === undefined ? -1 : Number.parseInt(groups.vni, 16)
  const headerLength = options === undefined ? undefined : UDP_LENGTH + 8 + options
  return { tunnel: Tunnel.Geneve, vni, headerLength, isEthernet: type === 'TEB' }
}

/** Octets of the options, `undefined` where they are printed in words. */
function readGeneveOptions(cursor: TextCursor): number | undefined {
  if (cursor.take(GENEVE_OPTIONS) === null) return 0
  let depth = 1
  const start = cursor.at
  while (depth > 0 && !cursor.isAtEnd) {
    if (cursor.line[cursor.at] === '[') depth++
    if (cursor.line[cursor.at] === ']') depth--
    cursor.at++
  }
  const octets = /^(\d+) bytes/.exec(cursor.line.slice(start, cursor.at))
  return octets === null ? undefined : Number(octets[1])
}

/** tcpdump 3.8: the flags with `-v`, and nothing without. */
const OLD_GRE = /(?:gre )?\[[A-Za-z]*\] (?=IP)/y

/** Reads a GRE header if one stands here; the cursor then stands at the inner packet. */
export function readGre(cursor: TextCursor): TunnelText | undefined {
  if (cursor.take(OLD_GRE) !== null) return { tunnel: Tunnel.Gre, vni: -1, headerLength: undefined, isEthernet: false }
  const version = cursor.take(GRE)
  if (version === null) return undefined
  let key = -1
  let isEthernet = false
  for (let field = cursor.take(GRE_FIELD); field !== null; field = cursor.take(GRE_FIELD)) {
    if (field.groups?.key !== undefined) key = Number.parseInt(field.groups.key, 16)
    if (/TEB/.test(field[0])) isEthernet = true
  }
  const length = cursor.take(GRE_LENGTH)?.groups?.length
  if (!cursor.skip(': ')) cursor.nextLine()
  const payloadLength = length === undefined ? undefined : Number(length)
  return { tunnel: Tunnel.Gre, vni: key, headerLength: undefined, payloadLength, isEthernet }
}

import { protocolName } from '../core/protocol.ts'
import type { Flow } from '../flow/flow.ts'
import { escapeZeek, jsonText } from './escape.ts'
import { isVerdict, listedFlows, type RenderOptions, type Report } from './report.ts'

type Value = string | number | boolean | null

/** Columns of Zeek's conn.log with their Zeek types, then the tool's own. */
const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['resp_bytes', 'count'],
  ['conn_state', 'string'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'count'],
  ['history', 'string'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
  ['masq_verdict', 'string'],
  ['masq_code', 'string'],
  ['src_kind', 'string'],
  ['dst_kind', 'string'],
]

/** conn.log as Zeek's ASCII writer makes it: tab separated, described by its header lines. */
export function* zeek(report: Report, options: RenderOptions): Generator<string> {
  const [first] = report.captures
  const day = zeekDay(first?.timeKind === 'absolute' ? first.startSec : 0)
  yield `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t${day}\n`
  yield `#fields\t${COLUMNS.map(([name]) => name).join('\t')}\n`
  yield `#types\t${COLUMNS.map(([, type]) => type).join('\t')}\n`
  for (const flow of listedFlows(report, options)) yield `${connValues(flow).map(tsvText).join('\t')}\n`
  yield `#close\t${day}\n`
}

/** conn.log as Zeek's JSON writer makes it: an object a line, unset fields left out. */
export function* zeekJson(report: Report, options: RenderOptions): Generator<string> {
  for (const flow of listedFlows(report, options)) {
    const values = connValues(flow)
    const fields = COLUMNS.flatMap(([name, type], i) => {
      const value = values[i] ?? null
      if (value === null) return []
      return [[name, type === 'time' || type === 'interval' ? Number(value) : value] as const]
    })
    yield `${jsonText(Object.fromEntries(fields))}\n`
  }
}

function connValues(sighting: Report['flows'][number]): Value[] {
  const { flow, source, destination } = sighting
  const { forward, reverse } = flow
  // Zeek leaves duration and bytes unset for a flow of no duration.
  const timed = flow.zeekDurationSeconds > 0
  const [origPort, respPort] = zeekPorts(flow)
  const verdict = isVerdict(sighting) ? sighting : null
  return [
    `${flow.startSec}.${String(Math.floor(flow.startNsec / 1000)).padStart(6, '0')}`,
    `C${flow.id}`,
    flow.source.ip,
    origPort,
    flow.destination.ip,
    respPort,
    zeekProtocol(flow.protocol),
    null,
    timed ? flow.zeekDurationSeconds.toFixed(6) : null,
    timed ? forward.payloadBytes : null,
    timed ? reverse.payloadBytes : null,
    flow.connState,
    isLocal(source.kind),
    isLocal(destination.kind),
    forward.missedBytes + reverse.missedBytes,
    flow.history || null,
    forward.packets,
    forward.ipBytes,
    reverse.packets,
    reverse.ipBytes,
    verdict?.verdict ?? null,
    verdict?.code ?? null,
    source.kind,
    destination.kind,
  ]
}

function isLocal(kind: string): boolean | null {
  if (kind === 'unknown') return null
  return kind !== 'external' && kind !== 'multicast'
}

function zeekProtocol(protocol: number): string {
  const name = protocolName(protocol)
  if (name === 'icmpv6') return 'icmp'
  return name === 'tcp' || name === 'udp' || name === 'icmp' ? name : 'unknown_transport'
}

/** What answers a request, by type: Zeek shows it as the responder's port. Zeek's ICMP analyzer, `ICMP4_counterpart` and `ICMP6_counterpart`. */
const COUNTERPARTS: Readonly<Record<'v4' | 'v6', ReadonlyMap<number, number>>> = {
  v4: bothWays([
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
    [10, 9],
  ]),
  v6: bothWays([
    [128, 129],
    [130, 131],
    [133, 134],
    [135, 136],
    [139, 140],
    [144, 145],
  ]),
}

function bothWays(pairs: readonly (readonly [number, number])[]): Map<number, number> {
  return new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))
}

function zeekPorts({ icmp, family, source, destination }: Flow): [number, number] {
  if (icmp === null) return [source.port ?? 0, destination.port ?? 0]
  return [icmp.type, COUNTERPARTS[family === 4 ? 'v4' : 'v6'].get(icmp.type) ?? icmp.code]
}

function tsvText(value: Value): string {
  if (value === null) return '-'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  return typeof value === 'number' ? String(value) : escapeZeek(value)
}

// `2024-01-31-12-00-00`, as in Zeek's #open line.
function zeekDay(sec: number): string {
  return new Date(sec * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-')
}

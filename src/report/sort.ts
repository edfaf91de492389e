import { UsageError } from '../core/errors.ts'
import { compareIp, parseIp } from '../core/ip.ts'
import { toFlowRecord } from './records/flow-record.ts'
import type { FlowRecord } from './records/types.ts'
import { captureName, type Report } from './report.ts'

type Value = string | number | boolean | null

/** Short names for fields people sort by. */
const SHORT: Readonly<Record<string, string>> = {
  verdict: 'nat.verdict',
  code: 'nat.code',
  duration: 'durationSeconds',
  bytes: 'forward.payloadBytes',
  packets: 'forward.packets',
  state: 'tcp.connState',
  source: 'source.ip',
  destination: 'destination.ip',
}

/**
 * Orders the flows of a report by a field of their record (`start`, `source.ip`, `nat.code`), descending with `-` in front.
 * Addresses go by number, `null` goes last either way, and equal flows keep their order.
 *
 * @throws {UsageError} where no record has such a field.
 */
export function sortReport(report: Report, field: string): Report {
  const descending = field.startsWith('-')
  const path = SHORT[field.replace(/^-/, '')] ?? field.replace(/^-/, '')
  const keyed = report.flows.map((flow, place) => {
    const record = toFlowRecord(flow, captureName(report, flow.flow.capture))
    return { flow, place, key: valueAt(record, path) }
  })
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) throw unknownField(path, keyed[0]?.flow, report)
  keyed.sort((a, b) => compareValues(a.key ?? null, b.key ?? null, descending) || a.place - b.place)
  return { ...report, flows: keyed.map(({ flow }) => flow) }
}

function valueAt(record: FlowRecord, path: string): Value | undefined {
  // Captures without a date order by their offset.
  const value = path === 'start' ? (record.start ?? record.offsetSeconds) : walk(record, path.split('.'))
  return typeof value === 'object' && value !== null ? undefined : (value as Value | undefined)
}

function walk(value: unknown, path: readonly string[]): unknown {
  let inner = value
  for (const key of path) {
    if (inner === null) return null
    if (typeof inner !== 'object' || !Object.hasOwn(inner as object, key)) return undefined
    inner = (inner as Record<string, unknown>)[key]
  }
  return inner
}

function compareValues(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = compareKnown(a, b)
  return descending ? -order : order
}

/** Ids are numbers in text. */
const WHOLE_NUMBER = /^\d{1,15}$/

function compareKnown(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a === 'string' && typeof b === 'string') {
    if (parseIp(a) === a && parseIp(b) === b) return compareIp(a, b)
    if (WHOLE_NUMBER.test(a) && WHOLE_NUMBER.test(b)) return Number(a) - Number(b)
    return a < b ? -1 : a > b ? 1 : 0
  }
  return Number(a) - Number(b)
}

function unknownField(path: string, flow: Report['flows'][number] | undefined, report: Report): UsageError {
  const fields = flow === undefined ? [] : leaves(toFlowRecord(flow, captureName(report, flow.flow.capture)))
  const last = path.split('.').at(-1) ?? path
  const near = fields.filter((field) => last !== '' && field.toLowerCase().includes(last.toLowerCase())).slice(0, 4)
  const meant = near.length > 0 ? `did you mean ${near.join(', ')}? Others are` : 'such are'
  const some = [...Object.keys(SHORT), 'id', 'start', 'source.port', 'tcp.handshakeRttSeconds'].join(', ')
  return new UsageError(`--sort "${path}" is no field of the flow record: ${meant} ${some}`)
}

function leaves(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Array.isArray(inner)) return []
    return typeof inner === 'object' && inner !== null ? leaves(inner, `${prefix}${key}.`) : [`${prefix}${key}`]
  })
}

import { UsageError } from '../core/errors.ts'
import { compareIp, parseIp } from '../core/ip.ts'
import { toFlowRecord } from './records/flow-record.ts'
import type { FlowRecord } from './records/types.ts'
import { captureName, type Report } from './report.ts'
import { whereFields } from './where/fields.ts'

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

/** Orders the flows of a report. */
export type Sorter = (report: Report) => Report

/**
 * Sorter of flows by a field of their record (`start`, `source.ip`, `nat.code`), descending with `-` in front.
 * Addresses go by number, `null` goes last either way, and equal flows keep their order.
 *
 * @throws {UsageError} where records have no such field.
 */
export function compileSort(field: string): Sorter {
  const descending = field.startsWith('-')
  const name = field.replace(/^-/, '')
  const path = SHORT[name] ?? name
  if (!fieldNames().includes(path)) throw unknownField(path)
  return (report) => {
    const keyed = report.flows.map((flow, place) => {
      const record = toFlowRecord(flow, captureName(report, flow.flow.capture))
      return { flow, place, key: valueAt(record, path) }
    })
    keyed.sort((a, b) => compareValues(a.key, b.key, descending) || a.place - b.place)
    return { ...report, flows: keyed.map(({ flow }) => flow) }
  }
}

/**
 * Orders the flows of a report, see {@link compileSort}.
 *
 * @throws {UsageError} where records have no such field.
 */
export function sortReport(report: Report, field: string): Report {
  return compileSort(field)(report)
}

/** Paths of what a record holds one of. */
function fieldNames(): string[] {
  return [...whereFields()]
    .filter(([name, { paths, isList }]) => !isList && paths[0]?.join('.') === name)
    .map(([name]) => name)
}

function valueAt(record: FlowRecord, path: string): Value {
  // Captures without a date order by their offset.
  if (path === 'start') return record.start ?? record.offsetSeconds
  let value: unknown = record
  for (const key of path.split('.')) {
    if (value === null || value === undefined) return null
    value = (value as Record<string, unknown>)[key]
  }
  return (value ?? null) as Value
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

function unknownField(path: string): UsageError {
  const last = path.split('.').at(-1) ?? path
  const near = fieldNames()
    .filter((field) => last !== '' && field.toLowerCase().includes(last.toLowerCase()))
    .slice(0, 4)
  const meant = near.length > 0 ? `did you mean ${near.join(', ')}? Others are` : 'such are'
  const some = [...Object.keys(SHORT), 'id', 'start', 'source.port', 'tcp.handshakeRttSeconds'].join(', ')
  return new UsageError(`--sort "${path}" is no field of the flow record: ${meant} ${some}`)
}

import { describe, expect, test } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { zeek, zeekJson } from '../../src/report/zeek.ts'
import { capture, direction, flow, NODE, OUTSIDE, POD, render, report, verdict } from '../support/report-fixtures.ts'

const dated = { timeKind: 'absolute' as const, startSec: 1_706_702_400, startNsec: 1999 }

/** What a reader of Zeek's logs makes of the text: it knows the header lines and nothing else. */
function readLog(of: Report): { header: Map<string, string>; rows: Record<string, string>[] } {
  const lines = render(zeek, of).trimEnd().split('\n')
  const separator = lines[0] === '#separator \\x09' ? '\t' : ','
  const header = new Map(lines.filter((line) => line.startsWith('#')).map((line) => splitOnce(line.slice(1))))
  const fields = header.get('fields')?.split(separator) ?? []
  const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(separator))
  return { header, rows: rows.map((row) => Object.fromEntries(fields.map((field, i) => [field, row[i] ?? '']))) }
}

function splitOnce(line: string): [string, string] {
  const at = line.search(/[ \t]/)
  return [line.slice(0, at), line.slice(at + 1)]
}

const rowOf = (of: Parameters<typeof verdict>[0]) => readLog(report([verdict(of)])).rows[0]

describe('the header', () => {
  test("has the lines of Zeek's ASCII writer in its order, and a close that pairs with the open", () => {
    const text = render(zeek, report([verdict()], { captures: [capture(dated)] }))
    const keys = [...text.matchAll(/^#(\w+)/gm)].map(([, key]) => key)
    expect(keys).toEqual([
      ...['separator', 'set_separator', 'empty_field', 'unset_field', 'path', 'open'],
      ...['fields', 'types', 'close'],
    ])
    const { header } = readLog(report([], { captures: [capture(dated)] }))
    expect([header.get('open'), header.get('close')]).toEqual(['2024-01-31-12-00-00', '2024-01-31-12-00-00'])
  })

  test("names the columns of the contract, with Zeek's types for its own", () => {
    const { header } = readLog(report([]))
    const types = header.get('types')?.split('\t') ?? []
    const columns = header.get('fields')?.split('\t') ?? []
    expect(columns.slice(0, 20).map((name, i) => `${name}:${types[i]}`)).toEqual([
      ...['ts:time', 'uid:string', 'id.orig_h:addr', 'id.orig_p:port', 'id.resp_h:addr', 'id.resp_p:port'],
      ...['proto:enum', 'service:string', 'duration:interval', 'orig_bytes:count', 'resp_bytes:count'],
      ...['conn_state:string', 'local_orig:bool', 'local_resp:bool', 'missed_bytes:count', 'history:string'],
      ...['orig_pkts:count', 'orig_ip_bytes:count', 'resp_pkts:count', 'resp_ip_bytes:count'],
    ])
    expect(columns.slice(20)).toEqual(['masq_verdict', 'masq_code', 'src_kind', 'dst_kind'])
  })
})

describe('a row', () => {
  test('has microseconds, cut and not rounded up into the next one', () => {
    expect(rowOf({ flow: flow(dated) })?.ts).toBe('1706702400.000001')
    expect(rowOf({ flow: flow({ ...dated, startNsec: 999_999_999 }) })?.ts).toBe('1706702400.999999')
  })

  test('says which ends are of the cluster, and - where nobody knows', () => {
    const unknown = { ...OUTSIDE, kind: 'unknown' as const }
    expect(rowOf({ source: POD, destination: NODE })).toMatchObject({ local_orig: 'T', local_resp: 'T' })
    expect(rowOf({ source: OUTSIDE, destination: unknown })).toMatchObject({ local_orig: 'F', local_resp: '-' })
  })

  test('sums what either direction misses, and keeps 0 apart from unset', () => {
    const gaps = { forward: direction({ missedBytes: 3 }), reverse: direction({ missedBytes: 4 }) }
    expect(rowOf({ flow: flow(gaps) })).toMatchObject({ missed_bytes: '7', orig_bytes: '0', service: '-' })
  })

  test('of a protocol that Zeek has no name for is unknown_transport, without history or ports', () => {
    const ends = { source: { ip: '10.0.0.1', port: null }, destination: { ip: '10.0.0.2', port: null } }
    const row = rowOf({ flow: flow({ protocol: 50, tcp: null, history: '', ...ends }) })
    expect(row).toMatchObject({ proto: 'unknown_transport', history: '-', 'id.orig_p': '0', 'id.resp_p': '0' })
  })

  test('of a flow that nobody judged has no verdict', () => {
    const { flow: seen, source, destination, point } = verdict()
    const { rows } = readLog(report([], { command: 'flows', flows: [{ flow: seen, source, destination, point }] }))
    expect(rows[0]).toMatchObject({ masq_verdict: '-', masq_code: '-', src_kind: 'node' })
  })

  test('is an object of the same columns in JSON, times as numbers', () => {
    const line = render(zeekJson, report([verdict({ flow: flow(dated) })]))
    expect(line.endsWith('}\n')).toBe(true)
    const { header } = readLog(report([]))
    const record = JSON.parse(line) as Record<string, unknown>
    const columns = header.get('fields')?.split('\t') ?? []
    expect(Object.keys(record)).toEqual(columns.filter((name) => name !== 'service' && name !== 'masq_code'))
    expect(record).toMatchObject({
      ts: 1706702400.000001,
      orig_bytes: 75,
      local_orig: true,
      masq_verdict: 'consistent',
    })
  })
})

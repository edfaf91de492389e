import { describe, expect, test } from 'vitest'
import { toFlowRecord } from '../../src/report/records/flow-record.ts'
import {
  toCaptureRecord,
  toDecisionRecord,
  toExpectationRecord,
  toFindingRecord,
  toSummaryRecord,
} from '../../src/report/records/run-records.ts'
import {
  captureSchema,
  decisionSchema,
  expectationSchema,
  findingSchema,
  flowSchema,
  summarySchema,
} from '../../src/report/records/schemas.ts'
import { analysis, capture, decision, flow, leak, verdict } from '../support/report-fixtures.ts'

const TOOL = { name: 'masqcheck', version: '1.2.3' }

describe('toFlowRecord()', () => {
  test("gives the contract's example field for field", () => {
    expect(toFlowRecord(verdict(), 'nginx-eth0.txt')).toMatchObject({
      record: 'flow',
      id: '1',
      capture: 'nginx-eth0.txt',
      point: { kind: 'external', name: '49b71dac045f', interface: 'eth0', basis: 'prompt' },
      protocol: 'tcp',
      source: {
        ip: '172.17.0.4',
        port: 53938,
        kind: 'node',
        name: 'kind-worker',
        node: 'kind-worker',
        basis: 'node InternalIP',
      },
      destination: { ip: '172.17.0.6', port: 80, kind: 'external', name: null, node: null, basis: 'no match' },
      start: null,
      offsetSeconds: 42988.960087,
      durationSeconds: 0.001725,
      forward: { packets: 6, payloadBytes: 75, ipBytes: 395 },
      reverse: { packets: 4, payloadBytes: 238, ipBytes: 454 },
      tcp: {
        connState: 'SF',
        history: 'ShADadFf',
        originKnown: true,
        isn: { forward: 2618216972, reverse: 1746492749 },
        retransmissions: { forward: 0, reverse: 0 },
        outOfOrder: { forward: 0, reverse: 0 },
        duplicates: { forward: 0, reverse: 0 },
        missedBytes: { forward: 0, reverse: 0 },
        handshakeRttSeconds: 0.000231,
      },
      nat: {
        verdict: 'consistent',
        code: null,
        expected: { engine: 'bpf', action: 'masquerade', address: '172.17.0.4', rule: 'local-endpoint' },
        observed: { action: 'masquerade', address: '172.17.0.4', originalSource: null, confidence: 'medium' },
        connection: null,
        impact: null,
      },
    })
  })

  test('gives a date with nanoseconds, and then no offset', () => {
    const dated = flow({
      timeKind: 'absolute',
      startSec: 1_700_000_000,
      startNsec: 1,
      endSec: 1_700_000_001,
      endNsec: 0,
    })
    expect(toFlowRecord(verdict({ flow: dated }), 'x')).toMatchObject({
      start: '2023-11-14T22:13:20.000000001Z',
      offsetSeconds: null,
      durationSeconds: 0.999999999,
    })
  })

  test('gives neither date nor offset for a capture without times', () => {
    const timeless = flow({ timeKind: 'none', startSec: 0, startNsec: 0, endSec: 0, endNsec: 0 })
    expect(toFlowRecord(verdict({ flow: timeless }), 'x')).toMatchObject({ start: null, offsetSeconds: null })
  })

  test('keeps the reasons of a verdict without settings', () => {
    const record = toFlowRecord(verdict({ expected: null, verdict: 'not_applicable' }), 'x')
    expect(record.nat).toMatchObject({ expected: null, because: verdict().because })
  })

  test('leaves nat out of a flow that nobody judged', () => {
    const { flow: seen, source, destination, point } = verdict()
    expect(toFlowRecord({ flow: seen, source, destination, point }, 'x').nat).toBeNull()
  })

  test('marks ICMP by type, code and id, with no ports and no tcp', () => {
    const icmp = flow({
      protocol: 1,
      tcp: null,
      connState: 'OTH',
      source: { ip: '10.0.0.1', port: null },
      destination: { ip: '10.0.0.2', port: null },
      icmp: { type: 8, code: 0, id: 4711 },
    })
    expect(toFlowRecord(verdict({ flow: icmp }), 'x')).toMatchObject({
      protocol: 'icmp',
      source: { port: null },
      tcp: null,
      icmp: { type: 8, code: 0, id: 4711 },
    })
  })
})

describe('records satisfy their schemas', () => {
  const finding = {
    code: 'X',
    severity: 'error' as const,
    message: 'm',
    subject: 's',
    sources: [{ file: 'f' }, { file: 'f', line: 2 }],
    flows: [1, 2],
    confirm: 'c',
  }
  const warned = capture({ warnings: [{ code: 'capture-truncated', file: 'a.pcap', offset: 12, message: 'm' }] })
  const rows: [string, { parse(value: unknown): unknown }, unknown][] = [
    ['flow', flowSchema, toFlowRecord(verdict(), 'x')],
    ['contradictory flow', flowSchema, toFlowRecord(leak(2, { installed: decision({ engine: 'installed' }) }), 'x')],
    ['capture', captureSchema, toCaptureRecord(warned)],
    ['finding', findingSchema, toFindingRecord(finding)],
    ['expectation', expectationSchema, toExpectationRecord({ name: 'n', status: 'unmatched', flows: [], message: '' })],
    ['summary', summarySchema, toSummaryRecord(analysis([verdict(), leak(2)]).summary, TOOL)],
    ['decision', decisionSchema, toDecisionRecord(decision())],
  ]
  test.each(rows)('%s', (_, schema, record) => {
    const written = JSON.parse(JSON.stringify(record))
    expect(schema.parse(written)).toEqual(written)
  })

  test('a field too many is refused', () => {
    expect(() => flowSchema.parse({ ...toFlowRecord(verdict(), 'x'), extra: 1 })).toThrow(/extra/)
  })
})

test('toCaptureRecord() gives no times for a capture without packets', () => {
  expect(toCaptureRecord(capture({ packets: 0, timeKind: 'absolute', startSec: 0, endSec: 0 }))).toMatchObject({
    start: null,
    end: null,
    offsetSeconds: null,
  })
})

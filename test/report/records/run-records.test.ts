import { expect, test } from 'vitest'
import {
  toCaptureRecord,
  toDecisionRecord,
  toExpectationRecord,
  toFindingRecord,
  toSummaryRecord,
  toWhatIfRecords,
} from '../../../src/report/records/run-records.ts'
import { analysis, capture, decision, leak, verdict } from '../../support/report-fixtures.ts'

const TOOL = { name: 'masqcheck', version: '1.2.3' }

test('a capture has a date, or an offset, or neither, as its packets have', () => {
  const times = { startSec: 86_399, startNsec: 5, endSec: 86_400, endNsec: 0 }
  const record = (timeKind: 'absolute' | 'time-of-day' | 'none') => {
    const { start, end, offsetSeconds } = toCaptureRecord(capture({ timeKind, ...times }))
    return [start, end, offsetSeconds]
  }
  expect(record('absolute')).toEqual(['1970-01-01T23:59:59.000000005Z', '1970-01-02T00:00:00.000000000Z', null])
  expect(record('time-of-day')).toEqual([null, null, 86_399.000000005])
  expect(record('none')).toEqual([null, null, null])
})

test('a capture names each interface with the point it was taken at, or none', () => {
  const record = toCaptureRecord(capture())
  expect(record.interfaces).toMatchObject([
    { name: 'eth0', linkType: 1, filter: 'port 80', point: { kind: 'external', basis: 'prompt', side: 'after' } },
  ])
  expect(toCaptureRecord(capture({ points: [] })).interfaces[0]?.point).toBeNull()
})

test('flows are named by the ids that flow records have, which are texts', () => {
  const finding = { code: 'X', severity: 'info' as const, message: 'm', subject: 's', sources: [] }
  expect(toFindingRecord({ ...finding, flows: [1, 20] }).flows).toEqual(['1', '20'])
  expect(toFindingRecord(finding)).toMatchObject({ record: 'finding', flows: [], confirm: null })
  const expectation = { name: 'n', status: 'failed' as const, flows: [3], message: 'm' }
  expect(toExpectationRecord(expectation)).toMatchObject({ record: 'expectation', flows: ['3'] })
})

test('the summary closes a run: what was counted, and by which tool', () => {
  const { summary } = analysis([verdict(), leak(2), leak(3)])
  expect(toSummaryRecord(summary, TOOL)).toMatchObject({
    record: 'summary',
    schemaVersion: 1,
    tool: TOOL,
    flows: 3,
    verdicts: { consistent: 1, contradiction: 2, inconclusive: 0, not_applicable: 0 },
    codes: { MASQUERADE_MISSING: 2 },
    interrupted: false,
  })
})

test('a decision has its whole trace, with the line of the metadata behind each rule', () => {
  expect(toDecisionRecord(decision())).toMatchObject({
    record: 'decision',
    engine: 'bpf',
    action: 'masquerade',
    rule: 'local-endpoint',
    trace: [
      { rule: 'exclusion-cidr', matched: false, source: { file: 'cilium-config.yaml', line: 12 } },
      { rule: 'local-endpoint', matched: true, source: null },
    ],
  })
})

test('other settings are a record a flow, with both sides of it', () => {
  const after = verdict({ expected: decision({ action: 'preserve', address: null }) })
  const settings = ['enable-ipv4-masquerade=false']
  const [record, ...more] = toWhatIfRecords({ settings, changes: [{ before: leak(7), after }] })
  expect(more).toEqual([])
  expect(record).toMatchObject({
    record: 'what-if',
    flow: '7',
    settings,
    before: { verdict: 'contradiction', code: 'MASQUERADE_MISSING', expected: { action: 'masquerade' } },
    after: { verdict: 'consistent', code: null, expected: { action: 'preserve' } },
  })
})

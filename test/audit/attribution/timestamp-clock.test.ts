import { describe, expect, test } from 'vitest'
import { TimestampClocks } from '../../../src/audit/attribution/timestamp-clock.ts'
import { AuditContext } from '../../../src/audit/context.ts'
import { SightingPlacer } from '../../../src/audit/sighting.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const POD = 77
const HOST = 500_000
/** A connection of a pod under its own address; two of them on one clock calibrate the capture. */
const pod = (at: number, clock = POD, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `10.244.1.10:${41000 + at} > 9.9.9.9:80`,
  at,
  clock,
  ...facts,
})
const PODS = [pod(1), pod(3)]
/** A connection under the node's address. */
const node = (at: number, clock: number, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: `172.18.0.2:${41000 + at} > 1.1.1.1:443`,
  at,
  clock,
  ...facts,
})

interface Heard {
  /** Who is behind the anchor: the flow of the node whose sender other evidence settled. */
  readonly by: 'pod' | 'host'
  readonly anchor: FlowFacts
  readonly asked: FlowFacts
}

/** What the clocks say of a flow beside an anchor, with pods of the node in the same capture. */
function say(pods: readonly FlowFacts[], { by, anchor, asked }: Heard): string {
  const context = new AuditContext(aCluster(FIXTURE), { expected: () => ({}) as never, installed: () => null })
  const placer = new SightingPlacer(
    [aCapture({}), aCapture({ index: 1 })].map((one) => ({ ...one, points: [] })),
    context,
  )
  const clocks = new TimestampClocks(pods.map((facts) => placer.place(aFlow(facts))))
  clocks.anchor({ flow: aFlow({ id: 100, ...anchor }), origin: by }, 'n1')
  const vote = clocks.vote(aFlow({ id: 101, ...asked }), 'n1')
  return vote === null ? 'silent' : vote.says
}

describe('TimestampClocks.vote()', () => {
  const host: Heard = { by: 'host', anchor: node(4, HOST), asked: node(5, HOST) }
  const rows: [string, readonly FlowFacts[], Heard, string][] = [
    ["the host's clock", PODS, host, 'host'],
    ["the host's clock, 10 ms off", PODS, { ...host, asked: node(5, HOST + 10) }, 'host'],
    ["another than the host's, 11 ms off", PODS, { ...host, asked: node(5, HOST + 11) }, 'pod'],
    ["a pod's clock", PODS, { by: 'pod', anchor: node(4, POD), asked: node(5, POD) }, 'pod'],
    [
      "another than a pod's, which may be that of a third",
      PODS,
      { by: 'pod', anchor: node(4, POD), asked: node(5, HOST) },
      'silent',
    ],
    [
      'to another destination',
      PODS,
      { ...host, asked: node(5, HOST, { tuple: '172.18.0.2:41005 > 8.8.8.8:443' }) },
      'silent',
    ],
    ['in another capture', PODS, { ...host, asked: node(5, HOST, { capture: 1 }) }, 'silent'],
    ['one connection of a pod calibrates nothing', [pod(1)], host, 'silent'],
    ['pods of another capture calibrate nothing', PODS.map((facts) => ({ ...facts, capture: 1 })), host, 'silent'],
    ['clocks of each connection for itself', [...PODS, pod(6, 123_456)], host, 'silent'],
    ['a capture without times', PODS, { ...host, asked: node(5, HOST, { timeKind: 'none' }) }, 'silent'],
  ]
  test.each(rows)('%s', (_, pods, heard, expected) => {
    expect(say(pods, heard)).toBe(expected)
  })

  test('a clock that runs over 2³² between two connections is still one clock', () => {
    const wrapped = 2 ** 32 - ((Date.UTC(2025, 7, 1) + 4500) % 2 ** 32)
    expect(say(PODS, { by: 'host', anchor: node(4, wrapped), asked: node(5, wrapped) })).toBe('host')
  })

  test('the evidence names the flow it was compared with', () => {
    const context = new AuditContext(aCluster(FIXTURE), { expected: () => ({}) as never, installed: () => null })
    const placer = new SightingPlacer([{ ...aCapture({}), points: [] }], context)
    const clocks = new TimestampClocks(PODS.map((facts) => placer.place(aFlow(facts))))
    expect(clocks.isCalibrated).toBe(true)
    clocks.anchor({ flow: aFlow({ id: 42, ...node(4, HOST) }), origin: 'host' }, 'n1')
    const evidence = clocks.vote(aFlow({ id: 43, ...node(5, HOST) }), 'n1')?.evidence
    expect(evidence).toMatchObject({ kind: 'tcp-timestamp-clock', confidence: 'medium' })
    expect(evidence?.detail).toContain('flow 42')
  })
})

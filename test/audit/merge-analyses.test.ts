import { describe, expect, test } from 'vitest'
import type { Analysis } from '../../src/audit/analysis.ts'
import { type AssessOptions, assess } from '../../src/audit/assess.ts'
import { parseExpectations } from '../../src/audit/expectations.ts'
import { mergeAnalyses } from '../../src/audit/merge-analyses.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { aCluster, FIXTURE } from '../support/audit-cluster.ts'
import { aCapture, aFlow } from '../support/audit-flows.ts'
import { ETH0_OUT, LXC_IN } from '../support/audit-incident.ts'

const EAST = aCluster(FIXTURE)
const WEST = aCluster({
  ...FIXTURE,
  nodes: ['w1=172.19.0.2'],
  podCidrs: ['w1=10.244.1.0/24'],
  pods: ['default/web@w1=10.244.1.10'],
})

const ANY = (name: string, host: string, index: number) =>
  aCapture({ index, name, interfaces: [{ name: 'any', linkType: 276, host }] })
const CAPTURES = [
  { ...ANY('east.pcap', 'n1', 0), warnings: [{ code: 'capture-truncated', file: 'east.pcap', message: 'cut' }] },
  ANY('west.pcap', 'w1', 1),
]
// Flows of both captures interleave, as their times do. Each capture shows one connection on both sides of its SNAT point.
const FLOWS = [
  { id: 1, capture: 0, tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...LXC_IN },
  { id: 2, capture: 1, tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 2, tsVal: 2, ...LXC_IN },
  { id: 3, capture: 0, tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...ETH0_OUT },
  { id: 4, capture: 1, tuple: '172.19.0.2:40000 > 1.1.1.1:443', isn: 2, tsVal: 2, ...ETH0_OUT },
].map(aFlow)
const isOf = (capture: number) => (index: number) => index === capture

function part(capture: number, cluster: ClusterSnapshot, options: AssessOptions = {}): Analysis {
  return assess(
    FLOWS.filter((flow) => flow.capture === capture),
    CAPTURES,
    cluster,
    options,
  )
}

function merged(options: AssessOptions = {}, others: AssessOptions = options): Analysis {
  return mergeAnalyses([part(0, EAST, options), part(1, WEST, others)], CAPTURES, [isOf(0), isOf(1)])
}

describe('mergeAnalyses()', () => {
  test('hands a single analysis on as it is', () => {
    const only = part(0, EAST)
    expect(mergeAnalyses([only], CAPTURES, [() => true])).toBe(only)
  })

  test('puts the verdicts in the order of flows', () => {
    expect(merged().verdicts.map(({ flow, verdict }) => [flow.id, verdict])).toEqual([
      [1, 'consistent'],
      [2, 'consistent'],
      [3, 'consistent'],
      [4, 'consistent'],
    ])
  })

  test('keeps connections of different clusters apart, though each counts its own from 1', () => {
    const [a, b, c, d] = merged().verdicts.map(({ connection }) => connection)
    expect([a, b]).toEqual([c, d])
    expect(a).not.toBe(b)
    expect([a, b]).not.toContain(null)
  })

  test('gives each capture the points of the cluster that it belongs to', () => {
    expect(merged().captures.map(({ points }) => points.map(({ kind, name }) => [kind, name]))).toEqual([
      [['node', 'n1']],
      [['node', 'w1']],
    ])
  })

  test('counts every capture and its warnings once', () => {
    const { summary } = merged()
    expect(summary).toMatchObject({ captures: 2, packets: 20, flows: 4, verdicts: { consistent: 4 } })
    expect(summary.warnings.filter(({ code }) => code === 'capture-truncated')).toHaveLength(1)
  })

  test('was interrupted where any part was', () => {
    expect(merged().summary.interrupted).toBe(false)
    expect(merged({}, { interrupted: true }).summary.interrupted).toBe(true)
  })

  test('gathers the findings of all', () => {
    const finding = (subject: string) => ({ code: 'x', severity: 'info' as const, message: '', subject, sources: [] })
    const { findings } = merged({ findings: [finding('east')] }, { findings: [finding('west')] })
    expect(findings.map(({ subject }) => subject)).toEqual(['east', 'west'])
  })

  test('counts an expectation through all of them', () => {
    const yaml = 'expectations:\n  - { name: out, flow: { from: pod, to: external }, nat: masquerade, min: 2 }\n'
    const [result] = merged({ expectations: parseExpectations(yaml, 'e.yaml') }).expectations
    expect(result).toMatchObject({ name: 'out', status: 'passed' })
  })

  test('lists what other settings would change in the order of flows, connections kept apart', () => {
    const off = (cluster: Parameters<typeof aCluster>[0]) => ({
      cluster: aCluster({ ...cluster, masquerade: 'off' }),
      settings: ['masquerade=off'],
    })
    const west = {
      ...FIXTURE,
      nodes: ['w1=172.19.0.2'],
      podCidrs: ['w1=10.244.1.0/24'],
      pods: ['default/web@w1=10.244.1.10'],
    }
    const { whatIf } = merged({ otherwise: off(FIXTURE) }, { otherwise: off(west) })
    expect(whatIf?.settings).toEqual(['masquerade=off'])
    const changes = whatIf?.changes ?? []
    expect(changes.map(({ before }) => before.flow.id)).toEqual([1, 2, 3, 4])
    expect(changes[0]?.before.connection).not.toBe(changes[1]?.before.connection)
    expect(changes[1]?.after.connection).toBe(changes[1]?.before.connection)
  })
})

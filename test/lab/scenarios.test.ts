import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { analyze } from '../../src/audit/analyze.ts'
import type { Verdict } from '../../src/audit/verdict.ts'
import { FAULTS, HEALTHY } from './scenarios.ts'
import { labUnavailable } from './support/namespaces.ts'
import {
  type CapturePointName,
  type ExchangeTruth,
  type PlayedScenario,
  play,
  type Scenario,
} from './support/scenario.ts'

const unavailable = labUnavailable()
if (unavailable) console.log(`lab: skipped, ${unavailable}`)

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-lab-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const BEFORE: readonly CapturePointName[] = ['client-lxc', 'client-pod']
const AFTER: readonly CapturePointName[] = ['n1-eth0', 'outside', 'outside-text']
const BOTH: readonly CapturePointName[] = ['n1-any', 'n1-pcapng']

/** Where each capture was taken, as a user who knows would say it. */
const POINTS: Readonly<Record<CapturePointName, string>> = {
  'client-lxc': 'node/n1:lxcn1p1',
  'client-pod': 'pod/default/n1-p1',
  'n1-eth0': 'node/n1:eth0',
  'n1-any': 'node/n1',
  'n1-pcapng': 'node/n1',
  'n2-eth0': 'node/n2:eth0',
  outside: 'external/outside1',
  'outside-text': 'external/outside1',
}

/** Whether captures at these points show the translated side. */
const showsAfter = (points: readonly CapturePointName[]): boolean =>
  points.some((point) => AFTER.includes(point) || BOTH.includes(point) || point === 'n2-eth0')

/** Whether captures at these points show the exchange before translation. */
const showsBefore = (points: readonly CapturePointName[], truth: ExchangeTruth): boolean =>
  points.some((point) => BOTH.includes(point) || (BEFORE.includes(point) && truth.exchange.from === 'client'))

/** Whether captures at these points can show the exchange's fault at all. */
function canTell(scenario: Scenario, points: readonly CapturePointName[], truth: ExchangeTruth): boolean {
  // What enters a pod is changed on the way in: the node's device still shows the client's address.
  if (truth.exchange.code === 'NODE_SNAT_UNEXPECTED') {
    return points.some((point) => BEFORE.includes(point) || BOTH.includes(point))
  }
  return showsAfter(points) && (!scenario.needsPair || showsBefore(points, truth))
}

/**
 * Whether "inconclusive" is an honest answer: on the far side alone a node's address may be the node itself, a pod behind it, or
 * a client of a NodePort.
 */
function mayDoubt(points: readonly CapturePointName[], truth: ExchangeTruth, verdicts: readonly Verdict[]): boolean {
  return !showsBefore(points, truth) && verdicts.every((verdict) => verdict.source.kind === 'node')
}

async function verdictsAt(played: PlayedScenario, points: readonly CapturePointName[]): Promise<readonly Verdict[]> {
  const analysis = await analyze({
    captures: points.map((point) => played.files[point]),
    cluster: [played.cluster],
    at: points.map((point) => `${played.files[point]}=${POINTS[point]}`),
  })
  return analysis.verdicts
}

/** The exchange a flow belongs to, before or after translation. */
function truthOf(played: PlayedScenario, verdict: Verdict): ExchangeTruth | undefined {
  const { source, destination, icmp, protocol } = verdict.flow
  const numbers = { 6: 'tcp', 17: 'udp', 1: 'icmp' } as Readonly<Record<number, string>>
  return played.truths.find((truth) => {
    if (numbers[protocol] !== (truth.exchange.protocol ?? 'tcp') || truth.destination !== destination.ip) return false
    const port = icmp ? icmp.id : source.port
    const untranslated = source.ip === truth.source && port === truth.exchange.sourcePort
    const translated = source.ip === truth.translatedSource && port === truth.translatedPort
    return untranslated || translated
  })
}

function expectedKind(ip: string): string {
  if (/^10\.244\.\d+\.250$/.test(ip)) return 'cilium_host'
  if (ip.startsWith('10.244.')) return 'pod'
  return /^172\.18\.0\.[23]$/.test(ip) ? 'node' : 'external'
}

const label = (verdict: Verdict): string =>
  `${verdict.flow.source.ip}:${verdict.flow.source.port ?? verdict.flow.icmp?.id} > ${verdict.flow.destination.ip} ${verdict.verdict} ${verdict.code ?? ''}`

/** What is wrong with the tool's answers at some points, one line each; empty when all is right. */
async function mistakes(played: PlayedScenario, points: readonly CapturePointName[]): Promise<string[]> {
  const found: string[] = []
  const told = new Map<ExchangeTruth, Verdict[]>()
  for (const verdict of await verdictsAt(played, points)) {
    const kind = expectedKind(verdict.flow.source.ip)
    const truth = truthOf(played, verdict)
    if (!truth) {
      if (verdict.verdict === 'contradiction') found.push(`false alarm on other traffic: ${label(verdict)}`)
      continue
    }
    if (verdict.source.kind !== kind) found.push(`source kind ${verdict.source.kind}, is ${kind}: ${label(verdict)}`)
    told.set(truth, [...(told.get(truth) ?? []), verdict])
  }
  for (const [truth, verdicts] of told) {
    const codes = new Set(verdicts.flatMap((verdict) => (verdict.verdict === 'contradiction' ? [verdict.code] : [])))
    const doubts = verdicts.some((verdict) => verdict.verdict === 'inconclusive') && mayDoubt(points, truth, verdicts)
    const lines = verdicts.map(label).join('; ')
    if (truth.exchange.code === null) {
      if (codes.size > 0) found.push(`false alarm: ${lines}`)
      else if (!doubts && !verdicts.some((v) => v.verdict === 'consistent')) found.push(`not called right: ${lines}`)
    } else if (!canTell(played.scenario, points, truth)) {
      if (codes.size > 0 && !played.scenario.needsPair) found.push(`false alarm: ${lines}`)
    } else if (codes.size === 0 && doubts && truth.exchange.code === 'MASQUERADE_UNEXPECTED') {
      // The translated side alone does not prove who sent it.
    } else if (codes.size !== 1 || !codes.has(truth.exchange.code)) {
      found.push(`want ${truth.exchange.code}: ${lines}`)
    }
  }
  return found
}

const GROUPS: readonly (readonly CapturePointName[])[] = [
  ...(Object.keys(POINTS) as CapturePointName[]).map((point) => [point]),
  ['client-lxc', 'n1-eth0'],
  ['client-pod', 'n1-eth0', 'outside'],
  ['n1-any', 'outside-text'],
]

function scenarioTest(scenario: Scenario): void {
  test(`${scenario.name}: ${scenario.story}`, { timeout: 60_000 }, async () => {
    const played = await play(scenario, join(folder, scenario.name))
    const seen = await verdictsAt(played, ['n1-any'])
    expect(seen.filter((verdict) => truthOf(played, verdict)).length).toBeGreaterThanOrEqual(scenario.exchanges.length)
    const found: string[] = []
    for (const points of GROUPS) {
      for (const mistake of await mistakes(played, points)) found.push(`[${points.join(' + ')}] ${mistake}`)
    }
    expect(found).toEqual([])
  })
}

describe.skipIf(unavailable !== null).concurrent('healthy scenarios give no alarm', () => {
  for (const scenario of HEALTHY) scenarioTest(scenario)
})

describe.skipIf(unavailable !== null).concurrent('faults are found at every point that can show them', () => {
  for (const scenario of FAULTS) scenarioTest(scenario)
})

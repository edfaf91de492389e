import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mssVote } from '../../../src/audit/attribution/mss.ts'
import { sourcePortVote } from '../../../src/audit/attribution/source-port.ts'
import type { Confidence, EvidenceKind } from '../../../src/audit/verdict.ts'
import { aCluster, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow } from '../../support/audit-flows.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/evidence.md'), 'utf8')

/** Confidences that the page's row of a kind names. */
function stated(kind: EvidenceKind): Confidence[] {
  const row = PAGE.split('\n').find((line) => line.startsWith(`| \`${kind}\` |`)) ?? ''
  return (['high', 'medium', 'low'] as const).filter((word) => row.includes(`\`${word}\``))
}

const KINDS: Readonly<Record<EvidenceKind, readonly Confidence[]>> = {
  'paired-sighting': ['high', 'medium', 'low'],
  'nat-table': ['high', 'medium'],
  hubble: ['high', 'medium'],
  ttl: ['high', 'medium'],
  'tcp-timestamp-clock': ['medium'],
  mss: ['medium', 'low'],
  'source-port': ['high', 'low'],
  'sibling-flows': ['high', 'medium', 'low'],
  'capture-point': ['high', 'medium', 'low'],
}

test.each(Object.entries(KINDS))('docs/evidence.md says how sure %s can be', (kind, confidences) => {
  expect(stated(kind as EvidenceKind)).toEqual(confidences)
})

const ipAddr =
  '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n    inet 172.18.0.2/16 scope global eth0\n       valid_lft forever\n'

test('what it says of the MSS is what the code gives', () => {
  const given = { ...FIXTURE, routing: 'tunnel' as const }
  const votes = [aCluster(given), clusterOf(given, { 'ip-addr-n1.txt': ipAddr })].flatMap((cluster) =>
    [1460, 1410].map((mss) => {
      const flow = aFlow({ tuple: '172.18.0.2:40000 > 1.1.1.1:443', mss })
      return mssVote(flow, cluster.nodesByName.get('n1'), cluster.settings)?.evidence.confidence
    }),
  )
  expect([...new Set(votes)].sort()).toEqual([...stated('mss')].sort())
})

test('what it says of the source port is what the code gives', () => {
  const { settings } = aCluster(FIXTURE)
  const votes = [1024, 32767, 40000, 61000].map((port) => {
    const flow = aFlow({ tuple: `172.18.0.2:${port} > 1.1.1.1:443` })
    return sourcePortVote(flow, 'bpf', settings)?.evidence.confidence
  })
  expect(votes).toEqual(['high', 'high', undefined, 'low'])
})

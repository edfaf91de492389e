import { describe, expect, test } from 'vitest'
import { TranslationIndex } from '../../../src/audit/attribution/nat-table.ts'
import type { RecordedTranslation } from '../../../src/cluster/snapshot.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const { context } = judged(aCluster(FIXTURE), [])
const entry = (facts: Partial<RecordedTranslation> = {}): RecordedTranslation => ({
  kind: 'nat-table',
  node: 'n1',
  protocol: IpProtocol.Tcp,
  originalSource: '10.244.1.10',
  originalSourcePort: 40000,
  translatedSource: '172.18.0.2',
  translatedSourcePort: 50000,
  destination: '1.1.1.1',
  destinationPort: 443,
  source: { file: 'nat.txt', line: 7 },
  ...facts,
})
const FLOW: FlowFacts = { tuple: '172.18.0.2:50000 > 1.1.1.1:443' }
const vote = (entries: readonly RecordedTranslation[], flow = FLOW) =>
  new TranslationIndex(entries).vote(aFlow(flow), context)

describe('TranslationIndex.vote()', () => {
  test('names the pod behind the tuple, and the line that says so', () => {
    const found = vote([entry()])
    expect(found).toMatchObject({
      says: 'pod',
      evidence: { kind: 'nat-table', confidence: 'high', source: { file: 'nat.txt', line: 7 } },
      original: { ip: '10.244.1.10', port: 40000, identity: { name: 'default/client' } },
    })
    expect(found?.evidence.detail).toContain('(nat.txt:7) has this tuple as 10.244.1.10:40000, pod default/client')
  })

  test.each([
    ['conntrack', 'nat-table'],
    ['hubble', 'hubble'],
  ] as const)('an entry of %s is evidence of kind %s', (kind, expected) => {
    expect(vote([entry({ kind })])?.evidence.kind).toBe(expected)
  })

  test("an entry that translates nothing is the host's own", () => {
    const own = entry({ originalSource: '172.18.0.2', originalSourcePort: 50000 })
    expect(vote([own])).toMatchObject({ says: 'host', evidence: { confidence: 'high' } })
    // A port is used again: the translation is the stronger word, and the two weaken each other.
    expect(vote([own, entry()])).toMatchObject({ says: 'pod', evidence: { confidence: 'medium' } })
  })

  test('finds an echo by its identifier', () => {
    const echo = entry({ protocol: IpProtocol.Icmp, translatedSourcePort: 77, destinationPort: null })
    const ping: FlowFacts = { tuple: '172.18.0.2 > 1.1.1.1', protocol: 'icmp', icmp: { type: 8, code: 0, id: 77 } }
    expect(vote([echo], ping)?.says).toBe('pod')
    expect(vote([echo], { ...ping, icmp: { type: 8, code: 0, id: 78 } })).toBeNull()
  })

  test.each<[string, Partial<RecordedTranslation>]>([
    ['port', { translatedSourcePort: 50001 }],
    ['address', { translatedSource: '172.18.0.3' }],
    ['destination', { destination: '1.1.1.2' }],
    ['destination port', { destinationPort: 444 }],
    ['protocol', { protocol: IpProtocol.Udp }],
  ])('a tuple with another %s says nothing: tables forget', (_, facts) => {
    expect(vote([entry(facts)])).toBeNull()
  })

  test('is empty without entries', () => {
    expect([new TranslationIndex([]).isEmpty, new TranslationIndex([entry()]).isEmpty]).toEqual([true, false])
    expect(vote([])).toBeNull()
  })
})

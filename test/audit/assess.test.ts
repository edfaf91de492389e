import { describe, expect, test } from 'vitest'
import { assess } from '../../src/audit/assess.ts'
import { aCluster, SEED } from '../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../support/audit-flows.ts'
import fc from '../support/property.ts'

const NGINX = aCapture({ name: 'nginx.txt', interfaces: [{ name: 'eth0', host: '49b71dac045f' }] })
const MASQUERADED = aFlow({ id: 1, tuple: '172.17.0.4:53938 > 172.17.0.6:80', isn: 1 })
const LEAKED = aFlow({ id: 2, tuple: '10.244.2.53:40000 > 172.17.0.7:80', isn: 2 })

describe('assess()', () => {
  test('counts verdicts and codes', () => {
    const { summary } = assess([MASQUERADED, LEAKED], [NGINX], aCluster(SEED))
    expect(summary).toMatchObject({
      flows: 2,
      captures: 1,
      verdicts: { consistent: 1, contradiction: 1, inconclusive: 0, not_applicable: 0 },
      codes: { MASQUERADE_MISSING: 1 },
      interrupted: false,
    })
  })

  test('where keeps flows, and findings are made of all', () => {
    const analysis = assess([MASQUERADED, LEAKED], [NGINX], aCluster(SEED), {
      where: ({ verdict }) => verdict === 'consistent',
    })
    expect(analysis.verdicts.map(({ flow }) => flow.id)).toEqual([1])
    expect(analysis.summary.flows).toBe(1)
    expect(analysis.findings).toHaveLength(1)
  })

  test('other settings: each flow whose decision changes, before and after', () => {
    const otherwise = {
      cluster: aCluster({ ...SEED, nativeRoutingCidrs: ['172.17.0.0/16'] }),
      settings: ['native-routing-cidr=172.17.0.0/16'],
    }
    const { whatIf } = assess([MASQUERADED, LEAKED], [NGINX], aCluster(SEED), { otherwise })
    expect(
      whatIf?.changes.map(({ before, after }) => [before.flow.id, before.verdict, after.verdict, after.expected?.rule]),
    ).toEqual([
      [1, 'consistent', 'inconclusive', 'exclusion-cidr'],
      [2, 'contradiction', 'consistent', 'exclusion-cidr'],
    ])
    expect(
      assess([MASQUERADED], [NGINX], aCluster(SEED), { otherwise: { cluster: aCluster(SEED), settings: [] } }).whatIf
        ?.changes,
    ).toEqual([])
  })

  test('an assumed point is named once for each capture it mattered in', () => {
    const bare = aCapture({ name: 'x.pcap' })
    const { summary } = assess([LEAKED, { ...LEAKED, id: 3 }], [bare], aCluster(SEED))
    expect(summary.warnings.filter(({ code }) => code === 'point-assumed')).toHaveLength(1)
    expect(assess([LEAKED], [bare], aCluster({})).summary.warnings).toEqual([])
  })
})

// Addresses of every kind the fixture has, so that any two meet.
const IPS = [
  '10.244.0.101',
  '10.244.2.53',
  '10.244.2.99',
  '172.17.0.4',
  '172.17.0.3',
  '10.244.2.122',
  '172.17.0.6',
  '8.8.8.8',
  '169.254.169.254',
  '127.0.0.1',
  '224.0.0.1',
  '10.96.0.1',
]
const FLOWS: fc.Arbitrary<FlowFacts> = fc.record({
  tuple: fc
    .tuple(fc.constantFrom(...IPS), fc.constantFrom(...IPS), fc.constantFrom(80, 4240, 8472, 40000, 65535))
    .map(([a, b, port]) => `${a}:40000 > ${b}:${port}`),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  ttl: fc.constantFrom(null, 0, 1, 62, 63, 64, 128, 255),
  answered: fc.boolean(),
  originKnown: fc.boolean(),
  isn: fc.constantFrom(null, 0, 1, 4294967295),
  reverseIsn: fc.constantFrom(null, 5),
  tsVal: fc.constantFrom(null, 9),
  capture: fc.constantFrom(0, 1),
  at: fc.constantFrom(0, 0.5),
  vantages: fc.constantFrom(
    [{}],
    [{ sllPacketType: 0 }],
    [{ sllPacketType: 4 }, { depth: 1 }],
    [{ direction: 'in' as const }],
  ),
})

describe('whatever flows come', () => {
  const captures = [NGINX, aCapture({ index: 1, interfaces: [{ linkType: 276, host: 'kind-worker' }] })]
  const judge = (facts: readonly FlowFacts[]) =>
    assess(
      facts.map((fact, i) => aFlow({ id: i + 1, ...fact })),
      captures,
      aCluster(SEED),
    )

  test('each gets a verdict with a reason, and a code exactly if it contradicts', () => {
    fc.assert(
      fc.property(fc.array(FLOWS, { maxLength: 12 }), (facts) => {
        const { verdicts, summary } = judge(facts)
        expect(verdicts).toHaveLength(facts.length)
        expect(Object.values(summary.verdicts).reduce((sum, n) => sum + n, 0)).toBe(facts.length)
        for (const { verdict, code, because, evidence, expected } of verdicts) {
          expect(code !== null).toBe(verdict === 'contradiction')
          expect(because[0]).toMatch(/\S/)
          for (const { detail } of evidence) expect(detail).toMatch(/\S/)
          if (verdict === 'contradiction') expect(expected).not.toBeNull()
        }
      }),
      { numRuns: 300 },
    )
  })

  test('flows that share nothing are judged alike in any order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(FLOWS, { maxLength: 6, selector: ({ tuple }) => tuple }), (facts) => {
        const own = facts.map((fact, i) => ({
          ...fact,
          isn: 1000 + i,
          reverseIsn: null,
          protocol: 'tcp' as const,
          originKnown: true,
          ttl: null,
        }))
        const words = (list: readonly FlowFacts[]): string[] =>
          judge(list)
            .verdicts.map(
              ({ flow, verdict, code }) =>
                `${flow.source.ip} ${flow.destination.ip}:${flow.destination.port} ${verdict} ${code}`,
            )
            .sort()
        expect(words([...own].reverse())).toEqual(words(own))
      }),
      { numRuns: 100 },
    )
  })
})

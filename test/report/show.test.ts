import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import type { PacketSample } from '../../src/flow/flow.ts'
import type { Report } from '../../src/report/report.ts'
import { show } from '../../src/report/show.ts'
import { decision, flow, leak, POINT, report, verdict } from '../support/report-fixtures.ts'

const SAMPLE: PacketSample = {
  record: 4,
  file: 0,
  forward: true,
  timeSec: 42988,
  timeNsec: 960087000,
  flags: 0x02,
  seq: 2618216972,
  ack: 0,
  payloadLength: 0,
  tsVal: 3402888051,
  ipId: 31836,
  ttl: 64,
  tag: null,
}

const FINDING = {
  code: 'node-set-incomplete',
  severity: 'error' as const,
  message: 'the node set lacks 172.17.0.5',
  subject: 'n1',
  sources: [{ file: 'ipset.txt', line: 3 }],
  flows: [2],
  confirm: 'ipset list',
}

function text(of: Report, id: number, width = 80, quote: string | null = null): string {
  const found = of.flows.find(({ flow }) => flow.id === id)
  if (found === undefined || !('verdict' in found)) throw new Error(`no flow ${id}`)
  return [...show(found, of, { width, color: false, quote: () => quote })].join('')
}

/** Sightings of one connection at so many points. */
function sightings(n: number): Report {
  return report(
    Array.from({ length: n }, (_, i) =>
      verdict({
        flow: flow({ id: i + 1, samples: [{ ...SAMPLE, record: i + 10 }] }),
        point: { ...POINT, interface: `lxc${i}` },
        connection: 'c1',
      }),
    ),
  )
}

test('leads with the verdict and its cause, and leaves what the rule compared to its table', () => {
  const because = ['kept its address', 'rule local-endpoint: the source is a pod']
  const shown = text(report([leak(2, { because })], { findings: [FINDING] }), 2)
  expect(shown).toMatch(/^flow 2 ✗ MASQUERADE_MISSING: kept its address; 4 SYN unanswered\n/)
  expect(shown).toContain('expected     masquerade to 172.17.0.4, rule local-endpoint')
  const order = ['cause: node-set-incomplete', 'see ipset.txt:3', 'ipset list', '\npackets\n', 'settings: masquerade']
  const places = order.map((part) => shown.indexOf(part))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
})

test.each([1, 2, 5])('sets the packets of %i sightings side by side', (n) => {
  const shown = text(sightings(n), 1)
  const head =
    n > 2
      ? /time +(?:flow +){5}what all say\n +1 +2 +3 +4 +5\n/
      : n === 2
        ? /flow 1 lxc0 +flow 2 lxc1 +what both say/
        : /flow 1 lxc0 +packet/
  expect(shown).toMatch(head)
  expect(shown).toMatch(
    new RegExp(`→ +${Array.from({ length: n }, (_, i) => `#${i + 10} +`).join('')}SYN seq 2618216972`),
  )
})

test.each([60, 80, 100, 160])('fits %i columns', (width) => {
  const trace = [
    {
      rule: 'a-rule-with-a-long-name',
      matched: true,
      detail: 'd',
      source: { file: `${'folder/'.repeat(6)}file`, line: 1 },
    },
  ]
  const of = report([verdict({ expected: decision({ trace }) })])
  for (const line of text(of, 1, width, 'key: value').split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
})

test('quotes a line of configuration unless the rule says it already', () => {
  const line = '-A CILIUM_POST_nat -s 10.244.1.0/24 -j ACCEPT'
  const of = (detail: string) =>
    report([
      verdict({
        expected: decision({ trace: [{ rule: 'r', matched: true, detail, source: { file: 'f', line: 9 } }] }),
      }),
    ])
  expect(text(of('node-set'), 1, 100, line)).toContain(`f:9: ${line}`)
  expect(text(of('-s 10.244.1.0/24 -j ACCEPT'), 1, 100, line)).toMatch(/f:9\n/)
})

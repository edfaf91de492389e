import { describe, expect, test } from 'vitest'
import { causesOf } from '../../../src/report/causes.ts'
import type { RenderOptions } from '../../../src/report/report.ts'
import { makeStyle } from '../../../src/report/table/style.ts'
import { causeSection, countTable, flowTable } from '../../../src/report/table/verdicts.ts'
import { leak, OPTIONS, verdict } from '../../support/report-fixtures.ts'

const STYLE = makeStyle(false)
const text = (lines: Iterable<string>): string => [...lines].join('\n')
const FINDING = {
  code: 'NODE_SET_INCOMPLETE',
  severity: 'error' as const,
  message: 'the node set lacks 172.17.0.5',
  subject: 'cilium_node_set_v4',
  sources: [{ file: 'ipset.txt', line: 3 }],
  flows: [1, 2, 3, 4, 5, 6, 7],
}

function cause(options: Partial<RenderOptions>, finding: typeof FINDING | null = FINDING): string {
  const verdicts = FINDING.flows.map((id) => leak(id))
  const [first] = causesOf(verdicts, finding === null ? [] : [finding])
  if (first === undefined) throw new Error('no cause')
  return text(causeSection(first, { ...OPTIONS, ...options }, STYLE))
}

describe('flowTable()', () => {
  test('puts what was seen beside what was expected, and the reason under both', () => {
    const shown = text(flowTable([leak(4)], { ...OPTIONS, width: 200 }, STYLE))
    expect(shown).toMatch(
      /4 +TCP +10\.244\.2\.53:40004 pod default\/curl +172\.17\.0\.6:80 external +masquerade to 172\.17\.0\.4 rule local-endpoint/,
    )
    expect(shown).toMatch(/✗ MASQUERADE_MISSING: the settings masquerade traffic .*; 4 SYN unanswered/)
  })

  test('puts names under addresses where there is no room beside', () => {
    const lines = text(flowTable([leak(4)], { ...OPTIONS, width: 100 }, STYLE)).split('\n')
    const at = lines.findIndex((line) => line.includes('10.244.2.53:40004'))
    expect(lines[at]).not.toContain('pod default/curl')
    expect(lines[at + 1]).toContain('pod default/curl')
  })

  test('says that nothing is known where no settings are', () => {
    const unknown = verdict({ verdict: 'not_applicable', expected: null })
    expect(text(flowTable([unknown], OPTIONS, STYLE))).toContain('no expectation')
  })
})

describe('causeSection()', () => {
  test('says the cause once, above its flows', () => {
    const shown = cause({})
    expect(shown.match(/lacks 172\.17\.0\.5/g)).toHaveLength(1)
    expect(shown).toContain('ipset.txt:3')
    expect(shown.match(/10\.244\.2\.53:4000\d/g)).toHaveLength(5)
    expect(shown).toContain('and 2 more flows (--all lists them)')
  })

  test('lists as many as asked for', () => {
    const rows = (options: Partial<RenderOptions>) => cause(options, null).match(/10\.244\.2\.53:4000\d/g)?.length
    expect([rows({ limit: 2 }), rows({ limit: 50 }), rows({ all: true })]).toEqual([2, 7, 7])
    expect(cause({ all: true })).not.toContain('more flow')
  })
})

describe('countTable()', () => {
  test('counts by ends and rule, largest first within a verdict', () => {
    const inconclusive = verdict({ verdict: 'inconclusive' })
    const toNode = verdict({ destination: { ...verdict().source, kind: 'cilium_host' } })
    const shown = text(countTable([toNode, verdict(), verdict(), inconclusive], { ...OPTIONS, width: 140 }, STYLE))
    const rows = shown.split('\n').filter((line) => line.includes('→') && /\d/.test(line))
    expect(rows.map((row) => row.trim().replace(/ +/g, ' '))).toEqual([
      '1 ? inconclusive node → external masquerade local-endpoint',
      '2 ✓ consistent node → external masquerade local-endpoint',
      '1 ✓ consistent node → cilium host masquerade local-endpoint',
    ])
  })
})

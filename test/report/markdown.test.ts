import { describe, expect, test } from 'vitest'
import { markdown } from '../../src/report/markdown.ts'
import type { RenderOptions } from '../../src/report/report.ts'
import { leak, render, report, verdict } from '../support/report-fixtures.ts'

const FINDING = {
  code: 'NODE_SET_INCOMPLETE',
  severity: 'error' as const,
  message: 'the node set lacks 172.17.0.5',
  subject: 'cilium_node_set_v4',
  sources: [{ file: 'ipset.txt', line: 3 }],
  confirm: 'ipset list cilium_node_set_v4',
}
const headings = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('#'))
const leaks = (n: number) => Array.from({ length: n }, (_, i) => leak(i + 1))

describe('the Markdown report', () => {
  test('tells in its first lines how it ended', () => {
    const failed = { name: 'x', status: 'failed' as const, flows: [], message: '' }
    const headline = (...of: Parameters<typeof report>) => render(markdown, report(...of)).split('\n')[2]
    expect(headline([verdict()])).toBe('✅ Nothing contradicts the settings.')
    expect(headline([leak(1)], { findings: [FINDING] })).toBe('❌ 1 contradiction, 1 error.')
    expect(headline([verdict()], { expectations: [failed] })).toBe('❌ 1 expectation not met.')
    expect(headline([verdict()], { unjudged: true })).toMatch(/^⚠️ No verdicts/)
    expect(headline([])).toMatch(/^⚠️ Nothing was judged: there are no flows in what was captured/)
    expect(headline([], { setAside: 1 })).toBe('⚠️ Nothing was judged: none of 1 flow matches --where.')
    expect(headline([], { command: 'lint' })).toBe('✅ Nothing contradicts the settings.')
  })

  test('puts what is wrong before what is well, and what is well behind a fold', () => {
    const text = render(markdown, report([verdict(), leak(2), verdict({ verdict: 'inconclusive' })]))
    expect(headings(text).filter((line) => line.startsWith('## '))).toEqual([
      '## Contradictions',
      '## Inconclusive',
      '## Consistent',
    ])
    expect(text.match(/<details>/g)).toHaveLength(2)
    expect(text.match(/<\/details>/g)).toHaveLength(2)
  })

  test('counts verdicts in a table, whose rows are those of the summary', () => {
    const text = render(markdown, report([verdict(), leak(2), leak(3)]))
    expect(text).toMatch(/\| contradictions? +\| +2 \|/i)
    expect(text).toMatch(/\| consistent +\| +1 \|/i)
    expect(render(markdown, report([], { command: 'lint' }))).not.toContain('| verdict')
  })

  test('says how many flows a long list leaves out, and leaves none out with --all', () => {
    const rows = (options: Partial<RenderOptions>) => {
      const text = render(markdown, report(leaks(25)), options)
      return [text.match(/^\| +\d+ \| TCP/gm)?.length, /and (\d+) more flows?/.exec(text)?.[1]]
    }
    expect(rows({})).toEqual([20, '5'])
    expect(rows({ limit: 24 })).toEqual([24, '1'])
    expect(rows({ all: true })).toEqual([25, undefined])
  })

  test('gives a finding its place and the command that confirms it', () => {
    const text = render(markdown, report([], { command: 'lint', findings: [FINDING] }))
    expect(text).toContain('- **error** `NODE_SET_INCOMPLETE` cilium\\_node\\_set\\_v4: the node set lacks 172.17.0.5')
    expect(text).toContain('(`ipset.txt:3`)')
    expect(text).toContain('Confirm with: `ipset list cilium_node_set_v4`')
  })

  test('shows expectations and what other settings would change', () => {
    const expectations = [
      { name: 'met', status: 'passed' as const, flows: [1, 2], message: '' },
      { name: 'a|b', status: 'unmatched' as const, flows: [], message: 'no flow matches' },
    ]
    const whatIf = { settings: ['masquerade=off'], changes: [{ before: verdict(), after: leak(1) }] }
    const text = render(markdown, report([verdict()], { expectations, whatIf }))
    expect(text).toMatch(/✅ passed +\| met +\| 2/)
    expect(text).toMatch(/⚠️ unmatched +\| a\\\|b +\| 0 +\| no flow matches/)
    expect(text).toMatch(/## With other settings\n\n.*masquerade=off/)
    expect(text).toMatch(/`172\.17\.0\.4:53938` → `172\.17\.0\.6:80`/)
  })
})

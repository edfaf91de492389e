import { describe, expect, test } from 'vitest'
import { github } from '../../src/report/github.ts'
import type { FailOn, Report } from '../../src/report/report.ts'
import { leak, render, report, verdict } from '../support/report-fixtures.ts'

const finding = (severity: 'error' | 'warning' | 'info', some: object = {}) => ({
  code: 'CODE',
  severity,
  message: 'what is wrong',
  subject: 'subject',
  sources: [{ file: 'a.yaml', line: 7 }],
  ...some,
})

/** Annotations as the runner of GitHub Actions reads them. */
function annotations(of: Report, failOn: FailOn = 'contradiction'): { level: string; title: string; text: string }[] {
  const lines = render(github, of, { failOn }).split('\n').slice(0, -1)
  return lines.map((line) => {
    const match = /^::(error|warning|notice) title=([^,:]*)((?:,(?:file|line)=[^,:]*)*)::(.*)$/.exec(line)
    if (match === null) throw new Error(`no workflow command: ${line}`)
    const [, level = '', title = '', place = '', text = ''] = match
    return { level, title: decode(title), text: decode(`${place} ${text}`) }
  })
}

function decode(text: string): string {
  return text.replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%0A/g, '\n').replace(/%25/g, '%')
}

describe('annotations', () => {
  test('are none where all is well', () => {
    expect(render(github, report([verdict()]))).toBe('')
  })

  test('of findings have the level of their severity, and their place', () => {
    const findings = [finding('error'), finding('warning'), finding('info')]
    const made = annotations(report([], { findings }))
    expect(made.map(({ level }) => level)).toEqual(['error', 'warning', 'notice'])
    expect(made[0]).toMatchObject({ title: 'CODE: subject', text: ',file=a.yaml,line=7 what is wrong' })
  })

  test('point at no file where the fact came from an option', () => {
    const [made] = annotations(report([], { findings: [finding('error', { sources: [{ file: '--node' }] })] }))
    expect(made?.text).toBe(' what is wrong')
  })

  test('follow --fail-on, so that the log agrees with the exit status', () => {
    const of = report([leak(1), verdict({ verdict: 'inconclusive' })])
    const levels = (failOn: FailOn) => annotations(of, failOn).map(({ level }) => level)
    expect(levels('contradiction')).toEqual(['error', 'notice'])
    expect(levels('inconclusive')).toEqual(['error', 'error'])
    expect(levels('never')).toEqual(['warning', 'notice'])
  })

  test('tell the cause once, with the flows it explains and the command that confirms it', () => {
    const cause = finding('error', { flows: [1, 2, 3, 4, 5], confirm: 'ipset list' })
    const made = annotations(
      report(
        [1, 2, 3, 4, 5].map((id) => leak(id)),
        { findings: [cause] },
      ),
    )
    expect(made).toHaveLength(1)
    const lines = made[0]?.text.split('\n') ?? []
    expect(lines.slice(0, 2)).toEqual([',file=a.yaml,line=7 what is wrong', 'confirm with: ipset list'])
    expect(lines[2]).toMatch(
      /^flow 1 in nginx-eth0\.txt: 10\.244\.2\.53:40001 \(pod default\/curl\) > 172\.17\.0\.6:80/,
    )
    expect(lines.at(-1)).toBe('and 2 more flows')
  })

  test('of expectations fail with those that failed', () => {
    const expectations = (['passed', 'failed', 'unmatched'] as const).map((status) => {
      return { name: status, status, flows: [], message: `it ${status}` }
    })
    const made = annotations(report([], { expectations }))
    expect(made.map(({ level, title }) => `${level} ${title}`)).toEqual([
      expect.stringMatching(/^error .*failed/),
      expect.stringMatching(/^warning .*unmatched/),
    ])
  })

  test('warn that nothing was judged, rather than look well', () => {
    expect(annotations(report([verdict()], { unjudged: true }))).toMatchObject([{ level: 'warning' }])
    expect(annotations(report([]))).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringContaining('there are no flows in what was') }),
    ])
    expect(annotations(report([], { setAside: 3 }))).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringContaining('none of 3 flows matches --where') }),
    ])
    expect(annotations(report([], { command: 'lint' }))).toEqual([])
  })
})

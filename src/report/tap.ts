import { escapeTerminal, jsonText } from './escape.ts'
import type { RenderOptions, Report } from './report.ts'
import { type ReportCase, reportSuites } from './test-cases.ts'

/** Test Anything Protocol, version 14 (testanything.org): the cases of the JUnit report, one line each, proof as YAML. */
export function* tap(report: Report, options: RenderOptions): Generator<string> {
  const suites = reportSuites(report, options)
  const total = suites.reduce((sum, { cases }) => sum + cases.length, 0)
  yield `TAP version 14\n1..${total}\n`
  let number = 0
  for (const suite of suites) {
    if (suite.cases.length > 0) yield `# ${tapText(suite.name)}\n`
    for (const each of suite.cases) yield tapCase(++number, each)
  }
}

function tapCase(number: number, { name, outcome, type, message, details }: ReportCase): string {
  const line = `${outcome === 'failed' ? 'not ok' : 'ok'} ${number} - ${tapText(name)}`
  if (outcome === 'skipped') return `${line} # SKIP ${tapText(message)}\n`
  if (outcome === 'passed') return `${line}\n`
  // JSON strings are YAML strings.
  const block = [`message: ${jsonText(message)}`, `type: ${jsonText(type)}`, 'details:']
  for (const detail of details) block.push(`  - ${jsonText(detail)}`)
  return `${line}\n  ---\n${block.map((each) => `  ${each}\n`).join('')}  ...\n`
}

// `#` would begin a directive; a backslash is TAP's escape character.
function tapText(text: string): string {
  return escapeTerminal(text).replace(/[\\#]/g, '\\$&')
}

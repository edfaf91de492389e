import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder'
import type { Finding } from '../audit/verdict.ts'
import type { SourceRef } from '../core/source-ref.ts'
import { causesOf, causeTitle } from './causes.ts'
import { escapeTerminal, jsonText } from './escape.ts'
import { type Report, reportVerdicts } from './report.ts'

const HOME = 'https://www.npmjs.com/package/masqcheck'

/** SARIF 2.1.0 (OASIS): findings, and contradictions that no finding explains, as results with the lines behind them. */
export function* sarif(report: Report): Generator<string> {
  const { name, version } = report.tool
  const run = new SarifRunBuilder().initSimple({ toolDriverName: name, toolDriverVersion: version, url: HOME })
  const results = [...report.findings, ...unexplained(report)]
  const rules = new Map(results.map((finding) => [finding.code, finding]))
  for (const [ruleId, { severity }] of rules) {
    const rule = new SarifRuleBuilder().initSimple({ ruleId, shortDescriptionText: ruleTitle(ruleId), helpUri: HOME })
    rule.rule.defaultConfiguration = { level: levelOf(severity) }
    run.addRule(rule)
  }
  for (const finding of results) run.addResult(resultOf(finding))
  const builder = new SarifBuilder()
  builder.addRun(run)
  yield `${jsonText(builder.buildSarifOutput(), 2)}\n`
}

function unexplained(report: Report): Finding[] {
  return causesOf(reportVerdicts(report), report.findings)
    .filter((cause) => cause.finding === null)
    .map((cause) => ({
      code: cause.verdicts[0]?.code ?? 'CONTRADICTION',
      severity: 'error',
      message: causeTitle(cause),
      subject: 'captures',
      sources: [...new Set(cause.verdicts.map(({ flow }) => report.captures[flow.capture]?.files[0] ?? '-'))].map(
        (file) => ({ file }),
      ),
    }))
}

function resultOf({ code, severity, message, subject, sources, confirm }: Finding): SarifResultBuilder {
  const text = `${message}${confirm ? `. Confirm with: ${confirm}` : ''}`
  const result = new SarifResultBuilder().initSimple({
    level: levelOf(severity),
    messageText: escapeTerminal(text),
    ruleId: code,
  })
  result.result.locations = sources.filter(({ file }) => !file.startsWith('--')).map(locationOf)
  // Stays the same while lines move, so that a service recognises the finding in the next run.
  result.result.partialFingerprints = { 'masqcheck/v1': escapeTerminal(`${code}:${subject}`) }
  return result
}

type Location = NonNullable<SarifResultBuilder['result']['locations']>[number]

function locationOf({ file, line }: SourceRef): Location {
  const artifactLocation = { uri: fileUri(file) }
  return {
    physicalLocation: line === undefined ? { artifactLocation } : { artifactLocation, region: { startLine: line } },
  }
}

// Relative paths stay relative: the services look them up in the repository.
function fileUri(file: string): string {
  const [path = file] = /^.+\.(?:zip|tar|tgz|tar\.gz)(?=:)/.exec(file) ?? []
  const encoded = path
    .replace(/\\/g, '/')
    .split('/')
    .map((part) => encodeURIComponent(escapeTerminal(part)))
    .join('/')
  return encoded.startsWith('/') ? `file://${encoded}` : encoded.replace(/^(?:\.\/)+/, '')
}

function levelOf(severity: Finding['severity']): 'error' | 'warning' | 'note' {
  return severity === 'info' ? 'note' : severity
}

// `NODE_SET_INCOMPLETE` reads as "Node set incomplete".
function ruleTitle(code: string): string {
  const words = escapeTerminal(code).toLowerCase().replace(/[_-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

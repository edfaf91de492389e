// Runs lint, types and tests as one command and closes with one line that counts the tests.
// `npm test` runs everything but the lab, `npm run lab` (argument `lab`) the lab alone.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const lab = process.argv[2] === 'lab'
const folder = mkdtempSync(join(tmpdir(), 'masqcheck-test-'))
const report = join(folder, 'report.json')

function run(command, ...args) {
  console.log(`\n> ${command} ${args.join(' ')}`)
  const result = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' })
  return result.status === 0
}

const checks = lab
  ? []
  : [
      ['biome', 'check', '--error-on-warnings'],
      ['tsc', '--noEmit'],
    ]
const failedChecks = checks.filter(([command, ...args]) => !run(command, ...args)).map(([command]) => command)

const where = lab ? ['--dir', 'test/lab'] : ['--dir', 'test', '--exclude', '**/lab/**']
const testsPassed = run(
  'vitest',
  'run',
  ...where,
  // A busy machine is no failure.
  '--testTimeout=30000',
  '--hookTimeout=60000',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
)

let counts = { passed: 0, failed: 0, skipped: 0 }
try {
  const json = JSON.parse(readFileSync(report, 'utf8'))
  const brokenFiles = json.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  counts = {
    passed: json.numPassedTests,
    failed: json.numFailedTests + brokenFiles.length,
    skipped: json.numPendingTests + json.numTodoTests,
  }
} catch {
  counts.failed = 1
}
rmSync(folder, { recursive: true, force: true })

for (const check of failedChecks) console.log(`check failed: ${check}`)
const failed = counts.failed + failedChecks.length
console.log(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`)
process.exitCode = failed === 0 && testsPassed && counts.passed > 0 ? 0 : 1

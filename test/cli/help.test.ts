import { resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { examplesOf } from '../../src/cli/help.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { runCli } from '../support/report-cli.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
const commands = buildProgram(io, () => undefined).commands

/** Examples that need nothing but this repository: one command of ours, its files under `captures/`. */
const runnable = commands
  .flatMap((command) => examplesOf(command))
  .map(({ line }) => line.replace(/\\\n\s*/g, ''))
  .filter((line) => line.startsWith('masqcheck ') && !/[|&>]|-o |\.pcap|\.zip|collect/.test(line))

describe('help', () => {
  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s has examples and a one-line summary',
    (_, command) => {
      expect(examplesOf(command).length).toBeGreaterThan(0)
      expect(command.summary()).toMatch(/^[a-z].*[^.]$/)
      expect(command.description()).toMatch(/\.$/)
    },
  )

  test.each(runnable)(
    'its example runs: %s',
    async (line) => {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '').slice(1)
      const argv = words.map((word) => word.replace(/^(node\/|pod\/)?captures\//, `${ROOT}/captures/`))
      const { status, stderr } = await runCli(argv)
      expect(stderr.replace(/^masqcheck: warning: .*\n/gm, '')).toBe('')
      expect(status).toBeLessThan(2)
    },
    60_000,
  )

  test('has enough examples that run', () => {
    expect(runnable.length).toBeGreaterThan(4)
  })
})

import { spawnSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { manPage } from '../../src/cli/man-page.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { hasProgram } from '../support/programs.ts'

const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
const program = buildProgram(io, () => undefined)
const page = manPage(program, '1.2.3')

describe('manPage()', () => {
  test('names every command and every option', () => {
    for (const command of program.commands) {
      expect(page).toContain(`.SH MASQCHECK ${command.name().toUpperCase()}`)
      for (const { long } of command.options) expect(page).toContain(String(long).replaceAll('-', '\\-'))
    }
  })

  test('starts no line with a request of its own text', () => {
    const requests = new Set(page.split('\n').flatMap((line) => /^[.'](\w*)/.exec(line)?.[1] ?? []))
    expect([...requests].sort()).toEqual(['B', 'PP', 'RE', 'RS', 'SH', 'SS', 'TH', 'TP', 'br', 'fi', 'nf'])
  })

  test.skipIf(!hasProgram('man'))('is read by man without a warning', () => {
    const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-l', '-'], {
      input: page,
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8' },
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('EXIT STATUS')
  })
})

import { describe, expect, test } from 'vitest'
import { runCli } from '../support/report-cli.ts'

describe('usage', () => {
  test.each([
    [
      'an unknown option, with the one it resembles',
      ['explain', '--from', 'x', '--to', 'y', '--form', 'z'],
      /unknown option '--form'.*\(Did you mean --from\?\)/s,
    ],
    ['an option without its value', ['explain', '--from'], /argument missing/],
    ['an option that is needed', ['explain'], /required option '--from <source>' not specified/],
    [
      'a value that is none of the choices',
      ['explain', '--masquerade', 'ipvs'],
      /Allowed choices are bpf, iptables, off/,
    ],
    ['a number that is none', ['analyze', '--limit', 'x'], /It must be a whole number from 1 on/],
    ['a port that is none', ['explain', '--source-port', '70000'], /It must be a whole number from 0 to 65535/],
    ['help of a command that is none', ['help', 'anlyze'], /no command "anlyze": .*\(Did you mean analyze\?\)/s],
    ['a mistyped command', ['anlyze', 'captures'], /anlyze: No such file.*\(Did you mean the command analyze\?\)/s],
    ['a capture that is not there', ['trace'], /^masqcheck: trace: No such file: check the path\n$/],
  ])('%s is one clear message and status 2', async (_, argv, message) => {
    const { status, stdout, stderr } = await runCli(argv)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^masqcheck: /)
    expect(stderr).not.toMatch(/\bat .*\.ts/)
    expect([status, stdout]).toEqual([2, ''])
  })

  test('no arguments at all prints help to standard error and is status 2', async () => {
    const { status, stdout, stderr } = await runCli([])
    expect(stderr).toContain('Usage: masqcheck')
    expect([status, stdout]).toEqual([2, ''])
  })

  test.each([['--help'], ['-h'], ['help'], ['explain', '--help'], ['help', 'explain']])(
    '%s %s prints help',
    async (...argv) => {
      const { status, stdout } = await runCli(argv.filter((word) => word !== undefined))
      expect(status).toBe(0)
      expect(stdout).toContain('Usage: masqcheck')
    },
  )

  test('--version prints the version alone', async () => {
    const { status, stdout } = await runCli(['--version'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

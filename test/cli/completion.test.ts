import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { hasProgram } from '../support/programs.ts'
import { runCli } from '../support/report-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function script(shell: string): Promise<string> {
  const { status, stdout } = await runCli(['completion', shell])
  expect(status).toBe(0)
  const file = join(folder, `completion.${shell}`)
  writeFileSync(file, stdout)
  return file
}

function run(program: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', cwd: folder })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

describe.skipIf(!hasProgram('bash'))('bash', () => {
  async function complete(...words: string[]): Promise<string[]> {
    const file = await script('bash')
    const quoted = words.map((word) => `'${word}'`).join(' ')
    return run('bash', [
      '-c',
      `source ${file}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _masqcheck; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ])
      .split('\n')
      .filter((word) => word !== '')
  }

  test('completes commands, options, and the values of an option by command', async () => {
    expect(await complete('masqcheck', 'exp')).toEqual(['explain'])
    expect(await complete('masqcheck', 'explain', '--out')).toEqual(['--out-interface', '--output'])
    expect(await complete('masqcheck', 'explain', '--format', '')).toEqual(['table', 'json', 'ndjson'])
    expect(await complete('masqcheck', 'lint', '--format', 'sa')).toEqual(['sarif'])
    expect(await complete('masqcheck', 'explain', '--masquerade', 'ip')).toEqual(['iptables'])
  })
})

describe.skipIf(!hasProgram('zsh'))('zsh', () => {
  test('is a script that zsh reads and defines the function', async () => {
    const file = await script('zsh')
    expect(
      run('zsh', ['-f', '-c', `autoload -Uz compinit; compinit -D -u; source ${file}; print $_comps[masqcheck]`]),
    ).toBe('_masqcheck\n')
    expect(run('zsh', ['-n', file])).toBe('')
  })
})

describe.skipIf(!hasProgram('fish'))('fish', () => {
  test('completes commands, options and values', async () => {
    const file = await script('fish')
    const complete = (line: string): string[] =>
      run('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`])
        .split('\n')
        .map((each) => each.split('\t')[0] ?? '')
    expect(complete('masqcheck exp')).toContain('explain')
    expect(complete('masqcheck explain --mas')).toContain('--masquerade')
    expect(complete('masqcheck explain --masquerade ')).toEqual(expect.arrayContaining(['bpf', 'iptables', 'off']))
  })
})

test('an unknown shell is refused with the ones there are', async () => {
  const { status, stderr } = await runCli(['completion', 'csh'])
  expect(status).toBe(2)
  expect(stderr).toContain('Allowed choices are bash, zsh, fish')
})

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type KubectlOptions, runKubectl } from '../../../src/cli/collect/kubectl.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-kubectl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(script: string, options: Partial<KubectlOptions> = {}) {
  const kubectl = join(folder, `kubectl-${Math.random().toString(36).slice(2)}`)
  writeFileSync(kubectl, `#!/bin/sh\n${script}\n`)
  chmodSync(kubectl, 0o755)
  return runKubectl(['get', 'nodes'], {
    kubectl,
    common: ['--context', 'staging'],
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...options,
  })
}

describe('runKubectl()', () => {
  test('gives what kubectl printed, the common arguments in front of the others', async () => {
    expect(await run('echo "$*"')).toMatchObject({ ok: true, stdout: '--context staging get nodes\n' })
  })

  test.each([
    [
      'the first line that says something',
      'echo "Defaulted container x" >&2; echo " Forbidden " >&2; exit 1',
      'Forbidden',
    ],
    ['the status where nothing is said', 'exit 3', 'kubectl ended with status 3'],
  ])('a failure is a result with %s, and no half an answer', async (_, script, reason) => {
    expect(await run(`echo half; ${script}`)).toEqual({ ok: false, stdout: '', reason })
  })

  test('a command that takes too long is ended', async () => {
    expect(await run('exec sleep 10', { timeoutMs: 100 })).toMatchObject({ ok: false, reason: 'took too long' })
  })

  test('an interrupt ends it', async () => {
    const abort = new AbortController()
    const running = run('exec sleep 10', { signal: abort.signal })
    abort.abort()
    expect(await running).toMatchObject({ ok: false, reason: 'interrupted' })
  })

  test('no kubectl at all is wrong usage, and says how to name one', async () => {
    await expect(run('', { kubectl: join(folder, 'none') })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('--kubectl') as string,
    })
  })

  test('leaves no timer behind that would keep the process alive, kubectl or none', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    for (let i = 0; i < 20; i++) await run('', { kubectl: join(folder, 'none') }).catch(() => undefined)
    await run('true')
    // The test runner has timers of its own, which come and go.
    expect(timers() - before).toBeLessThan(10)
  })
})

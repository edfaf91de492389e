import { describe, expect, test } from 'vitest'
import { settingDoubts } from '../../src/cli/setting-doubts.ts'
import { runCli } from '../support/report-cli.ts'

const SEED = new URL('../../captures/seed', import.meta.url).pathname

describe('settingDoubts()', () => {
  test.each([
    ['a mistyped key', ['enable-bpf-masquerde=true'], ['did you mean enable-bpf-masquerade?']],
    ['a key that resembles none', ['x=1'], ['--setting x: masquerading depends on no such setting']],
    ['a key that counts', ['enable-bpf-masquerade=true', 'cluster-id=3'], []],
    ['none at all', undefined, []],
  ])('%s', (_, settings, messages) => {
    expect(settingDoubts(settings).map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message)),
    )
  })
})

test('what is doubtful stands on standard error and in the summary', async () => {
  const doubtful = ['--cluster', `${SEED}/cluster-bpf`, '--at', 'node/kind-wroker', '--setting', 'rooting-mode=native']
  const { status, stdout, stderr } = await runCli([`${SEED}/nginx-eth0.txt`, ...doubtful, '--format', 'ndjson'])
  expect(status).toBe(0)
  expect(stderr).toContain('nginx-eth0.txt: --at node/kind-wroker: the metadata has none of this name')
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(summary.warnings.map(({ code }: { code: string }) => code)).toEqual(['setting-unknown', 'point-unknown'])
})

import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../support/report-cli.ts'

const SEED = resolve(import.meta.dirname, '../../captures/seed')
const WRONG = ['--masquerade', 'iptables', '--setting', 'install-no-conntrack-iptables-rules=true']

describe('lint', () => {
  test('says so where nothing is wrong', async () => {
    const { status, stdout } = await runCli(['lint', '--cluster', join(SEED, 'cluster-bpf')])
    expect([status, stdout]).toEqual([0, '✓ nothing in the metadata contradicts itself\n'])
  }, 60_000)

  test('takes the metadata as arguments too', async () => {
    const { status } = await runCli(['lint', join(SEED, 'cluster-bpf')])
    expect(status).toBe(0)
  })

  test('an error is status 1, unless --fail-on never', async () => {
    const { status, stdout } = await runCli(['lint', ...WRONG])
    expect(status).toBe(1)
    expect(stdout).toContain('✗ error iptables-no-conntrack')
    expect((await runCli(['lint', ...WRONG, '--fail-on', 'never'])).status).toBe(0)
  })

  test('a warning is status 0, and 1 with --fail-on inconclusive', async () => {
    const argv = ['lint', '--cluster', join(SEED, 'cluster-iptables')]
    expect((await runCli(argv)).status).toBe(0)
    expect((await runCli([...argv, '--fail-on', 'inconclusive'])).status).toBe(1)
  })

  test('writes findings as records', async () => {
    const { stdout } = await runCli(['lint', ...WRONG, '--format', 'ndjson'])
    const [finding] = stdout.split('\n').map((line) => JSON.parse(line || '{}'))
    expect(finding).toMatchObject({
      record: 'finding',
      code: 'iptables-no-conntrack',
      severity: 'error',
      sources: [{ file: '--setting' }, { file: '--masquerade' }],
    })
  })

  test('asks for something to check', async () => {
    const { status, stderr } = await runCli(['lint'])
    expect(status).toBe(2)
    expect(stderr).toContain('Nothing to check')
  })
})

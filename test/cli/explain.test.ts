import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decisionSchema } from '../../src/report/records/schemas.ts'
import { runCli } from '../support/report-cli.ts'

const SEED = resolve(import.meta.dirname, '../../captures/seed')
const bpf = ['--cluster', `${SEED}/cluster-bpf`]
const iptables = ['--cluster', `${SEED}/cluster-iptables`]

async function decide(...argv: string[]) {
  const { status, stdout, stderr } = await runCli(['explain', ...argv, '--format', 'json'])
  expect(stderr.replace(/^masqcheck: warning:.*\n/gm, '')).toBe('')
  expect(status).toBe(0)
  return decisionSchema.parse(JSON.parse(stdout)) as {
    action: string
    address: string | null
    rule: string
    node: string | null
  }
}

describe('explain', () => {
  test('prints the decision, every rule asked, and the line of configuration behind it', async () => {
    const { status, stdout } = await runCli(['explain', ...bpf, '--from', '10.244.2.53', '--to', '172.17.0.6:80'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^TCP 10\.244\.2\.53 \(pod default\/net-client\) → 172\.17\.0\.6:80 \(external\)/)
    expect(stdout).toContain('masquerade to 172.17.0.4 · rule local-endpoint (BPF, decided on kind-worker)')
    expect(stdout).toMatch(/ {2}exclusion-cidr +172\.17\.0\.6 is outside ipv4-native-routing-cidr 10\.244\.0\.0\/16/)
    const inConfig = [
      '--cluster',
      `${SEED}/cluster-bpf/cilium-config.yaml`,
      '--from',
      '10.244.2.53',
      '--to',
      '10.244.9.9',
    ]
    const decided = await runCli(['explain', ...inConfig, '--pod-cidr', 'n1=10.244.2.0/24', '--node', 'n1=172.17.0.4'])
    expect(decided.stdout).toMatch(/cilium-config\.yaml:15:\s+ipv4-native-routing-cidr: 10\.244\.0\.0\/16/)
    expect(stdout).toMatch(/^▶ +local-endpoint/m)
  })

  test('takes pods and nodes by name', async () => {
    const args = [...bpf, '--from', 'pod/default/net-client', '--to', 'node/kind-control-plane:10250']
    expect(await decide(...args)).toMatchObject({ action: 'preserve', rule: 'remote-node', node: 'kind-worker' })
  })

  test('decides by iptables where the settings say so', async () => {
    const args = [...iptables, '--from', '10.244.2.53', '--to', '172.17.0.6:80']
    expect(await decide(...args)).toMatchObject({ action: 'masquerade', address: '172.17.0.4', rule: 'non-cluster' })
  })

  test('takes the same facts by hand, without any file', async () => {
    const facts = ['--masquerade', 'bpf', '--routing', 'native', '--native-routing-cidr', '10.244.0.0/16']
    const addresses = ['--node', 'kind-worker=172.17.0.4', '--pod-cidr', 'kind-worker=10.244.2.0/24']
    const packet = ['--from', '10.244.2.53', '--to', '1.1.1.1:443']
    expect(await decide(...facts, ...addresses, ...packet)).toMatchObject({
      action: 'masquerade',
      rule: 'local-endpoint',
    })
    const inside = ['--from', '10.244.2.53', '--to', '10.244.9.9:443']
    expect(await decide(...facts, ...addresses, ...inside)).toMatchObject({
      action: 'preserve',
      rule: 'exclusion-cidr',
    })
  })

  test('--node names the deciding node, or gives an address', async () => {
    const packet = ['--from', '10.244.2.53', '--to', '1.1.1.1:443']
    expect(await decide(...bpf, '--node', 'kind-control-plane', ...packet)).toMatchObject({
      node: 'kind-control-plane',
    })
  })

  test('--reply and --fact reach the decision', async () => {
    const packet = [...bpf, '--from', '10.244.2.53', '--to', '1.1.1.1:443']
    expect(await decide(...packet, '--reply')).toMatchObject({ action: 'preserve', rule: 'reply' })
    const { status, stderr } = await runCli(['explain', ...packet, '--fact', 'colour=red'])
    expect(status).toBe(2)
    expect(stderr).toContain('--fact "colour=red" is not known')
  })

  test('--diff shows what other settings change', async () => {
    const packet = [...bpf, '--from', '10.244.2.53', '--to', '172.17.0.6:80']
    const { stdout } = await runCli(['explain', ...packet, '--diff', 'ipv4-native-routing-cidr=172.17.0.0/16'])
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Changes with ipv4-native-routing-cidr=172.17.0.0/16: masquerade to 172.17.0.4 (rule local-endpoint) becomes preserve the source (rule exclusion-cidr)',
    )
    const json = JSON.parse(
      (await runCli(['explain', ...packet, '--diff', 'masquerade=iptables', '--format', 'json'])).stdout,
    )
    expect(decisionSchema.parse(json)).toBeTruthy()
    expect(json.diff).toMatchObject({
      settings: ['masquerade=iptables'],
      decision: { engine: 'iptables', rule: 'non-cluster' },
    })
    const file = await runCli([
      'explain',
      ...packet,
      '--diff',
      `${SEED}/cluster-iptables/cilium-config.yaml`,
      '--format',
      'ndjson',
    ])
    expect(
      file.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).engine),
    ).toEqual(['bpf', 'iptables'])
  })

  test('writes what the name of the file, or the format before it, asks for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'masqcheck-'))
    const packet = ['explain', ...bpf, '--from', '10.244.2.53', '--to', '172.17.0.6:80']
    for (const output of [`${folder}/a.json`, `json:${folder}/b`]) await runCli([...packet, '-o', output])
    await runCli([...packet, '-o', `${folder}/c.txt`])
    for (const file of ['a.json', 'b']) decisionSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
    expect(readFileSync(join(folder, 'c.txt'), 'utf8')).toMatch(/^TCP 10\.244\.2\.53/)
  })

  test.each([
    [
      'a name nobody has',
      ['--from', 'pod/default/nobody', '--to', '1.1.1.1'],
      /--from "pod\/default\/nobody" is no address/,
    ],
    ['families that do not meet', ['--from', '10.244.2.53', '--to', '2001:db8::1'], /no address family in common/],
    ['a port too large', ['--from', '10.244.2.53', '--to', '1.1.1.1:70000'], /a port is at most 65535/],
    [
      'metadata that is not there',
      ['--cluster', 'no-such-folder', '--from', '10.0.0.1', '--to', '1.1.1.1'],
      /no-such-folder: no such file or folder/,
    ],
    [
      'options that contradict each other',
      ['--masquerade', 'iptables', '--non-masquerade-cidr', '10.0.0.0/8', '--from', '10.0.0.1', '--to', '1.1.1.1'],
      /contradict each other/,
    ],
  ])('%s is a clear message and status 2', async (_, argv, message) => {
    const { status, stdout, stderr } = await runCli(['explain', ...(argv[0] === '--cluster' ? [] : bpf), ...argv])
    expect(stderr).toMatch(message)
    expect([status, stdout]).toEqual([2, ''])
  })
})

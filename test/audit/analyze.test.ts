import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Analysis } from '../../src/audit/analysis.ts'
import { analyze } from '../../src/audit/analyze.ts'
import { parseExpectations } from '../../src/audit/expectations.ts'
import { loadCluster } from '../../src/cluster/load.ts'

const CAPTURES = resolve(import.meta.dirname, '../../captures')
const SEED = join(CAPTURES, 'seed')
const folder = mkdtempSync(join(tmpdir(), 'masqcheck-analyze-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const words = ({ verdicts }: Analysis): string[] =>
  verdicts.map(({ verdict, code }) => (code === null ? verdict : `${verdict} ${code}`))

describe('analyze() on the seed', () => {
  test('both captures by their captures.yaml', async () => {
    const analysis = await analyze({ captures: [SEED] })
    const byName = new Map(
      analysis.verdicts.map((verdict) => [analysis.captures[verdict.flow.capture]?.name.split('/').pop(), verdict]),
    )
    expect(byName.get('nginx-eth0.txt')).toMatchObject({
      verdict: 'consistent',
      source: { kind: 'node', name: 'kind-worker' },
      expected: { engine: 'bpf', action: 'masquerade', address: '172.17.0.4', rule: 'local-endpoint' },
      observed: { action: 'masquerade' },
      point: { kind: 'external', basis: 'captures.yaml' },
    })
    expect(byName.get('kind-worker-eth0.txt')).toMatchObject({
      verdict: 'consistent',
      source: { kind: 'pod' },
      destination: { kind: 'node' },
      expected: { action: 'preserve', rule: 'remote-node' },
      observed: { action: 'preserve' },
    })
  })

  test('the iptables variant of the cluster', async () => {
    const analysis = await analyze({ captures: [SEED], cluster: [join(SEED, 'cluster-iptables')] })
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts.map(({ expected }) => expected?.rule).sort()).toEqual(['node-set', 'non-cluster'])
    // The dump is kind-worker's: what a pod of another node meets there is not in it.
    expect(analysis.verdicts.map(({ source, installed }) => [source.kind, installed?.engine])).toEqual(
      expect.arrayContaining([
        ['node', 'installed'],
        ['pod', undefined],
      ]),
    )
  })

  test('a pod address in the first capture is a leak', async () => {
    const text = readFileSync(join(SEED, 'nginx-eth0.txt'), 'utf8').replaceAll('172.17.0.4.53938', '10.244.2.53.53938')
    const file = join(folder, 'leak.txt')
    writeFileSync(file, text)
    const analysis = await analyze({ captures: [file], cluster: [join(SEED, 'cluster-bpf')] })
    expect(words(analysis)).toEqual(['contradiction MASQUERADE_MISSING'])
    expect(analysis.verdicts[0]?.point).toMatchObject({ kind: 'external', name: '49b71dac045f', basis: 'prompt' })
    expect(analysis.findings[0]).toMatchObject({ severity: 'error', flows: [1] })
  })

  test('points given by option, for one capture and for all', async () => {
    const nginx = join(SEED, 'nginx-eth0.txt')
    const one = await analyze({ captures: [SEED], at: [`${nginx}=node/kind-worker:eth0`] })
    expect(one.verdicts.map(({ point }) => `${point.kind} ${point.basis}`).sort()).toEqual([
      'node captures.yaml',
      'node option',
    ])
    const all = await analyze({ captures: [SEED], at: ['external/box'] })
    expect(all.verdicts.map(({ point }) => `${point.kind} ${point.name} ${point.basis}`)).toEqual([
      'external box option',
      'external box option',
    ])
  })

  test('hand-given facts, a snapshot, expectations and other settings', async () => {
    const expectations = parseExpectations(
      'expectations:\n- flow: { from: pod, to: external }\n  nat: masquerade\n',
      'e.yaml',
    )
    const given = { nativeRoutingCidrs: ['172.17.0.0/16'] }
    const analysis = await analyze({
      captures: [SEED],
      expect: expectations,
      whatIf: { given, settings: ['native-routing-cidr=172.17.0.0/16'] },
    })
    expect(analysis.expectations).toMatchObject([{ status: 'passed' }])
    expect(analysis.whatIf?.changes.map(({ after }) => after.expected?.rule)).toEqual([
      'exclusion-cidr',
      'exclusion-cidr',
    ])
    const cluster = await loadCluster({ paths: [join(SEED, 'cluster-bpf')], given })
    expect(words(await analyze({ captures: [SEED], cluster }))).toEqual(['consistent', 'inconclusive'])
  })

  test('an aborted run says so and keeps what it has', async () => {
    const { summary } = await analyze({ captures: [SEED], signal: AbortSignal.abort() })
    expect(summary).toMatchObject({ interrupted: true, flows: 0 })
  })

  test('no metadata, no judgement', async () => {
    const file = join(folder, 'alone.txt')
    cpSync(join(SEED, 'nginx-eth0.txt'), file)
    expect(words(await analyze({ captures: [file] }))).toEqual(['not_applicable'])
  })
})

describe('analyze() on folders with clusters of their own', () => {
  test('each capture is judged by its own cluster', async () => {
    const folders = ['seed', 'lab-rule-missing', 'lab-iptables'].map((name) => join(CAPTURES, name))
    const together = await analyze({ captures: folders })
    const apart = await Promise.all(folders.map((path) => analyze({ captures: [path] })))
    expect(words(together)).toEqual(apart.flatMap(words))
    expect(together.summary.codes).toEqual(apart[1]?.summary.codes)
    const connections = together.verdicts.map(({ flow, connection }) =>
      connection === null ? null : `${flow.capture} ${connection}`,
    )
    expect(new Set(connections).size).toBeGreaterThan(3)
  })

  const folders: [string, Record<string, number>][] = [
    ['lab-iptables', {}],
    ['lab-rule-missing', { MASQUERADE_MISSING: 8 }],
    ['lab-forgotten-node', { MASQUERADE_UNEXPECTED: 1 }],
    ['lab-cilium-host-address', { CILIUM_HOST_LEAKED: 8 }],
    ['lab-reply-not-translated-back', { REVERSE_NAT_MISSING: 4 }],
  ]
  test.each(folders)('%s', async (name, codes) => {
    const { summary } = await analyze({ captures: [join(CAPTURES, name)] })
    expect(summary.codes).toEqual(codes)
    expect(summary.verdicts.inconclusive).toBe(0)
  })
})

test('a pod address at a place that nothing tells says what the verdict hangs on', async () => {
  const file = join(folder, 'pasted.txt')
  writeFileSync(
    file,
    '11:56:28.960087 IP 10.244.1.11.40001 > 172.18.0.100.80: Flags [S], seq 2618216972, win 64240, length 0\n',
  )
  const cluster = [join(CAPTURES, 'lab-iptables/cluster')]
  const { verdicts, findings, summary } = await analyze({ captures: [file], cluster })
  expect(verdicts[0]).toMatchObject({ code: 'MASQUERADE_MISSING', observed: { confidence: 'low' } })
  expect(verdicts[0]?.because[0]).toContain('counts as past the SNAT point (--at settles it)')
  const cause = findings.find(({ severity }) => severity === 'error')
  expect(cause?.message).toContain('if the capture was taken past the SNAT point, which nothing tells, ')
  expect(summary.warnings.map(({ message }) => message).join()).toContain('--at')

  const settled = await analyze({ captures: [file], cluster, at: ['pod/default/n1-p1'] })
  expect(words(settled)).toEqual(['consistent'])
})

import { describe, expect, test } from 'vitest'
import type { CapturePoint } from '../../src/audit/verdict.ts'
import { pointDoubts, settingDoubts } from '../../src/cli/doubts.ts'
import type { ClusterNode, Pod } from '../../src/cluster/snapshot.ts'
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

describe('pointDoubts()', () => {
  const point = (kind: CapturePoint['kind'], name: string | null, basis = 'option'): CapturePoint => {
    return { kind, name, interface: null, side: 'after', basis, assumed: false }
  }
  const cluster = {
    nodes: [{ name: 'kind-worker' }, { name: 'kind-worker2' }] as ClusterNode[],
    pods: [{ namespace: 'default', name: 'curl' }] as Pod[],
  }

  test.each([
    ['a mistyped node', [point('node', 'kind-wroker')], ['did you mean node/kind-worker?']],
    [
      'a node like none',
      [point('node', 'x')],
      ['--at node/x: the metadata has none of this name; it has kind-worker, '],
    ],
    ['a pod', [point('pod', 'default/crul')], ['did you mean pod/default/curl?']],
    ['a point of two interfaces, once', [point('node', 'x'), point('node', 'x')], ['--at node/x: ']],
    ['a node that is there', [point('node', 'kind-worker2')], []],
    ['an outside host', [point('external', 'nginx')], []],
    ['a point that nobody typed', [point('node', 'x', 'prompt')], []],
  ])('%s', (_, points, messages) => {
    expect(pointDoubts(points, cluster).map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message)),
    )
  })

  test('says nothing where the metadata lists none', () => {
    expect(pointDoubts([point('node', 'x'), point('pod', 'a/b')], { nodes: [], pods: [] })).toEqual([])
  })
})

test('what is doubtful stands on standard error and in the summary', async () => {
  const doubtful = ['--cluster', `${SEED}/cluster-bpf`, '--at', 'node/kind-wroker', '--setting', 'rooting-mode=native']
  const { status, stdout, stderr } = await runCli([`${SEED}/nginx-eth0.txt`, ...doubtful, '--format', 'ndjson'])
  expect(status).toBe(0)
  expect(stderr).toContain('masqcheck: warning: --at node/kind-wroker: the metadata has none of this name')
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(summary.warnings.map(({ code }: { code: string }) => code)).toEqual(['setting-unknown', 'point-unknown'])
})

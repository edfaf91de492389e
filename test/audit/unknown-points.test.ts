import { describe, expect, test } from 'vitest'
import { unknownPoints } from '../../src/audit/unknown-points.ts'
import type { CapturePoint } from '../../src/audit/verdict.ts'
import type { ClusterNode, Pod } from '../../src/cluster/snapshot.ts'

describe('unknownPoints()', () => {
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
    [
      'a point of captures.yaml',
      [point('node', 'x', 'captures.yaml')],
      ['captures.yaml: node/x: the metadata has none'],
    ],
    ['a point of two interfaces, once', [point('node', 'x'), point('node', 'x')], ['--at node/x: ']],
    ['a node that is there', [point('node', 'kind-worker2')], []],
    ['an outside host', [point('external', 'nginx')], []],
    ['a point that nobody typed', [point('node', 'x', 'prompt')], []],
  ])('%s', (_, points, messages) => {
    expect(unknownPoints([{ name: 'a.pcap', points }], cluster).map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message)),
    )
  })

  test('says nothing where the metadata lists none', () => {
    expect(
      unknownPoints([{ name: 'a.pcap', points: [point('node', 'x'), point('pod', 'a/b')] }], { nodes: [], pods: [] }),
    ).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { ciliumNode, list, pod } from '../support/cluster-pieces.ts'

const NODES = 400

const podIp = (i: number): string => `10.${(i % NODES) >> 8}.${(i % NODES) & 255}.${2 + Math.floor(i / NODES)}`

function clusterText(pods: number): string {
  const nodes = Array.from({ length: NODES }, (_, i) =>
    ciliumNode({ name: `node-${i}`, ip: `172.16.${i >> 8}.${i & 255}`, podCidr: `10.${i >> 8}.${i & 255}.0/24` }),
  )
  const all = Array.from({ length: pods }, (_, i) =>
    pod({ name: `pod-${i}`, namespace: `ns-${i % 50}`, node: `node-${i % NODES}`, ip: podIp(i) }),
  )
  return list(...nodes, ...all)
}

function timed<T>(work: () => T): { result: T; milliseconds: number } {
  const start = performance.now()
  const result = work()
  return { result, milliseconds: performance.now() - start }
}

const load = (text: string): ClusterSnapshot => buildCluster([{ file: 'cluster.json', text }])

// A full load (10 000 nodes, 1 000 000 pods) takes too long for every run; its cost is this one's, as long as it grows in step.
test('loading costs in step with the number of pods, and a lookup costs the same', { timeout: 120_000 }, () => {
  const small = clusterText(5_000)
  const large = clusterText(20_000)
  load(small)
  const short = Math.min(...[0, 1, 2].map(() => timed(() => load(small)).milliseconds))
  const long = timed(() => load(large))
  expect(long.milliseconds).toBeLessThan(short * 4 * 4)

  const { addressBook, pods, nodes, warnings } = long.result
  expect([pods.length, nodes.length, warnings.length]).toEqual([20_000, NODES, 0])
  const ips = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? `8.8.${i & 255}.${i >> 8}` : podIp(i)))
  const rounds = [0, 1, 2, 3, 4].map(() =>
    timed(() => ips.filter((ip) => addressBook.lookup(ip).kind === 'pod').length),
  )
  expect(rounds[0]?.result).toBe(ips.filter((ip) => ip.startsWith('10.')).length)
  const best = Math.min(...rounds.map(({ milliseconds }) => milliseconds))
  // Below a microsecond on an idle machine; this one may be anything but idle.
  expect((best * 1000) / ips.length).toBeLessThan(10)
})

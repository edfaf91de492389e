import { expect, test } from 'vitest'
import { podAt } from '../../src/masquerade/pod-index.ts'
import { buildCluster } from '../support/masquerade-cluster.ts'

test('podAt() prefers the running pod over a completed one, and knows no others', () => {
  const cluster = buildCluster({
    pods: [
      { name: 'a/job', ip: '10.0.0.1', node: 'n1', phase: 'Succeeded' },
      { name: 'a/web', ip: '10.0.0.1', node: 'n1' },
      { name: 'a/old', ip: '10.0.0.2', node: 'n1', phase: 'Failed' },
    ],
  })
  expect(podAt(cluster, '10.0.0.1')?.name).toBe('web')
  expect(podAt(cluster, '10.0.0.2')?.name).toBe('old')
  expect(podAt(cluster, '10.0.0.3')).toBeUndefined()
})

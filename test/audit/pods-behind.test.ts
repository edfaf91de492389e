import { expect, test } from 'vitest'
import { podsBehind } from '../../src/audit/pods-behind.ts'
import { aCluster, clusterOf, FIXTURE } from '../support/audit-cluster.ts'
import { aNode, anEgressPolicy, aPod, list } from '../support/audit-objects.ts'

test('one listed pod stands for all', () => {
  expect(podsBehind(aCluster(FIXTURE), 'n1', 4)).toEqual(['10.244.1.10'])
})

test('without a listed pod an unused address of the pod CIDR does', () => {
  const { pods: _, ...given } = FIXTURE
  expect(podsBehind(aCluster({ ...given, ciliumHosts: ['n1=10.244.1.2'] }), 'n1', 4)).toEqual(['10.244.1.3'])
})

test('all pods are asked about where a policy picks among them', () => {
  const cluster = clusterOf(
    {},
    {
      'a.json': list(
        aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
        aPod('client', 'n1', '10.244.1.10'),
        aPod('other', 'n1', '10.244.1.11'),
        anEgressPolicy(['0.0.0.0/0'], '1.2.3.4'),
      ),
    },
  )
  expect(podsBehind(cluster, 'n1', 4)).toEqual(['10.244.1.10', '10.244.1.11'])
})

test('a node without pods and pod CIDR has none, nor one of another family', () => {
  expect(podsBehind(aCluster({ nodes: ['n1=172.18.0.2'] }), 'n1', 4)).toEqual([])
  expect(podsBehind(aCluster(FIXTURE), 'n1', 6)).toEqual([])
  expect(podsBehind(aCluster(FIXTURE), 'nowhere', 4)).toEqual([])
})

import { expect, test } from 'vitest'
import { pointFromFileName } from '../../src/audit/point-file-name.ts'
import { aCluster } from '../support/audit-cluster.ts'
import { aCapture } from '../support/audit-flows.ts'

const CLUSTER = aCluster({
  nodes: ['kind-worker=172.18.0.2', 'kind-worker2=172.18.0.3', 'n1=172.18.0.4'],
  pods: ['default/curl@kind-worker=10.0.0.1', 'a/web@kind-worker=10.0.0.2', 'b/web@kind-worker2=10.0.0.3'],
})

test.each<[string, [string, string, string | null] | null]>([
  ['kind-worker-eth0.pcap', ['node', 'kind-worker', 'eth0']],
  ['kind-worker2-eth0.pcap', ['node', 'kind-worker2', 'eth0']],
  ['dumps/capture_kind-worker_lxc0a1b2c.pcapng', ['node', 'kind-worker', 'lxc0a1b2c']],
  ['default_curl_eth0.pcapng', ['pod', 'default/curl', 'eth0']],
  ['curl.pcap', ['pod', 'default/curl', null]],
  // Another word that holds the name, a folder of that name, two pods of one name, a name too short to mean anything.
  ['curling.pcap', null],
  ['kind-worker/any.pcap', null],
  ['web.pcap', null],
  ['n1.pcap', null],
  ['capture.pcap', null],
])('pointFromFileName(%s)', (name, expected) => {
  const claim = pointFromFileName(aCapture({ name }), CLUSTER)
  expect(claim === null ? null : [claim.kind, claim.name, claim.interface]).toEqual(expected)
})

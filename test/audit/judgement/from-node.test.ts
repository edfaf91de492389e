import { describe, expect, test } from 'vitest'
import { aCluster, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'

const TO_OUTSIDE = '172.18.0.2:40000 > 1.1.1.1:443'
const TO_NODE = '172.18.0.2:40000 > 172.18.0.3:10250'
const UNEXPECTED = 'contradiction MASQUERADE_UNEXPECTED'

describe('the address of a node', () => {
  const rows: [string, string, number | null, string][] = [
    ['towards the outside, forwarded: a pod, rightly masqueraded', TO_OUTSIDE, 63, 'consistent'],
    ['towards the outside, not forwarded: the host itself', TO_OUTSIDE, 64, 'consistent'],
    ['towards the outside, no TTL: right whoever it was', TO_OUTSIDE, null, 'consistent'],
    ['towards another node, forwarded: a pod that was to keep its address', TO_NODE, 63, UNEXPECTED],
    ['towards another node, not forwarded: the host, rightly so', TO_NODE, 64, 'consistent'],
    ['towards another node, no TTL: a pod or the host, so it stays open', TO_NODE, null, 'inconclusive'],
    ['towards its own node: nothing is translated there', '172.18.0.2:40000 > 172.18.0.2:10250', null, 'consistent'],
  ]
  test.each(rows)('%s', (_, tuple, ttl, expected) => {
    expect(words(play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple, ttl }]))).toEqual([expected])
  })
})

test('how sure it is follows from who is known to be behind it', () => {
  const confidence = (ttl: number | null) =>
    play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple: TO_OUTSIDE, ttl }]).verdicts[0]?.observed.confidence
  expect([confidence(63), confidence(64), confidence(null)]).toEqual(['high', 'high', 'medium'])
})

test('an open case says what would decide it', () => {
  const [verdict] = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple: TO_NODE }]).verdicts
  expect(verdict?.observed).toMatchObject({ action: 'unknown', address: '172.18.0.2', confidence: 'low' })
  expect(verdict?.because.at(-1)).toContain('`cilium-dbg bpf nat list` or `conntrack -L` would decide')
})

test('a recorded translation names the pod, wherever the capture was taken', () => {
  const nat = 'TCP OUT 10.244.1.10:40000 -> 172.18.0.3:10250 XLATE_SRC 172.18.0.2:40000 Created=1sec ago NeedsCT=0\n'
  const cluster = clusterOf(FIXTURE, { 'bpf-nat-list-n1.txt': `root@n1:/# cilium-dbg bpf nat list\n${nat}` })
  const analysis = play(cluster, [OUTSIDE], [{ tuple: TO_NODE, ttl: 61 }])
  expect(words(analysis)).toEqual([UNEXPECTED])
  expect(analysis.verdicts[0]?.observed.originalSource).toEqual({
    ip: '10.244.1.10',
    port: 40000,
    name: 'default/client',
  })
})

test('what a node sends out under the address of another was given the wrong one', () => {
  const flow = { tuple: '172.18.0.3:40000 > 1.1.1.1:443', ttl: 63, answered: false, syns: 3 }
  const analysis = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [flow])
  expect(words(analysis)).toEqual(['contradiction MASQUERADE_WRONG_ADDRESS'])
  expect(analysis.verdicts[0]?.because[0]).toContain('n1 sent this out under 172.18.0.3')
})

test('masquerading switched off: a forwarded packet under the node address is somebody else translating', () => {
  const analysis = play(
    aCluster({ ...FIXTURE, masquerade: 'off' }),
    [NODE_ETH0('n1')],
    [{ tuple: TO_OUTSIDE, ttl: 63 }],
  )
  expect(words(analysis)).toEqual([UNEXPECTED])
})

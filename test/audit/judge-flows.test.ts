import { describe, expect, test } from 'vitest'
import { judgeFlows } from '../../src/audit/judge-flows.ts'
import type { Verdict } from '../../src/audit/verdict.ts'
import type { GivenFacts } from '../../src/cluster/given-facts.ts'
import { aCluster, SEED } from '../support/audit-cluster.ts'
import { aCapture, aFlow, type FlowFacts } from '../support/audit-flows.ts'

const NGINX = {
  name: 'nginx-eth0.txt',
  interfaces: [{ name: 'eth0', host: '49b71dac045f', command: 'tcpdump -i eth0 -n port 80' }],
}
const WORKER = { name: 'kind-worker-eth0.txt', interfaces: [{ name: 'eth0', host: 'kind-worker' }] }

function judgeOne(flow: FlowFacts, capture: Parameters<typeof aCapture>[0], given: GivenFacts): Verdict {
  const { verdicts } = judgeFlows([aFlow(flow)], [aCapture(capture)], aCluster(given))
  const [verdict] = verdicts
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

describe('judgeFlows() on the seed captures', () => {
  test('the first: a node address at an outside host, masqueraded as configured', () => {
    const verdict = judgeOne({ tuple: '172.17.0.4:53938 > 172.17.0.6:80', isn: 2618216972 }, NGINX, SEED)
    expect(verdict.point).toMatchObject({ kind: 'external', name: '49b71dac045f', interface: 'eth0', basis: 'prompt' })
    expect(verdict.source).toMatchObject({ kind: 'node', name: 'kind-worker' })
    expect(verdict.destination.kind).toBe('external')
    expect(verdict).toMatchObject({ verdict: 'consistent', code: null, connection: null, impact: null })
    expect(verdict.expected).toMatchObject({
      engine: 'bpf',
      action: 'masquerade',
      address: '172.17.0.4',
      rule: 'local-endpoint',
    })
    expect(verdict.observed).toMatchObject({ action: 'masquerade', address: '172.17.0.4', confidence: 'medium' })
  })

  test('the second: a pod keeps its address towards a node', () => {
    const verdict = judgeOne({ tuple: '10.244.0.101:52844 > 172.17.0.4:10248', answered: false }, WORKER, SEED)
    expect(verdict.point).toMatchObject({ kind: 'node', name: 'kind-worker', side: 'after' })
    expect(verdict.source.kind).toBe('pod')
    expect(verdict).toMatchObject({ verdict: 'consistent', observed: { action: 'preserve', address: '10.244.0.101' } })
    expect(verdict.expected).toMatchObject({ action: 'preserve', rule: 'remote-node' })
  })

  test('the first with a pod address as source is a leak', () => {
    const verdict = judgeOne({ tuple: '10.244.2.53:53938 > 172.17.0.6:80' }, NGINX, SEED)
    expect(verdict).toMatchObject({ verdict: 'contradiction', code: 'MASQUERADE_MISSING' })
    expect(verdict.expected?.address).toBe('172.17.0.4')
  })

  test('a native-routing CIDR that holds the destination forbids the translation, and a node address no longer proves it', () => {
    const given = { ...SEED, nativeRoutingCidrs: ['172.17.0.0/16'] }
    const node = judgeOne({ tuple: '172.17.0.4:53938 > 172.17.0.6:80' }, NGINX, given)
    expect(node).toMatchObject({ verdict: 'inconclusive', expected: { action: 'preserve', rule: 'exclusion-cidr' } })
    expect(node.because.join(' ')).toContain('exclusion-cidr')
    const pod = judgeOne({ tuple: '10.244.2.53:53938 > 172.17.0.6:80' }, NGINX, given)
    expect(pod).toMatchObject({ verdict: 'consistent', expected: { rule: 'exclusion-cidr' } })
  })

  test('without nodes the pod may have called anybody, and a node address is nobody in particular', () => {
    const { nodes: _, ciliumHosts: __, ...given } = SEED
    expect(judgeOne({ tuple: '10.244.0.101:52844 > 172.17.0.4:10248', answered: false }, WORKER, given).verdict).toBe(
      'inconclusive',
    )
    expect(judgeOne({ tuple: '172.17.0.4:53938 > 172.17.0.6:80' }, NGINX, given).verdict).toBe('inconclusive')
  })

  test('without any metadata nothing is judged', () => {
    const verdict = judgeOne({ tuple: '172.17.0.4:53938 > 172.17.0.6:80' }, NGINX, {})
    expect(verdict).toMatchObject({ verdict: 'not_applicable', code: null, expected: null })
  })
})

describe('judgeFlows() on pairs', () => {
  const any = { name: 'any.pcap', interfaces: [{ linkType: 276 }] }
  const out = { ttl: 63, vantages: [{ sllPacketType: 4, ifindex: 2 }] }
  const lxc = { ttl: 64, vantages: [{ sllPacketType: 0, ifindex: 12 }] }

  test('one request on any, before and after translation, is one consistent connection', () => {
    const flows = [
      aFlow({
        id: 1,
        tuple: '10.244.2.53:53938 > 172.17.0.6:80',
        isn: 1950840356,
        reverseIsn: 7,
        tsVal: 5,
        at: 1,
        ...lxc,
      }),
      aFlow({
        id: 2,
        tuple: '172.17.0.4:40001 > 172.17.0.6:80',
        isn: 1950840356,
        reverseIsn: 7,
        tsVal: 5,
        at: 1.000042,
        ...out,
      }),
    ]
    const { verdicts } = judgeFlows(flows, [aCapture(any)], aCluster(SEED))
    expect(verdicts.map(({ verdict, connection }) => [verdict, connection])).toEqual([
      ['consistent', 'c1'],
      ['consistent', 'c1'],
    ])
    expect(verdicts[1]?.observed).toMatchObject({
      action: 'masquerade',
      originalSource: { ip: '10.244.2.53', port: 53938 },
      confidence: 'high',
    })
    expect(verdicts[1]?.evidence[0]).toMatchObject({
      kind: 'paired-sighting',
      confidence: 'high',
      packets: [
        { file: 'any.pcap', record: 1 },
        { file: 'any.pcap', record: 1 },
      ],
    })
    expect(verdicts[1]?.evidence[0]?.detail).toContain('42 µs before')
  })

  test('the same pair towards a node is a translation nobody asked for', () => {
    const flows = [
      aFlow({ id: 1, tuple: '10.244.2.53:53938 > 172.17.0.3:10250', isn: 1950840356, tsVal: 5, ...lxc }),
      aFlow({ id: 2, tuple: '172.17.0.4:53938 > 172.17.0.3:10250', isn: 1950840356, tsVal: 5, ...out }),
    ]
    const { verdicts } = judgeFlows(flows, [aCapture(any)], aCluster(SEED))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['consistent', 'contradiction'])
    expect(verdicts[1]).toMatchObject({ code: 'MASQUERADE_UNEXPECTED', expected: { rule: 'remote-node' } })
  })

  test('an equal sequence number alone, between other parties, joins nothing', () => {
    const flows = [
      aFlow({ id: 1, tuple: '10.244.2.53:53938 > 1.1.1.1:80', isn: 99, answered: false, ...lxc }),
      aFlow({ id: 2, tuple: '172.17.0.4:53938 > 8.8.8.8:80', isn: 99, answered: false, ...out }),
    ]
    const { verdicts } = judgeFlows(flows, [aCapture(any)], aCluster(SEED))
    expect(verdicts.map(({ connection }) => connection)).toEqual([null, null])
  })
})

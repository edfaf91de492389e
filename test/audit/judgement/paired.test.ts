import { describe, expect, test } from 'vitest'
import { aCluster, aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, play, words } from '../../support/audit-incident.ts'

/** The same SYN on the pod's link and on the way out. */
function pair(before: string, after: string, facts: Partial<FlowFacts> = {}): FlowFacts[] {
  const shared = { isn: 7, tsVal: 7, ...facts }
  return [
    { ...shared, tuple: before, ...LXC_IN },
    { ...shared, tuple: after, ...ETH0_OUT },
  ]
}

describe('a translated sighting with the one that shows the pod behind it', () => {
  const rows: [string, string, string, string][] = [
    ['as its node towards the outside', '172.18.0.2:40000', '1.1.1.1:443', 'consistent'],
    ['as its node towards another node', '172.18.0.2:40000', '172.18.0.3:10250', 'contradiction MASQUERADE_UNEXPECTED'],
    ['as another node', '172.18.0.3:40000', '1.1.1.1:443', 'contradiction MASQUERADE_WRONG_ADDRESS'],
    ['as cilium_host', '10.244.1.250:40000', '1.1.1.1:443', 'contradiction CILIUM_HOST_LEAKED'],
  ]
  test.each(rows)('%s', (_, source, to, expected) => {
    const flows = pair(`10.244.1.10:40000 > ${to}`, `${source} > ${to}`)
    expect(words(play(aCluster(FIXTURE), [ANY('n1')], flows))).toEqual(['consistent', expected])
  })

  test('names the pod, and points at the packets on both sides', () => {
    const flows = pair('10.244.1.10:40000 > 1.1.1.1:443', '172.18.0.2:61000 > 1.1.1.1:443')
    const analysis = play(aCluster(FIXTURE), [ANY('n1')], flows)
    const [first, second] = analysis.verdicts
    expect(second?.observed).toMatchObject({
      action: 'masquerade',
      address: '172.18.0.2',
      originalSource: { ip: '10.244.1.10', port: 40000, name: 'default/client' },
      confidence: 'high',
    })
    expect(second?.evidence[0]).toMatchObject({ kind: 'paired-sighting', confidence: 'high' })
    expect(second?.evidence[0]?.packets?.length).toBe(2)
    expect(second?.connection).not.toBeNull()
    expect(first?.connection).toBe(second?.connection)
  })
})

test('where the beginning is missing, what looks translated may be answers under the called address', () => {
  const facts = { originKnown: false }
  const flows = pair('10.244.1.10:8080 > 172.18.0.3:40000', '172.18.0.2:8080 > 172.18.0.3:40000', facts)
  const analysis = play(aCluster(FIXTURE), [ANY('n1')], flows)
  expect(words(analysis)[1]).toBe('inconclusive')
  expect(analysis.verdicts[1]?.because[0]).toContain('a capture with the beginning would decide')
})

describe("a client outside that a pod sees under its node's address", () => {
  const onDevice = '1.1.1.1:50000 > '
  const inPod = { capture: 1, tuple: '172.18.0.2:50000 > 10.244.1.10:80', isn: 7, tsVal: 7, ttl: 61 }
  const captures = [NODE_ETH0('n1'), IN_POD('client')]
  const viaNodePort = (policy: 'Cluster' | 'Local') =>
    play(
      clusterOf(
        { ...FIXTURE, settings: ['kube-proxy-replacement=false'] },
        {
          'svc.json': aService({
            name: 'np',
            type: 'NodePort',
            port: 80,
            nodePort: 30080,
            policy,
            backends: ['10.244.1.10'],
          }),
        },
      ),
      captures,
      [{ tuple: `${onDevice}172.18.0.2:30080`, isn: 7, tsVal: 7, ttl: 62 }, inPod],
    )

  test('lost its address where it called the pod directly', () => {
    const analysis = play(aCluster(FIXTURE), captures, [
      { tuple: `${onDevice}10.244.1.10:80`, isn: 7, tsVal: 7, ttl: 62 },
      inPod,
    ])
    expect(words(analysis)[1]).toBe('contradiction NODE_SNAT_UNEXPECTED')
    expect(analysis.verdicts[1]?.observed.originalSource?.ip).toBe('1.1.1.1')
  })

  test('was balanced where it called a NodePort of policy Cluster', () => {
    expect(words(viaNodePort('Cluster'))[1]).toBe('not_applicable')
  })

  test('lost it against the policy of a Service that keeps clients', () => {
    expect(words(viaNodePort('Local'))[1]).toBe('contradiction NODE_SNAT_UNEXPECTED')
  })
})

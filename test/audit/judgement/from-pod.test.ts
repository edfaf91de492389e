import { describe, expect, test } from 'vitest'
import { aCluster, aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, NOWHERE, play, words } from '../../support/audit-incident.ts'

const OUTWARD = '10.244.1.10:40000 > 1.1.1.1:443'
const MISSING = 'contradiction MASQUERADE_MISSING'

describe("a pod's own address past the SNAT point", () => {
  const rows: [string, string, string][] = [
    ['towards the outside was due to be translated', OUTWARD, MISSING],
    ['towards a pod of another node is right', '10.244.1.10:40000 > 10.244.2.20:80', 'consistent'],
    ['towards another node is right, which is no outside', '10.244.1.10:40000 > 172.18.0.3:10250', 'consistent'],
  ]
  test.each(rows)('%s', (_, tuple, expected) => {
    const analysis = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple, ttl: 63 }])
    expect(words(analysis)).toEqual([expected])
    expect(analysis.verdicts[0]?.observed).toMatchObject({ action: 'preserve', confidence: 'high' })
  })

  test('names the address that was due and the device that shows it', () => {
    const [verdict] = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ tuple: OUTWARD, ttl: 63 }]).verdicts
    expect(verdict?.because[0]).toMatch(/10\.244\.1\.10 .*eth0 of node n1.* 172\.18\.0\.2/)
    expect(verdict?.evidence).toMatchObject([{ kind: 'capture-point', confidence: 'high' }])
  })

  test('at a place that nothing tells is a contradiction of low confidence that names --at', () => {
    const [verdict] = play(aCluster(FIXTURE), [NOWHERE], [{ tuple: OUTWARD }]).verdicts
    expect(verdict).toMatchObject({ code: 'MASQUERADE_MISSING', observed: { confidence: 'low' } })
    expect(verdict?.because.join(' ')).toContain('--at')
  })

  test('in mid-connection may be an answer, and so proves nothing', () => {
    const flow = { tuple: OUTWARD, ttl: 63, originKnown: false }
    const analysis = play(aCluster(FIXTURE), [NODE_ETH0('n1')], [flow])
    expect(words(analysis)).toEqual(['inconclusive'])
    expect(analysis.verdicts[0]?.because.at(-1)).toContain('the beginning of the connection would decide')
  })
})

test('in the pod its own address is right, and the verdict says where to look on', () => {
  const analysis = play(aCluster(FIXTURE), [IN_POD('client')], [{ tuple: OUTWARD, ttl: 64 }])
  expect(words(analysis)).toEqual(['consistent'])
  expect(analysis.verdicts[0]?.observed).toMatchObject({ action: 'unknown', address: null })
  expect(analysis.verdicts[0]?.because[0]).toContain('the native device of n1')
})

test('a connection that is translated wrongly past the pod is charged to the sighting out there alone', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [{ name: 'any.pcap', interfaces: [{ name: 'any', linkType: 276, host: 'n1' }] }],
    [
      { tuple: OUTWARD, isn: 7, tsVal: 7, ...LXC_IN },
      { tuple: '10.244.1.250:40000 > 1.1.1.1:443', isn: 7, tsVal: 7, ...ETH0_OUT },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'contradiction CILIUM_HOST_LEAKED'])
  expect(analysis.verdicts[0]?.because[0]).toContain('(flow 2)')
  expect(analysis.verdicts[0]?.observed.address).toBe('10.244.1.250')
})

describe('inside the tunnel', () => {
  const inTunnel = (tuple: string) =>
    play(
      aCluster({ ...FIXTURE, routing: 'tunnel' }),
      [{ interfaces: [{ name: 'cilium_vxlan', host: 'n1' }] }],
      [{ tuple, ttl: 63 }],
    )

  test('a pod keeps its address towards another pod', () => {
    expect(words(inTunnel('10.244.1.10:40000 > 10.244.2.20:80'))).toEqual(['consistent'])
  })

  test('towards the outside nothing is decided yet', () => {
    expect(words(inTunnel(OUTWARD))).toEqual(['inconclusive'])
  })
})

test.each([
  ['whose backends the settings all preserve', ['10.244.2.20', '10.244.1.10'], 'consistent'],
  ['without a listed backend', [], 'not_applicable'],
])('towards a Service %s', (_, backends, expected) => {
  const cluster = clusterOf(FIXTURE, { 'svc.json': aService({ name: 'web', port: 80, backends }) })
  const analysis = play(cluster, [IN_POD('client')], [{ tuple: '10.244.1.10:40000 > 10.96.0.50:80', ttl: 64 }])
  expect(words(analysis)).toEqual([expected])
})

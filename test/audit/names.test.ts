import { expect, test } from 'vitest'
import { judgeFlows } from '../../src/audit/judge-flows.ts'
import { aCluster, SEED } from '../support/audit-cluster.ts'
import { aCapture, aFlow } from '../support/audit-flows.ts'

const OUTSIDE = aCapture({ interfaces: [{ name: 'eth0', host: '49b71dac045f' }] })

function named(source: string) {
  const flow = aFlow({ tuple: '172.17.0.9:53938 > 172.17.0.6:80' })
  return { ...flow, source: { ip: source, port: 53938, isName: true } }
}

test('a node by its name is judged as its address', () => {
  const [verdict] = judgeFlows([named('kind-worker')], [OUTSIDE], aCluster(SEED)).verdicts
  expect(verdict).toMatchObject({ verdict: 'consistent', source: { ip: '172.17.0.4', kind: 'node' } })
})

test('a pod by its name', () => {
  const [verdict] = judgeFlows([named('net-client')], [OUTSIDE], aCluster(SEED)).verdicts
  expect(verdict).toMatchObject({ code: 'MASQUERADE_MISSING', source: { ip: '10.244.2.53' } })
})

test('a name that nobody has leaves nothing to say but how to do better', () => {
  const [verdict] = judgeFlows([named('somewhere.example.com')], [OUTSIDE], aCluster(SEED)).verdicts
  expect(verdict?.verdict).toBe('not_applicable')
  expect(verdict?.because[0]).toContain('tcpdump -n')
})

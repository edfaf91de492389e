import { describe, expect, test } from 'vitest'
import { sourcePortVote } from '../../../src/audit/attribution/source-port.ts'
import { aCluster, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const SETTINGS = aCluster(FIXTURE).settings
const vote = (port: number, protocol: FlowFacts['protocol'] = 'tcp', settings = SETTINGS) =>
  sourcePortVote(aFlow({ tuple: `172.18.0.2:${port} > 1.1.1.1:443`, protocol }), 'bpf', settings)

describe('sourcePortVote()', () => {
  // BPF masquerading never uses a port of the NodePort range, 30000-32767, or below (§2.4).
  test.each([
    [32767, 'host', 'high'],
    [1024, 'host', 'high'],
    [61000, 'pod', 'low'],
  ])('port %i says %s', (port, says, confidence) => {
    expect(vote(port)).toMatchObject({ says, evidence: { kind: 'source-port', confidence } })
    expect(vote(port, 'udp')?.says).toBe(says)
  })

  test.each([32768, 45000, 60999])('port %i is where both are, and says nothing', (port) => {
    expect(vote(port)).toBeNull()
  })

  test('follows the configured NodePort range', () => {
    const { settings } = clusterOf(FIXTURE, { 'c.json': ciliumConfig({ 'node-port-range': '20000,22000' }) })
    expect([vote(22000, 'tcp', settings)?.says, vote(22001, 'tcp', settings)]).toEqual(['host', null])
  })

  test('says nothing under iptables, which keeps ports, nor of protocols without them', () => {
    const flow = aFlow({ tuple: '172.18.0.2:1024 > 1.1.1.1:443' })
    for (const engine of ['iptables', 'installed', 'off'] as const)
      expect(sourcePortVote(flow, engine, SETTINGS)).toBeNull()
    const ping = aFlow({ tuple: '172.18.0.2 > 1.1.1.1', protocol: 'icmp', icmp: { type: 8, code: 0, id: 5 } })
    expect(sourcePortVote(ping, 'bpf', SETTINGS)).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { strays } from '../../../src/audit/findings/strays.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aSample, type FlowFacts } from '../../support/audit-flows.ts'

const OWNER: FlowFacts = { tuple: '172.18.0.2:45020 > 1.1.1.1:443', isn: 1000, payload: 75, ttl: 63 }
const stray = (seq: number, flags: number = TcpFlag.Rst, facts: Partial<FlowFacts> = {}): FlowFacts => ({
  tuple: '10.244.1.10:45020 > 1.1.1.1:443',
  originKnown: false,
  answered: false,
  payload: 0,
  ttl: 63,
  samples: [aSample({ record: 99, flags, seq, ttl: 63 })],
  ...facts,
})
const found = (...flows: readonly FlowFacts[]) => strays(judged(aCluster(FIXTURE), flows))

// 1000 is the SYN, 75 octets follow, then the FIN: what is late begins at 1076 or, behind the FIN, at 1077.
test.each([
  ['RST', 1077, TcpFlag.Rst],
  ['RST', 1076, TcpFlag.Rst],
  ['FIN', 1076, TcpFlag.Fin | TcpFlag.Ack],
])('strays() tells a late %s at %i, which connection and which packet', (what, seq, flags) => {
  const [finding, ...more] = found(OWNER, stray(seq, flags))
  expect(more).toEqual([])
  expect(finding).toMatchObject({ code: 'stray-after-close', severity: 'info', flows: [1, 2] })
  expect(finding?.message).toMatch(/^packet 99 of n1-eth0\.pcap at 2025-08-01T00:00:00\.000000000Z: /)
  expect(finding?.message).toContain(`a late ${what} of the connection in flow 1`)
})

describe('strays() says nothing where', () => {
  const rows: [string, readonly FlowFacts[]][] = [
    ['it belongs to no connection of the capture', [OWNER, stray(5000)]],
    ['a SYN is no stray', [OWNER, stray(1077, TcpFlag.Syn)]],
    ['it brings payload', [OWNER, stray(1077, TcpFlag.Fin, { payload: 10 })]],
    ['it was answered', [OWNER, stray(1077, TcpFlag.Rst, { answered: true })]],
    ['the opening was captured', [OWNER, stray(1077, TcpFlag.Rst, { originKnown: true })]],
    ['the server is another', [OWNER, stray(1077, TcpFlag.Rst, { tuple: '10.244.1.10:45020 > 1.1.1.1:80' })]],
    ['it came from outside', [OWNER, stray(1077, TcpFlag.Rst, { tuple: '8.8.8.8:45020 > 1.1.1.1:443' })]],
  ]
  test.each(rows)('%s', (_, flows) => {
    expect(found(...flows)).toEqual([])
  })
})

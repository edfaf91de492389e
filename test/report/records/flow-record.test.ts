import { describe, expect, test } from 'vitest'
import { toFlowRecord } from '../../../src/report/records/flow-record.ts'
import { flowSchema } from '../../../src/report/records/schemas.ts'
import { decision, direction, flow, leak, verdict } from '../../support/report-fixtures.ts'

describe('toFlowRecord()', () => {
  test('gives every count of TCP for its own direction', () => {
    const forward = direction({ retransmissions: 1, outOfOrder: 2, duplicates: 3, missedBytes: 4 })
    const reverse = direction({ zeroWindows: 5, keepAlives: 6, resets: 7, isn: 0 })
    expect(toFlowRecord(verdict({ flow: flow({ forward, reverse }) }), 'x').tcp).toMatchObject({
      retransmissions: { forward: 1, reverse: 0 },
      outOfOrder: { forward: 2, reverse: 0 },
      duplicates: { forward: 3, reverse: 0 },
      missedBytes: { forward: 4, reverse: 0 },
      zeroWindows: { forward: 0, reverse: 5 },
      keepAlives: { forward: 0, reverse: 6 },
      resets: { forward: 0, reverse: 7 },
      isn: { forward: null, reverse: 0 },
    })
  })

  test('rounds a handshake to nanoseconds, and leaves one that was not seen null', () => {
    const timed = (handshakeRttSeconds: number | null) => {
      const tcp = { connState: 'S1', history: 'ShA', handshakeRttSeconds }
      return toFlowRecord(verdict({ flow: flow({ tcp }) }), 'x').tcp?.handshakeRttSeconds
    }
    expect(timed(0.1 + 0.2)).toBe(0.3)
    expect(timed(null)).toBeNull()
  })

  test('keeps what is expected, what is installed and what was seen apart', () => {
    const installed = decision({ engine: 'installed', action: 'preserve', address: null, addresses: [] })
    const { nat } = toFlowRecord(leak(1, { installed }), 'x')
    expect(nat).toMatchObject({
      verdict: 'contradiction',
      code: 'MASQUERADE_MISSING',
      expected: { engine: 'bpf', action: 'masquerade', address: '172.17.0.4' },
      installed: { engine: 'installed', action: 'preserve', address: null },
      observed: { action: 'preserve', address: '10.244.2.53' },
      impact: '4 SYN unanswered',
    })
    expect(nat?.installed?.because).toEqual(['the source is a pod of this node'])
  })

  test('shows evidence with the packets and the line that prove it, and none as empty', () => {
    const nat = {
      kind: 'nat-table',
      detail: 'entry',
      confidence: 'high',
      packets: [{ file: 'a.pcap', record: 3 }],
    } as const
    const evidence = [{ ...nat, source: { file: 'bpf-nat-list.txt', line: 9 } }]
    const [shown] = toFlowRecord(verdict({ evidence }), 'x').nat?.evidence ?? []
    expect(shown).toEqual(evidence[0])
    expect(toFlowRecord(verdict(), 'x').nat?.evidence[0]).toMatchObject({ packets: [], source: null })
  })

  test('gives tunnel and ICMP errors, which say what they quote', () => {
    const error = { type: 3, code: 4, family: 4, from: '10.0.0.9', to: '10.0.0.1', mtu: 1400 } as const
    const when = { timeSec: 1, timeNsec: 0, record: 5 }
    const seen = flow({
      tunnel: { kind: 'vxlan', vni: 7, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' },
      icmpErrors: [
        { ...error, ...when, quotesForward: true },
        { ...error, ...when, quotesForward: false },
      ],
    })
    const record = flowSchema.parse(toFlowRecord(verdict({ flow: seen }), 'x'))
    expect(record.icmpErrors.map(({ quotes, mtu }) => `${quotes} ${mtu}`)).toEqual(['forward 1400', 'reverse 1400'])
    expect(record.tunnel).toMatchObject({ kind: 'vxlan', vni: 7, outerSource: '172.18.0.2' })
  })
})

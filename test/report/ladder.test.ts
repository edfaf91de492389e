import { describe, expect, test } from 'vitest'
import type { PacketSample } from '../../src/flow/flow.ts'
import { ladder } from '../../src/report/ladder.ts'
import { flow } from '../support/report-fixtures.ts'

function packet(record: number, seq: number, some: Partial<PacketSample> = {}): PacketSample {
  const at = { timeSec: 100, timeNsec: record * 1000 }
  return {
    record,
    file: 0,
    forward: true,
    ...at,
    flags: 0x10,
    seq,
    ack: 7,
    payloadLength: 0,
    tsVal: null,
    ipId: null,
    ttl: 64,
    tag: null,
    ...some,
  }
}

describe('ladder()', () => {
  test('puts the same packet of two sightings on one rung', () => {
    const before = flow({ samples: [packet(1, 10), packet(2, 20)] })
    const after = flow({ samples: [packet(5, 10), packet(6, 20), packet(7, 30)] })
    expect(ladder([before, after]).map(({ records }) => records)).toEqual([
      [1, 5],
      [2, 6],
      [null, 7],
    ])
  })

  test('tells packets apart by what translation keeps', () => {
    const a = flow({ samples: [packet(1, 10, { tsVal: 1 })] })
    const b = flow({ samples: [packet(2, 10, { tsVal: 2 }), packet(3, 10, { forward: false })] })
    expect(ladder([a, b])).toHaveLength(3)
  })

  test('lays clocks that differ over each other by a packet both saw', () => {
    const dated = flow({ samples: [packet(1, 10, { timeSec: 1_700_000_000, timeNsec: 0 })] })
    const clock = flow({
      samples: [packet(2, 10, { timeSec: 40, timeNsec: 0 }), packet(3, 20, { timeSec: 41, timeNsec: 500_000_000 })],
    })
    const rungs = ladder([dated, clock])
    expect(rungs.map(({ seconds }) => seconds)).toEqual([0, 1.5])
    expect(rungs[0]?.records).toEqual([1, 2])
  })

  test('says what a packet is', () => {
    const syn = packet(1, 10, { flags: 0x02, ack: 0, tsVal: 9, ipId: 3 })
    const data = packet(2, 11, { flags: 0x18, payloadLength: 75, ttl: null })
    expect(ladder([flow({ samples: [syn, data] })]).map(({ text }) => text)).toEqual([
      'SYN seq 10 ttl 64 id 3 TSval 9',
      'PSH ACK seq 11 ack 7 length 75',
    ])
  })

  test('is empty where no packet was kept', () => {
    expect(ladder([flow()])).toEqual([])
  })
})

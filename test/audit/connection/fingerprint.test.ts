import { describe, expect, test } from 'vitest'
import { isSameTuple, leadSample, openingIsn, startSeconds } from '../../../src/audit/connection/fingerprint.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aFlow, aSample } from '../../support/audit-flows.ts'

const TUPLE = '10.0.0.1:1 > 1.1.1.1:443'
const synAck = (facts: object = {}) =>
  aSample({ forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 9, ack: 101, record: 2, ...facts })

describe('openingIsn()', () => {
  test('is that of the SYN', () => {
    expect(openingIsn(aFlow({ tuple: TUPLE, isn: 4711 }))).toBe(4711)
  })

  test('is what the SYN-ACK acknowledges, less one, where the SYN is missing', () => {
    expect(openingIsn(aFlow({ tuple: TUPLE, isn: null, samples: [synAck()] }))).toBe(100)
    expect(openingIsn(aFlow({ tuple: TUPLE, isn: null, samples: [synAck({ ack: 0 })] }))).toBe(0xffffffff)
  })

  test.each([
    ['neither was captured', [aSample({ flags: TcpFlag.Ack })]],
    ['the number is one that tcpdump printed relative', [synAck({ isRelative: true })]],
  ])('is null where %s', (_, samples) => {
    expect(openingIsn(aFlow({ tuple: TUPLE, isn: null, samples }))).toBeNull()
  })

  test('is null for UDP', () => {
    expect(openingIsn(aFlow({ tuple: TUPLE, protocol: 'udp', isn: 5 }))).toBeNull()
  })
})

test('leadSample() is the SYN, else the first packet kept', () => {
  const ack = aSample({ record: 7, flags: TcpFlag.Ack })
  const syn = aSample({ record: 8, flags: TcpFlag.Syn })
  expect(leadSample(aFlow({ tuple: TUPLE, samples: [ack, syn] }))?.record).toBe(8)
  // The answer's SYN is the other side's.
  expect(leadSample(aFlow({ tuple: TUPLE, samples: [ack, synAck()] }))?.record).toBe(7)
  expect(leadSample(aFlow({ tuple: TUPLE, samples: [] }))).toBeUndefined()
})

test.each([
  ['10.0.0.1:1 > 1.1.1.1:443', true],
  ['10.0.0.1:2 > 1.1.1.1:443', false],
  ['10.0.0.2:1 > 1.1.1.1:443', false],
  ['10.0.0.1:1 > 1.1.1.1:444', false],
  ['1.1.1.1:443 > 10.0.0.1:1', false],
])('isSameTuple() with %s is %s', (tuple, expected) => {
  expect(isSameTuple(aFlow({ tuple: TUPLE }), aFlow({ tuple }))).toBe(expected)
})

test('startSeconds() puts seconds and nanoseconds together', () => {
  expect(startSeconds(aFlow({ tuple: TUPLE, at: 2.5 })) - startSeconds(aFlow({ tuple: TUPLE }))).toBe(2.5)
})

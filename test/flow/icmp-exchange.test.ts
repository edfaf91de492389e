import { describe, expect, test } from 'vitest'
import { icmpRequestType, isIcmpAnswer } from '../../src/flow/icmp-exchange.ts'

describe('icmpRequestType()', () => {
  test.each([
    [1, 8, 8],
    [1, 0, 8],
    [1, 14, 13],
    [1, 3, -1],
    [1, 11, -1],
    [1, 128, -1],
    [58, 128, 128],
    [58, 129, 128],
    [58, 136, 135],
    [58, 1, -1],
    [58, 8, -1],
  ])('protocol %i type %i belongs to %i', (protocol, type, request) => {
    expect(icmpRequestType(protocol, type)).toBe(request)
  })

  test('advertisements come unasked, replies do not', () => {
    expect([
      isIcmpAnswer(1, 0),
      isIcmpAnswer(1, 9),
      isIcmpAnswer(58, 129),
      isIcmpAnswer(58, 136),
      isIcmpAnswer(58, 0),
    ]).toEqual([true, false, true, false, false])
  })
})

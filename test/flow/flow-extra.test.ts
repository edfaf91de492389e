import { describe, expect, test } from 'vitest'
import { ExtraPool, extraOf } from '../../src/flow/flow-extra.ts'
import { FlowStore } from '../../src/flow/flow-store.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf } from '../support/flow-packets.ts'

describe('extras of flows', () => {
  test('belong to one flow each, from the first time they are asked for', () => {
    const [store, extras] = [new FlowStore(), new ExtraPool()]
    const [first, second] = [store.allocate(), store.allocate()]
    store.seek(first)
    extraOf(store, extras).sides[0].retransmissions = 3
    store.seek(second)
    expect(extraOf(store, extras).sides[0].retransmissions).toBe(0)
    store.seek(first)
    expect(extraOf(store, extras).sides[0].retransmissions).toBe(3)
  })

  test('are none by number 0, which is never given out nor taken back', () => {
    const extras = new ExtraPool()
    extras.release(0)
    expect(extras.get(0)).toBeUndefined()
    expect(extras.allocate()).not.toBe(0)
    expect(extras.get(0)).toBeUndefined()
  })

  test('are clean when their number is given out again', () => {
    const extras = new ExtraPool()
    const number = extras.allocate()
    const used = extras.get(number)
    if (used) used.historyTail = 'R'
    extras.release(number)
    expect(extras.get(number)).toBeUndefined()
    expect(extras.allocate()).toBe(number)
    expect(extras.get(number)?.historyTail).toBe('')
  })
})

describe('incidents', () => {
  const troubled = () =>
    new Conversation()
      .handshake()
      .data('client', 10)
      .again()
      .ack('server', { window: 0 })
      .lose('server', 40)
      .ack('client')
  const INCIDENTS = { retransmissions: 0, zeroWindows: 0, missedBytes: 0 }

  test('are counted in the direction they happened in', () => {
    const flow = flowOf(troubled().packets)
    expect(flow.forward).toMatchObject({ ...INCIDENTS, retransmissions: 1 })
    expect(flow.reverse).toMatchObject({ ...INCIDENTS, zeroWindows: 1, missedBytes: 40 })
  })

  test('of one connection are not in the next on the same ports', () => {
    const next = new Conversation({ clientIsn: 70_000, time: 200 }).handshake().data('client', 10).close()
    const [first, second] = flowsOf([...troubled().reset('client').packets, ...next.packets], { maxFlows: 1 })
    expect(first?.forward.retransmissions).toBe(1)
    expect(second?.forward).toMatchObject(INCIDENTS)
    expect(second?.reverse).toMatchObject(INCIDENTS)
  })
})

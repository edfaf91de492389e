import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/flow/flow.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf } from '../support/flow-packets.ts'

const gapsOf = (talk: Conversation): [missed: readonly number[], history: string, payload: number] => {
  const flow: Flow = flowOf(talk.packets)
  return [[flow.forward.missedBytes, flow.reverse.missedBytes], flow.history, flow.forward.payloadBytes]
}

describe('octets acknowledged and not captured', () => {
  test('are missed in the direction they were sent in, and part of its payload', () => {
    const talk = new Conversation().handshake().data('client', 100).lose('client', 50).ack('server')
    expect(gapsOf(talk)).toEqual([[50, 0], 'ShADaG', 150])
    const reply = new Conversation().handshake().data('client', 1).lose('server', 700).ack('client')
    expect(gapsOf(reply)[0]).toEqual([0, 700])
  })

  test('are counted when acknowledged, not when the hole is seen', () => {
    const hole = () => new Conversation().handshake().data('client', 10).lose('client', 30).data('client', 10)
    expect(gapsOf(hole())[0]).toEqual([0, 0])
    expect(gapsOf(hole().ack('server', { ack: 1011 }))[0]).toEqual([0, 0])
    expect(gapsOf(hole().ack('server', { ack: 1021 }))[0]).toEqual([10, 0])
    expect(gapsOf(hole().ack('server'))[0]).toEqual([30, 0])
    expect(gapsOf(hole().ack('server').ack('server', { id: 77 }))[0]).toEqual([30, 0])
  })

  test('are none where the segment comes late, before it is acknowledged', () => {
    const talk = new Conversation().handshake().lose('client', 30).data('client', 10).data('client', 30, { seq: 1001 })
    expect(gapsOf(talk.ack('server', { ack: 1041 }))).toEqual([[0, 0], 'ShADTa', 40])
  })

  test('leave the FIN out', () => {
    const talk = new Conversation().handshake().lose('client', 20).fin('client').ack('server')
    expect(gapsOf(talk)).toEqual([[20, 0], 'ShAFaG', 20])
    expect(gapsOf(new Conversation().handshake().close())[0]).toEqual([0, 0])
  })

  test('are not told of a flow whose opening was not captured on both sides', () => {
    const talk = new Conversation().syn().lose('client', 500).ack('client')
    expect(gapsOf(talk)[0]).toEqual([0, 0])
  })

  test('earn their letter at the first and tenth gap', () => {
    const talk = new Conversation().handshake()
    for (let i = 0; i < 12; i++) talk.data('client', 1).lose('client', 5).ack('server')
    expect(gapsOf(talk)[0]).toEqual([60, 0])
    expect(gapsOf(talk)[1].match(/G/g)).toHaveLength(2)
  })
})

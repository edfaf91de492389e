import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/flow/flow.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf } from '../support/flow-packets.ts'

const lengthOf = ({ startSec, startNsec, endSec, endNsec }: Flow): number =>
  endSec - startSec + (endNsec - startNsec) / 1e9

describe('the close of a flow', () => {
  test('is where Zeek ends it, though packets follow', () => {
    const flow = flowOf(new Conversation().handshake().fin('client').fin('server').wait(3).ack('client').packets)
    expect(flow.zeekDurationSeconds).toBeCloseTo(0.004, 9)
    expect(lengthOf(flow)).toBeCloseTo(3.005, 9)
    expect(flow.forward.packets).toBe(4)
  })

  test('by one side ends nothing: the other goes on', () => {
    const flow = flowOf(new Conversation().handshake().fin('client').wait(3).data('server', 9).packets)
    expect(flow.zeekDurationSeconds).toBeCloseTo(lengthOf(flow), 9)
    expect(flow).toMatchObject({ connState: 'S2', reverse: { payloadBytes: 9 } })
  })

  test('by a reset leaves the packets after it in the length, as Zeek does', () => {
    const flow = flowOf(new Conversation().handshake().reset('server').wait(2).ack('client').packets)
    expect(flow.zeekDurationSeconds).toBeCloseTo(lengthOf(flow), 9)
  })

  test.each([
    ['both FINs', () => new Conversation().handshake().close()],
    ['a reset of the server', () => new Conversation().handshake().reset('server')],
    ['a reset of the client', () => new Conversation().handshake().reset('client')],
    ['a refused SYN', () => new Conversation().syn().reset('server')],
  ])('by %s frees the ports: the next SYN is another flow', (_name, make) => {
    const again = new Conversation({ clientIsn: 500_000, time: 101 }).syn()
    const flows = flowsOf([...make().packets, ...again.packets])
    expect(flows.map(({ id, connState }) => `${id} ${connState}`)[1]).toBe('2 S0')
    expect(flows).toHaveLength(2)
  })

  test('keeps its time when a FIN is sent again', () => {
    const flow = flowOf(new Conversation().handshake().close().wait(1).fin('server', { seq: 9001 }).packets)
    expect(flow.zeekDurationSeconds).toBeCloseTo(0.004, 9)
  })
})

import { describe, expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, tcpView } from '../support/flow-packets.ts'

const handshakeOf = (talk: Conversation): number | null | undefined => flowOf(talk.packets).tcp?.handshakeRttSeconds

describe('the opening of a flow', () => {
  test.each([
    ['a SYN of the originator', new Conversation().syn(), true],
    ['a SYN-ACK of the responder', new Conversation().synAck(), true],
    ['data in midstream', new Conversation().data('client', 5).ack('server'), false],
    ['a FIN', new Conversation().fin('client'), false],
  ])('%s says who opened it, or does not', (_name, talk, known) => {
    const flow = flowOf(talk.packets)
    expect(flow.originKnown).toBe(known)
    expect(flow.source).toEqual({ ip: '10.0.0.1', port: 40000 })
  })

  test('a lone SYN-ACK names the side it was sent to as the source, whatever the ports', () => {
    const flow = flowOf([tcpView({ src: '10.0.0.2:50000', dst: '10.0.0.1:80', flags: 'SA', seq: 9, ack: 1 })])
    expect(flow).toMatchObject({ source: { ip: '10.0.0.1', port: 80 }, originKnown: true, history: '^h' })
  })
})

describe('the time of a handshake', () => {
  test('runs from the SYN to the acknowledgment, through both halves', () => {
    const talk = new Conversation().syn().wait(0.02).synAck().wait(0.005).ack('client').data('client', 5).ack('client')
    expect(handshakeOf(talk)).toBeCloseTo(0.027, 9)
  })

  test('ends with data that acknowledges the SYN-ACK too', () => {
    expect(handshakeOf(new Conversation().syn().synAck().data('client', 5))).toBeCloseTo(0.002, 9)
  })

  test.each([
    ['the SYN was repeated', new Conversation().syn().again().synAck().ack('client')],
    ['the SYN-ACK was repeated', new Conversation().syn().synAck().again().ack('client')],
    ['nobody answered', new Conversation().syn()],
    ['the SYN-ACK is missing', new Conversation().syn().ack('client')],
    ['the last ACK is missing', new Conversation().syn().synAck().data('server', 5)],
    ['the SYN is missing', new Conversation().synAck().ack('client')],
  ])('is none where %s', (_name, talk) => {
    expect(handshakeOf(talk)).toBeNull()
  })
})

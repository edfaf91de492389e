import { describe, expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, tcpView } from '../support/flow-packets.ts'

const historyOf = (talk: Conversation): string => flowOf(talk.packets).history

describe('letters of control flags', () => {
  test.each([
    ['SYN', 'S', 'S'],
    ['SYN of ECN', 'SEC', 'S'],
    ['RST', 'R', 'R'],
    ['RST with ACK', 'RA', 'R'],
    ['FIN', 'F', 'F'],
    ['FIN and RST', 'FR', 'I'],
    ['SYN, FIN and RST', 'SFR', 'I'],
    ['SYN and FIN', 'SF', 'Q'],
    ['SYN and RST', 'SR', 'Q'],
  ])('%s', (_name, flags, letter) => {
    const { history } = flowOf([tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', flags, seq: 7 })])
    expect(history.replace(/[ad]/gi, '')).toBe(letter)
  })

  test('are lower case for the responder', () => {
    expect(historyOf(new Conversation().syn().synAck().reset('server'))).toBe('Shr')
  })

  test('are written once, whether a segment is sent again or copied', () => {
    expect(historyOf(new Conversation().syn().again().again().synAck().again().ack('client'))).toBe('ShA')
    expect(historyOf(new Conversation().handshake().fin('client').again().fin('server').again())).toBe('ShAFf')
    expect(historyOf(new Conversation().handshake().reset('server').again())).toBe('ShAr')
  })

  test('are written again for a reset or a FIN of another number', () => {
    const resets = new Conversation()
      .handshake()
      .reset('server')
      .reset('server', { seq: 9001 + 50 })
    expect(historyOf(resets)).toBe('ShArr')
    expect(historyOf(new Conversation().handshake().fin('client').fin('client'))).toBe('ShAFF')
  })

  test('of impossible flags are written once a side, whatever their numbers', () => {
    const talk = new Conversation().handshake()
    for (const seq of [1001, 1101, 1201]) talk.ack('client', { flags: 'FRA', seq })
    for (const seq of [9001, 9101]) talk.ack('server', { flags: 'FRA', seq })
    expect(historyOf(talk)).toBe('ShAIi')
  })
})

import { describe, expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowsOf, tcpView } from '../support/flow-packets.ts'

const countOf = (...talks: readonly Conversation[]): number => flowsOf(talks.flatMap(({ packets }) => packets)).length

describe('ports used again', () => {
  test('are another flow where a SYN has another number, though the first was never closed', () => {
    const next = new Conversation({ clientIsn: 900_000, time: 130 }).syn()
    expect(countOf(new Conversation().handshake(), next)).toBe(2)
    expect(countOf(new Conversation().syn(), next)).toBe(2)
  })

  test('are the same flow while the SYN is the one already seen', () => {
    expect(countOf(new Conversation().syn().again().wait(1).again(), new Conversation({ time: 107 }).syn())).toBe(1)
  })

  test('by the server as a client are a flow of their own', () => {
    const back = new Conversation({ client: '10.0.0.2:80', server: '10.0.0.1:40000', clientIsn: 5, time: 101 }).syn()
    expect(countOf(new Conversation().handshake(), back)).toBe(2)
  })

  test('are told from a SYN captured just after the data it opened the way for', () => {
    const late = (gap: number, seq: number) =>
      flowsOf([
        tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', seq: 1001, length: 10, at: 100 }),
        tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', flags: 'S', seq, at: 100 + gap }),
      ]).length
    expect(late(0.0005, 900)).toBe(1)
    expect(late(1, 900)).toBe(2)
    expect(late(0.0005, 5_000_000)).toBe(2)
  })

  test('open the way round that the SYN says, where the data before was taken for the other', () => {
    const flows = flowsOf([
      tcpView({ src: '10.0.0.1:50000', dst: '10.0.0.2:443', length: 10, seq: 77, at: 100 }),
      tcpView({ src: '10.0.0.2:443', dst: '10.0.0.1:50000', flags: 'S', seq: 5, at: 101 }),
    ])
    expect(flows.map(({ source }) => source.ip)).toEqual(['10.0.0.1', '10.0.0.2'])
  })
})

import { describe, expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf, tcpView } from '../support/flow-packets.ts'

describe('history', () => {
  const rows: readonly [string, (talk: Conversation) => Conversation, string][] = [
    ['a SYN alone', (talk) => talk.syn(), 'S'],
    ['a SYN repeated', (talk) => talk.syn().again().again(), 'S'],
    ['a refused connection', (talk) => talk.syn().reset('server'), 'Sr'],
    ['data and FIN in one segment give no D', (talk) => talk.handshake().fin('client', { length: 5 }), 'ShAF'],
    [
      'each letter once a side',
      (talk) => talk.handshake().data('client', 1).data('client', 1).data('server', 1).ack('server'),
      'ShADda',
    ],
    ['a FIN repeated', (talk) => talk.handshake().fin('client').again(), 'ShAF'],
    ['SYN with FIN', (talk) => talk.syn({ flags: 'SF' }), 'Q'],
    ['FIN with RST', (talk) => talk.handshake().reset('client', { flags: 'FR' }), 'ShAI'],
    ['a SYN-ACK first', (talk) => talk.synAck().ack('client'), '^hA'],
    [
      'only one side',
      (talk) => talk.syn().ack('client').data('client', 87).ack('client').fin('client').ack('client'),
      'SADF',
    ],
    ['midstream', (talk) => talk.data('client', 5).data('server', 5), 'Dd'],
  ]
  test.each(rows)('%s', (_name, tell, history) => {
    expect(flowOf(tell(new Conversation()).packets).history).toBe(history)
  })

  test('a FIN of another number is written again', () => {
    const talk = new Conversation().handshake().fin('client').lose('client', 10).fin('client')
    expect(flowOf(talk.packets).history).toBe('ShAFF')
  })

  test('a reset of another number is written again', () => {
    const talk = new Conversation().handshake().reset('client').lose('client', 10).reset('client')
    expect(flowOf(talk.packets).history).toBe('ShARR')
  })

  test('letters that count are written at the first, tenth and hundredth time', () => {
    const talk = new Conversation().handshake().data('client', 1)
    for (let i = 0; i < 100; i++) talk.ack('server', { window: 0 })
    expect(flowOf(talk.packets)).toMatchObject({ history: 'ShADawww', reverse: { zeroWindows: 100 } })
  })

  test('grows past what fits in the table, and no further than it should', () => {
    const talk = new Conversation().handshake()
    for (let i = 0; i < 1000; i++) talk.lose('client', 10).reset('client')
    const { history } = flowOf(talk.packets)
    expect(history.startsWith('ShARRRRRRRRRRRR')).toBe(true)
    expect(history.length).toBeGreaterThan(400)
    expect(history.length).toBeLessThan(600)
  })
})

describe('counters', () => {
  test('a retransmission repeats octets that were seen', () => {
    const talk = new Conversation().handshake().data('client', 100).wait(0.2).again().wait(0.4).again()
    expect(flowOf(talk.packets).forward).toMatchObject({
      packets: 5,
      payloadBytes: 100,
      retransmissions: 2,
      outOfOrder: 0,
    })
  })

  test('a repeated SYN, SYN-ACK or FIN is one', () => {
    const syns = new Conversation().syn().wait(1).again().wait(2).again()
    expect(flowOf(syns.packets).forward).toMatchObject({ retransmissions: 2, syns: 3, payloadBytes: 0 })
    const synAcks = new Conversation().syn().synAck().wait(1).again()
    expect(flowOf(synAcks.packets).reverse.retransmissions).toBe(1)
    const fins = new Conversation().handshake().fin('client').wait(1).again()
    expect(flowOf(fins.packets).forward.retransmissions).toBe(1)
  })

  test('a segment that arrives late and brings only new octets is out of order', () => {
    const talk = new Conversation().handshake().data('client', 100).data('client', 100).data('client', 100)
    const [syn, synAck, ack, first, second, third] = talk.packets
    const packets = [syn, synAck, ack, first, third, second].flatMap((packet) => packet ?? [])
    expect(flowOf(packets).forward).toMatchObject({
      payloadBytes: 300,
      retransmissions: 0,
      outOfOrder: 1,
      missedBytes: 0,
    })
  })

  test('a segment that fills a hole only in part leaves the rest open', () => {
    const talk = new Conversation().handshake().lose('client', 300).data('client', 100)
    const at = (from: number, length: number, time: number) =>
      tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', seq: 1001 + from, ack: 9001, length, flags: 'PA', at: time })
    const packets = [...talk.packets, at(100, 100, 101), at(100, 100, 102), at(0, 50, 103), at(40, 20, 104)]
    expect(flowOf(packets).forward).toMatchObject({ outOfOrder: 2, retransmissions: 2, payloadBytes: 400 })
  })

  test('a late octet just below the highest number is no keep-alive', () => {
    // What was sent next was captured first: the octet is late, and was not missed once it is acknowledged.
    const talk = new Conversation().handshake().lose('client', 1).ack('client')
    talk.data('client', 1, { seq: 1001 }).ack('server', { ack: 1002 })
    expect(flowOf(talk.packets)).toMatchObject({
      history: 'ShADTa',
      forward: { outOfOrder: 1, keepAlives: 0, retransmissions: 0, missedBytes: 0, payloadBytes: 1 },
    })
  })

  test('a segment from just below the highest number on closes the hole there', () => {
    const talk = new Conversation().handshake().lose('client', 1).ack('client')
    talk.data('client', 5, { seq: 1001 }).ack('server', { ack: 1006 })
    expect(flowOf(talk.packets).forward).toMatchObject({ outOfOrder: 1, missedBytes: 0, payloadBytes: 5 })
  })

  test('keep-alives are no retransmissions', () => {
    const talk = new Conversation().handshake().data('client', 10).ack('server')
    const probe = (length: number, at: number) =>
      tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', seq: 1010, ack: 9001, length, at })
    const flow = flowOf([...talk.packets, probe(1, 110), probe(0, 120)])
    expect(flow.forward).toMatchObject({ keepAlives: 2, retransmissions: 0, payloadBytes: 10 })
  })

  test('what was acknowledged and never captured is missed, once', () => {
    const talk = new Conversation()
      .handshake()
      .lose('client', 1000)
      .data('client', 10)
      .ack('server')
      .ack('server', { window: 9 })
    expect(flowOf(talk.packets)).toMatchObject({
      history: 'ShADaG',
      forward: { missedBytes: 1000, payloadBytes: 1010 },
    })
    const ahead = new Conversation().handshake().lose('client', 500).ack('server').ack('server', { window: 9 })
    expect(flowOf(ahead.packets).forward).toMatchObject({ missedBytes: 500, payloadBytes: 500 })
  })

  test('nothing is missed where nobody acknowledges', () => {
    const talk = new Conversation().syn().ack('client').lose('client', 1000).data('client', 10)
    expect(flowOf(talk.packets).forward).toMatchObject({ missedBytes: 0, payloadBytes: 1010 })
  })

  test('a silent side has no octets, and what it must have sent is in the acknowledgments', () => {
    const talk = new Conversation().syn().ack('client').data('client', 87).lose('server', 151).ack('client')
    const flow = flowOf(talk.packets)
    expect(flow.reverse).toMatchObject({ packets: 0, payloadBytes: 0, acknowledgedBytes: 151, isn: null })
    expect(flow.forward.acknowledgedBytes).toBe(0)
  })

  test('numbers run across 2³²', () => {
    const talk = new Conversation({ clientIsn: 2 ** 32 - 50, serverIsn: 2 ** 32 - 1 })
    talk.handshake().data('client', 100).ack('server').data('server', 3000).ack('client').close()
    expect(flowOf(talk.packets)).toMatchObject({
      connState: 'SF',
      history: 'ShADadFf',
      forward: { payloadBytes: 100, retransmissions: 0 },
      reverse: { payloadBytes: 3000, retransmissions: 0 },
    })
  })

  test('totals pass 4 GiB', () => {
    const talk = new Conversation().handshake()
    const size = 2 ** 20 - 1
    for (let i = 0; i < 5000; i++) talk.data('client', size).ack('server')
    expect(flowOf(talk.packets).forward).toMatchObject({
      payloadBytes: 5000 * size,
      missedBytes: 0,
      retransmissions: 0,
    })
  })

  test('of a connection of which only SYN and FIN were kept the octets between them count', () => {
    const talk = new Conversation()
      .syn()
      .synAck()
      .lose('client', 3 * 2 ** 30)
      .lose('server', 500)
      .fin('client')
      .fin('server')
    expect(flowOf(talk.packets)).toMatchObject({
      connState: 'SF',
      forward: { payloadBytes: 3 * 2 ** 30 },
      reverse: { payloadBytes: 500 },
    })
  })

  test('resets are counted and their payload is none', () => {
    const talk = new Conversation().handshake().reset('server', { length: 20 }).reset('server', { length: 20, id: 9 })
    expect(flowOf(talk.packets).reverse).toMatchObject({ resets: 2, payloadBytes: 0 })
  })

  test('a reset far away is not believed', () => {
    const talk = new Conversation()
      .handshake()
      .lose('server', 2 ** 21)
      .reset('server')
    expect(flowOf(talk.packets)).toMatchObject({ connState: 'RSTR', reverse: { payloadBytes: 0 } })
  })

  test('an acknowledgment field left at 0 is no number', () => {
    const talk = new Conversation({ serverIsn: 2 ** 31 }).handshake().ack('client', { ack: 0 })
    expect(flowOf(talk.packets).reverse).toMatchObject({ payloadBytes: 0, missedBytes: 0 })
  })
})

describe('times of a connection', () => {
  test('the handshake runs from the SYN to the first acknowledgment of the SYN-ACK', () => {
    const rtt = (talk: Conversation) => flowOf(talk.packets).tcp?.handshakeRttSeconds ?? null
    expect(rtt(new Conversation().handshake())).toBeCloseTo(0.002, 9)
    expect(rtt(new Conversation().syn().synAck())).toBeNull()
    expect(rtt(new Conversation().syn().wait(1).again().synAck().ack('client'))).toBeNull()
    expect(rtt(new Conversation().syn().synAck().wait(1).again().ack('client'))).toBeNull()
    expect(rtt(new Conversation().synAck().ack('client'))).toBeNull()
  })

  test('the data round trip is the shortest, and none of a segment sent twice', () => {
    const talk = new Conversation().handshake().data('client', 10).wait(0.05).ack('server')
    talk.data('client', 10).wait(0.01).ack('server')
    expect(flowOf(talk.packets).forward.dataRttSeconds).toBeCloseTo(0.011, 6)
    const twice = new Conversation().handshake().data('client', 10).wait(0.2).again().ack('server')
    expect(flowOf(twice.packets).forward.dataRttSeconds).toBeNull()
  })

  test('Zeek ends a flow when both sides have closed', () => {
    const talk = new Conversation().handshake().fin('client').fin('server').wait(1).ack('client')
    const flow = flowOf(talk.packets)
    expect(flow.zeekDurationSeconds).toBeCloseTo(0.004, 9)
    expect(flow.endSec).toBe(101)
  })
})

describe('segments printed without numbers', () => {
  const plain = { hasSeq: 0, seq: 0, ack: 0 } as const
  test('are taken in order', () => {
    const talk = new Conversation().data('client', 10, plain).data('server', 20, plain).data('client', 30, plain)
    expect(flowOf(talk.packets)).toMatchObject({
      history: 'Dd',
      forward: { payloadBytes: 40, retransmissions: 0, missedBytes: 0 },
      reverse: { payloadBytes: 20 },
    })
  })

  test('and a SYN repeated stays in its flow', () => {
    const talk = new Conversation().syn(plain).wait(1).syn(plain).synAck(plain)
    expect(flowsOf(talk.packets)).toHaveLength(1)
  })
})

test('options of the SYNs are kept', () => {
  const talk = new Conversation()
    .syn({ mss: 1460, windowScale: 7 })
    .synAck({ mss: 65_535, windowScale: 0 })
    .ack('client')
  const flow = flowOf(talk.packets)
  expect([flow.forward.mss, flow.forward.windowScale, flow.reverse.mss, flow.reverse.windowScale]).toEqual([
    1460, 7, 65_535, 0,
  ])
  const bare = flowOf(new Conversation().syn().packets)
  expect([bare.forward.mss, bare.forward.windowScale]).toEqual([null, null])
})

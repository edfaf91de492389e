import { describe, expect, test } from 'vitest'
import { Direction } from '../../src/capture/record.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf, icmpView, tcpView, udpView } from '../support/flow-packets.ts'

/** The packets of a capture on several interfaces: each packet once at every place, in the order given. */
function seenAt(packets: readonly PacketView[], places: readonly number[], gapNsec = 20_000): PacketView[] {
  return packets.flatMap((packet) =>
    places.map((ifindex, i) =>
      Object.assign(new (Object.getPrototypeOf(packet).constructor)(), packet, {
        ifindex,
        timeNsec: packet.timeNsec + i * gapNsec,
        ttl: packet.ttl < 0 ? -1 : packet.ttl - i,
        recordNumber: packet.recordNumber * places.length + i,
      }),
    ),
  )
}

const exchange = () =>
  new Conversation({ common: { ttl: 64 } })
    .handshake()
    .data('client', 75)
    .ack('server')
    .data('server', 238)
    .ack('client')
    .close()

describe('a packet seen at several places', () => {
  test('is counted once, and its places are kept apart', () => {
    const once = flowOf(exchange().packets)
    const flow = flowOf(seenAt(exchange().packets, [5, 2]))
    expect(flow.history).toBe(once.history)
    for (const side of ['forward', 'reverse'] as const) {
      const { duplicates, ...rest } = flow[side]
      const { duplicates: none, ...alone } = once[side]
      expect(rest).toEqual(alone)
      expect([duplicates, none]).toEqual([once[side].packets, 0])
    }
    expect(
      flow.vantages.map(({ ifindex, forwardPackets, reversePackets, minTtlForward }) => [
        ifindex,
        forwardPackets,
        reversePackets,
        minTtlForward,
      ]),
    ).toEqual([
      [5, 6, 4, 64],
      [2, 6, 4, 63],
    ])
  })

  test('is counted once in whatever order the places deliver it', () => {
    const [first, second] = [exchange().packets, exchange().packets]
    const inTurns = first.flatMap((packet, i) => {
      const copy = Object.assign(second[i] as PacketView, { ifindex: 2 })
      return i % 2 === 0 ? [packet, copy] : [copy, packet]
    })
    expect(flowOf(inTurns)).toMatchObject({
      history: 'ShADadFf',
      forward: { packets: 6, retransmissions: 0, duplicates: 6 },
    })
  })

  test('is counted once when one place delivers all of its packets first', () => {
    const late = seenAt(exchange().packets, [2])
    const flow = flowOf([...exchange().packets, ...late])
    expect(flow).toMatchObject({ forward: { packets: 6, duplicates: 6 }, reverse: { packets: 4, duplicates: 4 } })
  })

  test('is counted once where one place merges segments', () => {
    const talk = new Conversation().handshake().data('client', 1000).data('client', 1000)
    const merged = tcpView({
      src: '10.0.0.1:40000',
      dst: '10.0.0.2:80',
      seq: 1001,
      ack: 9001,
      length: 2000,
      flags: 'PA',
      ifindex: 7,
      at: 101,
    })
    const flow = flowOf([...talk.packets, merged])
    expect(flow.forward).toMatchObject({ packets: 4, payloadBytes: 2000, duplicates: 1, retransmissions: 0 })
  })

  test('a real retransmission, itself seen twice, counts once', () => {
    const packets = new Conversation().handshake().data('client', 100).wait(0.2).again().packets
    expect(flowOf(seenAt(packets, [1, 2])).forward).toMatchObject({ retransmissions: 1, duplicates: 4, packets: 4 })
  })

  test('each direction may have a place of its own', () => {
    const packets = exchange().packets.map((packet) =>
      Object.assign(packet, { direction: packet.srcPort === 80 ? Direction.In : Direction.Out }),
    )
    const flow = flowOf(packets)
    expect(flow.forward.duplicates + flow.reverse.duplicates).toBe(0)
    expect(
      flow.vantages.map(({ direction, forwardPackets, reversePackets }) => [direction, forwardPackets, reversePackets]),
    ).toEqual([
      ['out', 6, 0],
      ['in', 0, 4],
    ])
  })

  test('a SYN of another connection is no copy, wherever it is seen', () => {
    const first = new Conversation().handshake()
    const second = new Conversation({ clientIsn: 500, time: 101, common: { ifindex: 9 } }).syn()
    expect(flowsOf([...first.packets, ...second.packets])).toHaveLength(2)
  })

  test('a SYN seen again after the flow has closed is still a copy', () => {
    const refused = new Conversation().syn().reset('server').packets
    const flow = flowOf([...refused, ...seenAt(new Conversation().syn().packets, [4])])
    expect(flow.forward).toMatchObject({ packets: 1, duplicates: 1 })
  })

  test('inside a tunnel and outside it are two places', () => {
    const packets = exchange().packets.flatMap((packet) => [
      packet,
      Object.assign(new (Object.getPrototypeOf(packet).constructor)(), packet, { depth: 1 }),
    ])
    expect(flowOf(packets).vantages.map(({ depth }) => depth)).toEqual([0, 1])
  })

  test('at most eight places are kept', () => {
    const flow = flowOf(seenAt(new Conversation().syn().packets, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    expect(flow.vantages).toHaveLength(8)
    expect(flow.forward).toMatchObject({ packets: 1, duplicates: 9 })
  })
})

describe('a packet delivered twice at one place', () => {
  const twice = (talk: Conversation, more: object) =>
    flowOf(talk.again({ id: talk.packets.at(-1)?.ipId ?? 0, ...more }).packets)

  test('is a copy when equal and within a millisecond', () => {
    const talk = () => Object.assign(new Conversation().handshake().data('client', 10), { time: 100.0031 })
    expect(twice(talk(), {}).forward).toMatchObject({ packets: 3, duplicates: 1, retransmissions: 0 })
  })

  test('is a packet when it comes later', () => {
    const talk = new Conversation().handshake().data('client', 10).wait(0.01)
    expect(twice(talk, {}).forward).toMatchObject({ packets: 4, duplicates: 0, retransmissions: 1 })
  })

  test('is a packet when its IP ID is another', () => {
    const talk = Object.assign(new Conversation().handshake().data('client', 10), { time: 100.0031 })
    expect(flowOf(talk.again().packets).forward).toMatchObject({ packets: 4, duplicates: 0, retransmissions: 1 })
  })

  test('is a packet when it is an acknowledgment without an IP ID: it may be a genuine duplicate', () => {
    const talk = Object.assign(new Conversation().handshake().data('client', 10).ack('server', { id: 0 }), {
      time: 100.0041,
    })
    expect(flowOf(talk.again({ id: 0 }).packets).reverse).toMatchObject({ packets: 3, duplicates: 0 })
  })

  test('is a packet when it has no numbers (-q): equal length is all that two segments share then', () => {
    const burst = (id: number) =>
      [0, 1, 2].map((i) =>
        tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', at: [100, 9000 * i], length: 1400, hasSeq: 0, id }),
      )
    expect(flowOf(burst(-1)).forward).toMatchObject({ packets: 3, duplicates: 0 })
    expect(flowOf(burst(4711)).forward).toMatchObject({ packets: 1, duplicates: 2 })
  })

  test('without a time it is a copy only if its timestamp option is the same', () => {
    const stamped = { hasTime: false, tsVal: 77, id: -1 }
    const same = new Conversation({ common: stamped }).handshake().data('client', 10).again({ id: -1 })
    expect(flowOf(same.packets).forward).toMatchObject({ duplicates: 1, retransmissions: 0 })
    const plain = { hasTime: false, id: -1 }
    const unknown = new Conversation({ common: plain }).handshake().data('client', 10).again({ id: -1 })
    expect(flowOf(unknown.packets).forward).toMatchObject({ duplicates: 0, retransmissions: 1 })
  })
})

describe('copies of datagrams', () => {
  const question = (more: object) =>
    udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', length: 30, dnsId: 7, ...more })

  test('are those of another place, even without an IP ID', () => {
    const flow = flowOf([
      question({ ifindex: 1, at: 1 }),
      question({ ifindex: 2, at: 1.00002 }),
      question({ ifindex: 1, at: 2, dnsId: 8 }),
      question({ ifindex: 2, at: 2.00002, dnsId: 8 }),
    ])
    expect(flow.forward).toMatchObject({ packets: 2, payloadBytes: 60, duplicates: 2 })
    expect(flow.vantages.map(({ forwardPackets }) => forwardPackets)).toEqual([2, 2])
  })

  test('are those of a burst that another place shows later', () => {
    const burst = (ifindex: number, at: number) => [1, 2, 3].map((id, i) => question({ ifindex, id, at: at + i / 1e6 }))
    expect(flowOf([...burst(1, 1), ...burst(2, 1.0001)]).forward).toMatchObject({ packets: 3, duplicates: 3 })
  })

  test('at one place need an IP ID to be told from a repetition', () => {
    const pair = (id: number) => flowOf([question({ id, at: 1 }), question({ id, at: 1.0001 })]).forward
    expect(pair(9)).toMatchObject({ packets: 1, duplicates: 1 })
    expect(pair(0)).toMatchObject({ packets: 2, duplicates: 0 })
  })

  test('are no packets of another content', () => {
    const flow = flowOf([question({ ifindex: 1, at: 1 }), question({ ifindex: 2, at: 1.00001, dnsId: 9 })])
    expect(flow.forward).toMatchObject({ packets: 2, duplicates: 0 })
  })

  test('of echo requests are told by their number', () => {
    const echo = (number: number, ifindex: number, at: number) =>
      icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8, id: 3, number, length: 56, ifindex, at })
    const flow = flowOf([echo(1, 1, 1), echo(1, 2, 1.00001), echo(2, 1, 2), echo(2, 2, 2.00001)])
    expect(flow.forward).toMatchObject({ packets: 2, duplicates: 2 })
  })
})

import { describe, expect, test } from 'vitest'
import { Direction } from '../../src/capture/record.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, icmpView, sctpView, tcpView, udpView } from '../support/flow-packets.ts'

describe('the value of a flow', () => {
  test('gives ports to TCP, UDP and SCTP alone', () => {
    const ends = { src: '10.0.0.1:5000', dst: '10.0.0.2:53' }
    for (const view of [tcpView({ ...ends, flags: 'S' }), udpView(ends), sctpView(ends)]) {
      const { source, destination, icmp } = flowOf([view])
      expect([source.port, destination.port, icmp]).toEqual([5000, 53, null])
    }
    const ping = flowOf([icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8, id: 4711 })])
    expect([ping.source, ping.destination]).toEqual([
      { ip: '10.0.0.1', port: null },
      { ip: '10.0.0.2', port: null },
    ])
    expect([ping.icmp, ping.tcp, ping.history]).toEqual([{ type: 8, code: 0, id: 4711 }, null, ''])
  })

  test('has the code of an ICMP message that nothing answers, and no id', () => {
    const { icmp } = flowOf([icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 5, code: 1 })])
    expect(icmp).toEqual({ type: 5, code: 1, id: 0 })
  })

  test('sums payloads of datagrams, and counts those of TCP once', () => {
    const datagram = (length: number, at: number) =>
      udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', length, at, id: at + 1 })
    expect(flowOf([datagram(100, 0), datagram(100, 1)]).forward).toMatchObject({ payloadBytes: 200, ipBytes: 256 })
    const talk = new Conversation().handshake().data('client', 100).again()
    expect(flowOf(talk.packets).forward).toMatchObject({ payloadBytes: 100, ipBytes: 4 * 40 + 200 })
  })

  test('has no payload between a SYN and the reset of the same side', () => {
    const talk = new Conversation().syn().reset('client', { seq: 900_000 })
    expect(flowOf(talk.packets).forward.payloadBytes).toBe(0)
  })

  test('knows what the other side acknowledged where that side alone was captured', () => {
    const talk = new Conversation().lose('client', 100)
    for (let i = 0; i < 3; i++) talk.data('server', 10).lose('client', 40)
    expect(flowOf(talk.packets).forward).toMatchObject({ packets: 0, acknowledgedBytes: 80, isn: null })
  })

  test('has what only some captures show as null, and not as 0', () => {
    const { forward, reverse } = flowOf([tcpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:80', flags: 'S', seq: 0 })])
    expect(forward).toMatchObject({ isn: 0, minTtl: null, mss: null, windowScale: null, firstTsVal: null })
    expect(reverse).toMatchObject({ isn: null, maxTtl: null, dataRttSeconds: null })
  })

  test('keeps the first clock reading of each side and the range of its TTLs', () => {
    const flow = flowOf(
      new Conversation()
        .syn({ tsVal: 0xffff_fff0, ttl: 63 })
        .synAck({ tsVal: 0, ttl: 255 })
        .ack('client', { tsVal: 5, ttl: 64 }).packets,
    )
    expect(flow.forward).toMatchObject({ firstTsVal: { value: 0xffff_fff0, timeSec: 100 }, minTtl: 63, maxTtl: 64 })
    expect(flow.reverse).toMatchObject({ firstTsVal: { value: 0, timeNsec: 1_000_000 }, minTtl: 255 })
  })

  test('says where its packets were seen', () => {
    const at = { interface: 2, ifindex: 7, direction: Direction.Out, vlan: 30, ttl: 63 }
    const talk = new Conversation({ common: at }).syn().synAck()
    expect(flowOf(talk.packets).vantages).toEqual([
      expect.objectContaining({
        interfaceIndex: 2,
        ifindex: 7,
        direction: 'out',
        vlan: 30,
        forwardPackets: 1,
        reversePackets: 1,
        minTtlForward: 63,
        firstTimeSec: 100,
      }),
    ])
  })
})

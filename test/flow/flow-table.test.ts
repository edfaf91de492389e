import { describe, expect, test } from 'vitest'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { FlowTable } from '../../src/flow/flow-table.ts'
import { PacketView } from '../../src/packet/packet-view.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf, tcpView, udpView } from '../support/flow-packets.ts'

const states = (flows: readonly Flow[]): string[] => flows.map(({ connState, history }) => `${connState} ${history}`)

describe('FlowTable', () => {
  test('makes one flow of a whole conversation', () => {
    const talk = new Conversation()
      .handshake()
      .data('client', 75)
      .ack('server')
      .data('server', 238)
      .ack('client')
      .close()
    const flow = flowOf(talk.packets)
    expect(flow).toMatchObject({
      id: 1,
      protocol: 6,
      family: 4,
      source: { ip: '10.0.0.1', port: 40000 },
      destination: { ip: '10.0.0.2', port: 80 },
      startSec: 100,
      startNsec: 0,
      originKnown: true,
      connState: 'SF',
      history: 'ShADadFf',
      tcp: { connState: 'SF', history: 'ShADadFf', handshakeRttSeconds: 0.002 },
      icmp: null,
      tunnel: null,
      evicted: false,
    })
    expect(flow.forward).toMatchObject({ packets: 6, payloadBytes: 75, ipBytes: 6 * 40 + 75, syns: 1, isn: 1000 })
    expect(flow.reverse).toMatchObject({ packets: 4, payloadBytes: 238, ipBytes: 4 * 40 + 238, syns: 0, isn: 9000 })
    expect(flow.endSec + flow.endNsec / 1e9 - 100).toBeCloseTo(0.009, 6)
  })

  test('keeps flows of different tuples, families and protocols apart', () => {
    const packets = [
      tcpView({ src: '10.0.0.1:1000', dst: '10.0.0.2:80', flags: 'S' }),
      tcpView({ src: '10.0.0.1:1001', dst: '10.0.0.2:80', flags: 'S' }),
      tcpView({ src: '10.0.0.3:1000', dst: '10.0.0.2:80', flags: 'S' }),
      udpView({ src: '10.0.0.1:1000', dst: '10.0.0.2:80', length: 1 }),
      tcpView({ src: '[::ffff:10.0.0.1]:1000', dst: '[::ffff:10.0.0.2]:80', flags: 'S' }),
      tcpView({ src: '[fd00::1]:1000', dst: '[fd00::2]:80', flags: 'S' }),
      tcpView({ src: '[fd00::2]:80', dst: '[fd00::1]:1000', flags: 'SA', ack: 1 }),
    ]
    const flows = flowsOf(packets)
    expect(flows.map(({ source, family, protocol }) => `${source.ip} ${source.port} ${family} ${protocol}`)).toEqual([
      '10.0.0.1 1000 4 6',
      '10.0.0.1 1001 4 6',
      '10.0.0.3 1000 4 6',
      '10.0.0.1 1000 4 17',
      '::ffff:10.0.0.1 1000 6 6',
      'fd00::1 1000 6 6',
    ])
    expect(flows[5]?.reverse.packets).toBe(1)
  })

  test('knows which end of a flow with equal ends is which', () => {
    const flow = flowOf([tcpView({ src: '127.0.0.1:80', dst: '127.0.0.1:80', flags: 'S' })])
    expect(flow.forward.packets).toBe(1)
    expect(flow.reverse.packets).toBe(0)
  })

  test('starts another flow when a SYN reuses the ports with another number', () => {
    const first = new Conversation().handshake().data('client', 10).close()
    const second = new Conversation({ clientIsn: 777_000, serverIsn: 5, time: 110 }).handshake().reset('client')
    expect(states(flowsOf([...first.packets, ...second.packets]))).toEqual(['SF ShADFf', 'RSTO ShAR'])
  })

  test('starts another flow with the same number after a close, but not before', () => {
    const open = new Conversation().handshake()
    const synAgain = (time: number) => new Conversation({ time }).syn({ id: 99 }).packets
    expect(flowsOf([...open.packets, ...synAgain(101)])).toHaveLength(1)
    const closed = new Conversation().handshake().close()
    expect(flowsOf([...closed.packets, ...synAgain(101)])).toHaveLength(2)
    const reset = new Conversation().handshake().reset('server')
    expect(flowsOf([...reset.packets, ...synAgain(101)])).toHaveLength(2)
  })

  test('starts another flow for a SYN-ACK of another number only where the originator was never seen', () => {
    const oneSided = new Conversation().synAck().data('server', 10)
    const again = new Conversation({ serverIsn: 70_000, time: 101 }).synAck()
    expect(flowsOf([...oneSided.packets, ...again.packets])).toHaveLength(2)
    const whole = new Conversation().handshake()
    expect(flowsOf([...whole.packets, ...again.packets])).toHaveLength(1)
  })

  test('takes a simultaneous open for one flow of the first SYN', () => {
    const at = (time: number) => ({ at: time })
    const flow = flowOf([
      tcpView({ src: '10.0.0.1:500', dst: '10.0.0.2:600', flags: 'S', seq: 100, ...at(1) }),
      tcpView({ src: '10.0.0.2:600', dst: '10.0.0.1:500', flags: 'S', seq: 900, ...at(1.001) }),
      tcpView({ src: '10.0.0.1:500', dst: '10.0.0.2:600', flags: 'SA', seq: 100, ack: 901, ...at(1.002) }),
      tcpView({ src: '10.0.0.2:600', dst: '10.0.0.1:500', flags: 'SA', seq: 900, ack: 101, ...at(1.003) }),
    ])
    expect(flow).toMatchObject({ source: { ip: '10.0.0.1' }, connState: 'S1', history: 'Ss' })
    expect(flow.forward.retransmissions + flow.reverse.retransmissions).toBe(0)
  })

  describe('times', () => {
    const idle: readonly [string, () => Conversation, number, number][] = [
      ['closed by both sides', () => new Conversation().handshake().close(), 59, 61],
      ['reset', () => new Conversation().handshake().reset('server'), 59, 61],
      ['closed by the only side seen', () => new Conversation().syn().ack('client').fin('client'), 59, 61],
      ['without an answer', () => new Conversation().syn(), 299, 301],
      ['midstream with one side silent', () => new Conversation().data('client', 10), 299, 301],
      ['open', () => new Conversation().handshake(), 7999, 8001],
    ]
    test.each(idle)('end a flow %s after %i and before %i seconds', (_name, make, within, beyond) => {
      const flowsAfter = (seconds: number): number => {
        const talk = make()
        talk.wait(seconds).ack('client', { id: 31_000 })
        return flowsOf(talk.packets).length
      }
      expect(flowsAfter(within)).toBe(1)
      expect(flowsAfter(beyond)).toBe(2)
    })

    test('end an exchange of datagrams after 60 idle seconds', () => {
      const datagrams = (gap: number) =>
        flowsOf([0, gap].map((at) => udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', length: 1, at, id: at })))
      expect(datagrams(59)).toHaveLength(1)
      expect(datagrams(61)).toHaveLength(2)
    })

    test('that go back end nothing and never lower the end', () => {
      const talk = new Conversation({ time: 10_000 }).handshake()
      talk.time = 5
      talk.data('client', 10)
      const flow = flowOf(talk.packets)
      expect(flow.endSec).toBe(10_000)
      expect(flow.forward.payloadBytes).toBe(10)
    })

    test('more than five seconds after the close only count packets', () => {
      const late = new Conversation().handshake().data('client', 10).close().wait(8).again().packets
      const flow = flowOf(late)
      expect(flow).toMatchObject({ connState: 'SF', history: 'ShADFf', forward: { packets: 6, payloadBytes: 10 } })
      const reset = new Conversation().handshake().close().wait(8).reset('server').packets
      expect(flowOf(reset)).toMatchObject({ connState: 'SF', history: 'ShAFf', reverse: { packets: 3, resets: 1 } })
    })

    test('within five seconds of the close still change the state', () => {
      const reset = new Conversation().handshake().fin('client').reset('server')
      expect(flowOf(reset.packets)).toMatchObject({ connState: 'RSTR', history: 'ShAFr' })
    })

    test('kept to the nanosecond', () => {
      const flow = flowOf([
        tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', flags: 'S', at: [1_700_000_000, 123_456_789] }),
        tcpView({ src: '10.0.0.2:2', dst: '10.0.0.1:1', flags: 'SA', ack: 1, at: [1_700_000_004, 987_654_321] }),
      ])
      expect([flow.startSec, flow.startNsec, flow.endSec, flow.endNsec]).toEqual([
        1_700_000_000, 123_456_789, 1_700_000_004, 987_654_321,
      ])
    })

    test('make a sweep that lets ended flows go while the capture is read', () => {
      const flows: Flow[] = []
      const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: (flow) => flows.push(flow) })
      for (let i = 0; i < 30_000; i++) {
        table.add(udpView({ src: `10.0.${i >> 8}.${i & 255}:1000`, dst: '10.9.9.9:53', length: 1, at: i / 50 }))
      }
      expect(table.size).toBeLessThan(16_000)
      expect(flows.length).toBeGreaterThan(14_000)
      table.end()
      expect(flows).toHaveLength(30_000)
    })

    test('wrong on a single packet end no other flow', () => {
      const flows: Flow[] = []
      const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: (flow) => flows.push(flow) })
      const stray = (i: number) => (i === 8191 ? 4_000_000_000 : i / 1000)
      for (let i = 0; i < 20_000; i++) {
        table.add(udpView({ src: '10.0.0.1:1000', dst: `10.0.${i >> 8}.${i & 255}:53`, length: 1, at: stray(i) }))
      }
      expect(flows).toEqual([])
    })
  })

  describe('limits', () => {
    test('let the flow go first that has been idle longest, and say so', () => {
      const flows: Flow[] = []
      const table = new FlowTable({
        capture: 0,
        timeKind: 'absolute',
        maxFlows: 100,
        onFlow: (flow) => flows.push(flow),
      })
      const packet = (port: number, at: number) =>
        tcpView({ src: `10.0.0.1:${port}`, dst: '10.0.0.2:80', flags: 'S', at })
      for (let port = 1; port <= 100; port++) table.add(packet(port, port))
      table.add(packet(1, 101))
      for (let port = 201; port <= 210; port++) table.add(packet(port, port))
      expect(table.size).toBe(100)
      expect(table.evicted).toBe(10)
      expect(flows.map(({ source, evicted }) => `${source.port} ${evicted}`)).toEqual(
        Array.from({ length: 10 }, (_, i) => `${i + 2} true`),
      )
    })

    test('hold for a table of one flow', () => {
      const flows = flowsOf(
        [1, 2, 3].map((port) => tcpView({ src: `10.0.0.1:${port}`, dst: '10.0.0.2:80', flags: 'S' })),
        { maxFlows: 1 },
      )
      expect(flows.map(({ source, evicted }) => `${source.port} ${evicted}`)).toEqual(['1 true', '2 true', '3 false'])
    })
  })

  test('numbers flows in the order of their first packets, through several tables where told', () => {
    const ids = { next: 5 }
    const packets = [3, 1, 2].map((port) => tcpView({ src: `10.0.0.1:${port}`, dst: '10.0.0.2:80', flags: 'S' }))
    const flows = [...flowsOf(packets, { ids }), ...flowsOf(packets, { ids, capture: 1 })]
    expect(flows.map(({ id, capture, source }) => [id, capture, source.port])).toEqual([
      [5, 0, 3],
      [6, 0, 1],
      [7, 0, 2],
      [8, 1, 3],
      [9, 1, 1],
      [10, 1, 2],
    ])
  })

  test('counts packets that are in no flow by reason, and reads nothing else of their views', () => {
    const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: () => {} })
    const dirty = Object.assign(new PacketView(), tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2' }), {
      status: DecodeStatus.NotIp,
      reason: 'arp',
    })
    table.add(dirty)
    table.add(dirty)
    expect(table.skipped).toEqual({ arp: 2 })
    expect(table.size).toBe(0)
  })

  test('reuses the words of flows that left without a trace of them', () => {
    const flows: Flow[] = []
    const table = new FlowTable({ capture: 0, timeKind: 'absolute', maxFlows: 1, onFlow: (flow) => flows.push(flow) })
    const rich = new Conversation({ common: { ttl: 64, tsVal: 7, mss: 1460 } })
      .handshake()
      .data('client', 5)
      .again()
      .close()
    for (const packet of rich.packets) table.add(packet)
    table.add(tcpView({ src: '10.0.0.9:9', dst: '10.0.0.8:8', flags: 'S', seq: 4 }))
    table.end()
    expect(flows[1]).toEqual(
      flowOf([tcpView({ src: '10.0.0.9:9', dst: '10.0.0.8:8', flags: 'S', seq: 4 })], { ids: { next: 2 } }),
    )
  })

  test('shows names of a text capture in place of its stand-in addresses', () => {
    const view = tcpView({ src: '240.0.0.1:4000', dst: '10.0.0.2:80', flags: 'S' })
    view.srcName = 0
    const flows: Flow[] = []
    const table = new FlowTable({ capture: 0, timeKind: 'none', onFlow: (flow) => flows.push(flow) })
    table.add(view, ['client.example'])
    table.end()
    expect(flows[0]?.source).toEqual({ ip: 'client.example', port: 4000, isName: true })
    expect(flows[0]?.destination).toEqual({ ip: '10.0.0.2', port: 80 })
  })
})

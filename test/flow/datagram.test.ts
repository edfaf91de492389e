import { describe, expect, test } from 'vitest'
import { datagramState } from '../../src/flow/datagram.ts'
import { flowOf, flowsOf, icmpView, sctpView, udpView } from '../support/flow-packets.ts'

describe('datagramState()', () => {
  test.each([
    ['S0', 17, 1, 0],
    ['SHR', 17, 0, 1],
    ['SF', 17, 3, 2],
    ['S0', 132, 1, 0],
    ['OTH', 1, 1, 1],
    ['OTH', 58, 1, 0],
  ])('%s for protocol %i with %i and %i packets', (state, protocol, forward, reverse) => {
    expect(datagramState(protocol, forward, reverse)).toBe(state)
  })
})

describe('exchanges', () => {
  test('of UDP sum their payloads', () => {
    const flow = flowOf([
      udpView({ src: '10.0.0.1:40000', dst: '10.0.0.53:53', length: 30, at: 1 }),
      udpView({ src: '10.0.0.53:53', dst: '10.0.0.1:40000', length: 100, at: 1.01 }),
      udpView({ src: '10.0.0.53:53', dst: '10.0.0.1:40000', length: 0, at: 1.02 }),
    ])
    expect(flow).toMatchObject({ connState: 'SF', history: 'Dd', tcp: null, originKnown: true })
    expect(flow.forward).toMatchObject({ packets: 1, payloadBytes: 30, ipBytes: 58, isn: null, syns: 0 })
    expect(flow.reverse).toMatchObject({ packets: 2, payloadBytes: 100, ipBytes: 156 })
  })

  test('of SCTP have ports and no state machine', () => {
    const flow = flowOf([sctpView({ src: '10.0.0.1:40000', dst: '10.0.0.2:3868', length: 20 })])
    expect(flow).toMatchObject({ protocol: 132, connState: 'S0', tcp: null, destination: { port: 3868 } })
  })

  test('of other protocols have no ports', () => {
    const view = Object.assign(udpView({ src: '10.0.0.1', dst: '224.0.0.5', length: 44 }), { protocol: 89 })
    expect(flowOf([view])).toMatchObject({
      protocol: 89,
      source: { port: null },
      destination: { port: null },
      icmp: null,
    })
  })
})

describe('ICMP', () => {
  const echo = (type: number, id: number, back = false) =>
    icmpView({ src: back ? '10.0.0.2' : '10.0.0.1', dst: back ? '10.0.0.1' : '10.0.0.2', type, id, length: 56 })

  test('request and reply are one exchange, by identifier', () => {
    const flows = flowsOf([echo(8, 1), echo(8, 2), echo(0, 1, true), echo(0, 2, true)])
    expect(flows.map(({ icmp, forward, reverse }) => [icmp, forward.packets, reverse.packets])).toEqual([
      [{ type: 8, code: 0, id: 1 }, 1, 1],
      [{ type: 8, code: 0, id: 2 }, 1, 1],
    ])
    expect(flows[0]).toMatchObject({ source: { ip: '10.0.0.1', port: null }, connState: 'OTH', history: '' })
  })

  test('a reply alone was asked for by its receiver', () => {
    const flow = flowOf([echo(0, 1, true)])
    expect(flow).toMatchObject({
      source: { ip: '10.0.0.1' },
      icmp: { type: 8 },
      forward: { packets: 0 },
      reverse: { packets: 1 },
      originKnown: true,
    })
  })

  test('ICMPv6 has its own numbers', () => {
    const flow = flowOf([
      icmpView({ src: 'fd00::1', dst: 'fd00::2', type: 128, id: 4, length: 8 }),
      icmpView({ src: 'fd00::2', dst: 'fd00::1', type: 129, id: 4, length: 8 }),
    ])
    expect(flow).toMatchObject({ protocol: 58, icmp: { type: 128, code: 0, id: 4 }, reverse: { packets: 1 } })
  })

  test('errors of the two directions are flows of their own', () => {
    const error = (src: string, dst: string, code: number) => icmpView({ src, dst, type: 3, code, length: 28 })
    const flows = flowsOf([
      error('10.0.0.1', '10.0.0.2', 3),
      error('10.0.0.2', '10.0.0.1', 3),
      error('10.0.0.1', '10.0.0.2', 1),
    ])
    expect(flows.map(({ source, icmp }) => [source.ip, icmp])).toEqual([
      ['10.0.0.1', { type: 3, code: 3, id: 0 }],
      ['10.0.0.2', { type: 3, code: 3, id: 0 }],
      ['10.0.0.1', { type: 3, code: 1, id: 0 }],
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/flow/flow.ts'
import { FlowTable } from '../../src/flow/flow-table.ts'
import { FlowClock } from '../../src/flow/flow-times.ts'
import { RecordPositions } from '../../src/flow/record-positions.ts'
import { SamplePool } from '../../src/flow/samples.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf, icmpView, tcpView, udpView } from '../support/flow-packets.ts'

describe('samples', () => {
  test('are the first four packets of each direction, in order, with what NAT keeps', () => {
    const talk = new Conversation({ common: { ttl: 63, tsVal: 0xfedcba98 } }).handshake()
    for (let i = 0; i < 10; i++) talk.data('client', 100 + i).data('server', 200 + i)
    const { samples } = flowOf(talk.packets)
    expect(samples.map(({ record, forward }) => `${record}${forward ? '>' : '<'}`)).toEqual([
      '1>',
      '2<',
      '3>',
      '4>',
      '5<',
      '6>',
      '7<',
      '9<',
    ])
    expect(samples[0]).toEqual({
      record: 1,
      file: 0,
      forward: true,
      timeSec: 100,
      timeNsec: 0,
      flags: 2,
      seq: 1000,
      ack: 0,
      payloadLength: 0,
      tsVal: 0xfedcba98,
      ipId: 1,
      ttl: 63,
      tag: null,
    })
    expect(samples[4]).toMatchObject({ flags: 24, seq: 9001, ack: 1101, payloadLength: 200, forward: false })
  })

  test('say what a capture did not show', () => {
    const { samples } = flowOf([tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', flags: 'S', seq: 0xffffffff })])
    expect(samples[0]).toMatchObject({ tsVal: null, ipId: null, ttl: null, tag: null, seq: 0xffffffff })
    const extremes = flowOf([
      tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', id: 65535, ttl: 255, tsVal: 0, flags: 'SAFRPUEC' }),
    ])
    expect(extremes.samples[0]).toMatchObject({ ipId: 65535, ttl: 255, tsVal: 0, flags: 255 })
    const least = flowOf([tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', id: 0, ttl: 0 })])
    expect(least.samples[0]).toMatchObject({ ipId: 0, ttl: 0 })
  })

  test('of datagrams have a tag: the DNS id, the number of an echo', () => {
    const dns = flowOf([udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', dnsId: 0xbeef })])
    expect(dns.samples[0]).toMatchObject({ tag: 0xbeef, seq: 0, tsVal: null })
    expect(flowOf([udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:99' })]).samples[0]?.tag).toBeNull()
    const echo = flowOf([icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8, number: 3 })])
    expect(echo.samples[0]?.tag).toBe(3)
  })

  test('give the first timestamp of each direction', () => {
    const talk = new Conversation().syn({ tsVal: 5 }).synAck({ tsVal: 3_000_000_000 }).ack('client', { tsVal: 6 })
    const flow = flowOf(talk.packets)
    expect(flow.forward.firstTsVal).toEqual({ value: 5, timeSec: 100, timeNsec: 0 })
    expect(flow.reverse.firstTsVal?.value).toBe(3_000_000_000)
    expect(flowOf(new Conversation().syn().packets).forward.firstTsVal).toBeNull()
  })

  test('name the file and the record in it', () => {
    const flows: Flow[] = []
    const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: (flow) => flows.push(flow) })
    const packets = new Conversation().handshake().data('client', 10).packets
    for (const [i, packet] of packets.entries()) {
      if (i !== 1) table.startFile()
      table.add(Object.assign(packet, { recordNumber: i === 1 ? 2 : 1 }))
    }
    table.end()
    expect(flows[0]?.samples.map(({ file, record }) => [file, record])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [2, 1],
    ])
  })
})

describe('SamplePool', () => {
  test('keeps fewer when very many are alive, and more again once they are gone', () => {
    const pool = new SamplePool()
    const view = tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:80' })
    const heads: number[] = []
    const fill = (size: number): void => {
      while (heads.length < size) heads.push(pool.add(0, view, 0, 0, 1))
    }
    const wanted = () => [0, 1, 3, 4].map((packets) => [pool.wants(packets, 0), pool.wants(packets, 1)])
    fill(2 ** 18 - 1)
    expect(wanted()).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [false, false],
    ])
    expect(pool.reduced).toBe(false)
    fill(2 ** 18)
    expect(wanted()).toEqual([
      [true, true],
      [false, false],
      [false, false],
      [false, false],
    ])
    expect(pool.reduced).toBe(true)
    fill(2 ** 20)
    expect(wanted()[0]).toEqual([true, false])
    for (const head of heads) pool.release(head)
    expect(pool.wants(3, 1)).toBe(true)
  })

  test('frees lists for others to use', () => {
    const pool = new SamplePool()
    const view = tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:80' })
    const first = pool.add(pool.add(0, view, 0, 0, 1), view, 1, 0, 2)
    const second = pool.add(0, view, 0, 0, 3)
    pool.release(first)
    const third = pool.add(pool.add(0, view, 0, 0, 4), view, 1, 0, 5)
    const records = (head: number) =>
      pool.read(head, new FlowClock(), new RecordPositions()).map(({ record }) => record)
    expect([records(second), records(third)]).toEqual([[3], [4, 5]])
  })
})

test('flows of a table that is not crowded say nothing of it', () => {
  const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: () => {} })
  table.add(tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:80', flags: 'S' }))
  expect(table.samplesReduced).toBe(false)
  expect(flowsOf([])).toEqual([])
})

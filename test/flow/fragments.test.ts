import { describe, expect, test } from 'vitest'
import { FlowTable } from '../../src/flow/flow-table.ts'
import { FragmentTable } from '../../src/flow/fragments.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, fragmentOf, udpView } from '../support/flow-packets.ts'

const datagram = (more: object = {}) => udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:9000', length: 0, ...more })
/** Fragments of an IP payload of 3000 octets. */
const parts = (id = 1, more: object = {}): PacketView[] => [
  fragmentOf(datagram({ at: 1, ...more }), { offset: 0, length: 1480, more: true, id }),
  fragmentOf(datagram({ at: 1.001, ...more }), { offset: 1480, length: 1480, more: true, id }),
  fragmentOf(datagram({ at: 1.002, ...more }), { offset: 2960, length: 40, more: false, id }),
]

const orders = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 0, 2],
  [2, 0, 1],
]

describe('FragmentTable', () => {
  test.each(orders)('delivers a datagram once, complete, whatever the order: %i %i %i', (...order) => {
    const table = new FragmentTable()
    const fragments = parts()
    const delivered = order.map((i) => table.add(fragments[i] as PacketView, 0, 0))
    expect(delivered.slice(0, 2)).toEqual([null, null])
    const packet = delivered[2]
    expect(packet).toMatchObject({
      payloadLength: 2992,
      ipLength: 3020,
      moreFragments: 0,
      fragmentOffset: 0,
      srcPort: 5000,
    })
    expect(packet?.timeNsec).toBe(fragments[order[2] as number]?.timeNsec)
    table.end()
    expect(table.incomplete).toBe(0)
  })

  test('keeps datagrams apart by identification, addresses, protocol and place', () => {
    const table = new FragmentTable()
    const [first] = parts(1)
    const others = [parts(2)[1], parts(2)[2], parts(1, { src: '10.0.0.9:5000' })[1], parts(1, { dst: '10.0.0.9:9' })[2]]
    for (const fragment of [first, ...others]) expect(table.add(fragment as PacketView, 0, 0)).toBeNull()
    const [, second, third] = parts(1)
    expect(table.add(second as PacketView, 7, 0)).toBeNull()
    expect(table.add(third as PacketView, 7, 0)).toBeNull()
    table.end()
    expect(table.incomplete).toBe(7)
  })

  test('repeated and overlapping fragments fill no hole', () => {
    const table = new FragmentTable()
    const [first, , third] = parts()
    const overlap = fragmentOf(datagram(), { offset: 800, length: 800, more: true })
    for (const fragment of [first, first, third, third, overlap])
      expect(table.add(fragment as PacketView, 0, 0)).toBeNull()
    expect(table.add(parts()[1] as PacketView, 0, 0)).not.toBeNull()
  })

  test('a last fragment that ends inside the first does not make lengths negative', () => {
    const table = new FragmentTable()
    table.add(parts()[0] as PacketView, 0, 0)
    const packet = table.add(fragmentOf(datagram(), { offset: 8, length: 8, more: false }), 0, 0)
    expect(packet?.payloadLength).toBe(1472)
  })

  test('forgets what stays incomplete for a minute', () => {
    const table = new FragmentTable()
    table.add(parts(1)[0] as PacketView, 0, 0)
    table.add(parts(2)[0] as PacketView, 0, 61e9)
    expect(table.incomplete).toBe(1)
  })

  test('holds 4,096 datagrams and 64 ranges of one', () => {
    const many = new FragmentTable()
    for (let id = 0; id < 5000; id++) many.add(parts(id)[0] as PacketView, 0, 0)
    expect(many.incomplete).toBe(5000 - 4096)
    const ranges = new FragmentTable()
    for (let i = 0; i < 65; i++)
      ranges.add(fragmentOf(datagram(), { offset: 16 + i * 16, length: 8, more: true }), 0, 0)
    expect(ranges.incomplete).toBe(65)
  })
})

describe('fragments in the flow table', () => {
  test('are one packet of their flow', () => {
    const flow = flowOf(parts())
    expect(flow.forward).toMatchObject({ packets: 1, payloadBytes: 2992, ipBytes: 3020 })
    expect(flow.startNsec).toBe(2_000_000)
  })

  test('seen at two places are one packet and a copy', () => {
    const packets = [...parts(1, { ifindex: 1 }), ...parts(1, { ifindex: 2 })]
    expect(flowOf(packets).forward).toMatchObject({ packets: 1, duplicates: 1 })
  })

  test('that stay incomplete are counted as skipped', () => {
    const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: () => {} })
    for (const fragment of parts().slice(0, 2)) table.add(fragment)
    table.end()
    expect(table.skipped).toEqual({ 'fragment-incomplete': 2 })
  })

  test('of a segment carry its octets', () => {
    const talk = new Conversation().handshake().data('client', 2000)
    const segment = talk.packets.pop() as PacketView
    const rest = fragmentOf(Object.assign(datagram(), segment), { offset: 1000, length: 1020, more: false })
    const flow = flowOf([...talk.packets, rest, fragmentOf(segment, { offset: 0, length: 1000, more: true })])
    expect(flow.forward).toMatchObject({ payloadBytes: 2000, packets: 3, retransmissions: 0, missedBytes: 0 })
  })
})

import { describe, expect, test } from 'vitest'
import { AddressTable } from '../../src/flow/address-table.ts'
import { FlowIndex } from '../../src/flow/flow-index.ts'
import { HASH, KEY_A, KEY_B, KIND, PORTS } from '../../src/flow/flow-record.ts'
import { FlowStore } from '../../src/flow/flow-store.ts'
import { PacketKey } from '../../src/flow/packet-key.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { icmpView, tcpView, udpView } from '../support/flow-packets.ts'
import fc from '../support/property.ts'

/** A table of flows known by their keys alone. */
class KeyTable {
  readonly store = new FlowStore()
  readonly addresses = new AddressTable()
  readonly index = new FlowIndex(this.store, this.addresses)
  readonly #key = new PacketKey()

  find(view: PacketView): number {
    this.#key.ofPacket(view)
    return this.index.find(this.#key)
  }

  insert(view: PacketView): number {
    const key = this.#key
    key.ofPacket(view)
    const flow = this.store.allocate()
    const { base } = this.store
    const isIpv6 = view.ipVersion === 6
    this.store.setInt(base + KEY_A, isIpv6 ? this.addresses.acquire(key.src0, key.src1, key.src2, key.src3) : key.src3)
    this.store.setInt(base + KEY_B, isIpv6 ? this.addresses.acquire(key.dst0, key.dst1, key.dst2, key.dst3) : key.dst3)
    this.store.setInt(base + PORTS, key.ports)
    this.store.setInt(base + KIND, key.kind)
    this.store.setInt(base + HASH, key.hash)
    this.index.insert()
    return flow
  }

  remove(flow: number): void {
    this.store.seek(flow)
    this.index.remove()
    this.store.release(flow)
  }
}

const pair: [string, string] = ['10.0.0.1:1000', '10.0.0.2:80']
const views: readonly [string, (src: string, dst: string) => PacketView, [string, string]][] = [
  ['TCP over IPv4', (src, dst) => tcpView({ src, dst }), pair],
  ['UDP over IPv4', (src, dst) => udpView({ src, dst }), pair],
  ['TCP over IPv6', (src, dst) => tcpView({ src, dst }), ['[fd00::1]:1000', '[fd00::2]:80']],
  ['echo', (src, dst) => icmpView({ src, dst, type: 8, id: 5 }), ['10.0.0.1', '10.0.0.2']],
]

describe('FlowIndex', () => {
  test.each(views)('finds %s in either direction', (_name, make, [a, b]) => {
    const table = new KeyTable()
    expect(table.find(make(a, b))).toBe(-1)
    const flow = table.insert(make(a, b))
    expect([table.find(make(a, b)), table.index.side]).toEqual([flow, 0])
    expect([table.find(make(b, a)), table.index.side]).toEqual([flow, 1])
  })

  test('finds one-way messages in their own direction only', () => {
    const table = new KeyTable()
    const error = (src: string, dst: string) => icmpView({ src, dst, type: 3, code: 1 })
    table.insert(error('10.0.0.1', '10.0.0.2'))
    expect(table.find(error('10.0.0.2', '10.0.0.1'))).toBe(-1)
  })

  test('finds by packet what it finds by key', () => {
    const table = new KeyTable()
    const flow = table.insert(tcpView({ src: pair[0], dst: pair[1] }))
    expect([table.index.findPorts(tcpView({ src: pair[0], dst: pair[1] })), table.index.side]).toEqual([flow, 0])
    expect([table.index.findPorts(tcpView({ src: pair[1], dst: pair[0] })), table.index.side]).toEqual([flow, 1])
    expect(table.index.findPorts(udpView({ src: pair[0], dst: pair[1] }))).toBe(-1)
    expect(table.index.findPorts(tcpView({ src: pair[0], dst: '10.0.0.2:81' }))).toBe(-1)
  })

  test('puts the cursor on the flow it finds', () => {
    const table = new KeyTable()
    const flows = Array.from({ length: 100 }, (_, i) => table.insert(tcpView({ src: `10.0.0.1:${i}`, dst: pair[1] })))
    for (const [i, flow] of flows.entries()) {
      table.find(tcpView({ src: `10.0.0.1:${i}`, dst: pair[1] }))
      expect(table.store.flow).toBe(flow)
    }
  })

  test('agrees with a Map while it grows, and under any order of entering and taking out', () => {
    const step = fc.record({ enter: fc.boolean(), port: fc.integer({ min: 0, max: 5000 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 3000, maxLength: 6000 }), (steps) => {
        const table = new KeyTable()
        const known = new Map<number, number>()
        const view = (port: number) => tcpView({ src: `10.0.0.1:${port}`, dst: pair[1] })
        for (const { enter, port } of steps) {
          const flow = known.get(port)
          if (enter && flow === undefined) known.set(port, table.insert(view(port)))
          if (!enter && flow !== undefined) {
            table.remove(flow)
            known.delete(port)
          }
        }
        for (let port = 0; port <= 5000; port++) {
          if (table.find(view(port)) !== (known.get(port) ?? -1)) throw new Error(`port ${port}`)
        }
      }),
      { numRuns: 8 },
    )
  })
})

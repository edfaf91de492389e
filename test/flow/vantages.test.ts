import { expect, test } from 'vitest'
import { Direction } from '../../src/capture/record.ts'
import { VantageTable } from '../../src/flow/vantages.ts'
import { tcpView } from '../support/flow-packets.ts'

const ends = { src: '10.0.0.1:1', dst: '10.0.0.2:2' }

test('VantageTable tells places apart by each of their marks', () => {
  const table = new VantageTable()
  const places = [
    {},
    { interface: 1 },
    { ifindex: 3 },
    { ifindex: 0xffffffff },
    { sll: 0 },
    { sll: 4 },
    { direction: Direction.In },
    { direction: Direction.Out },
    { vlan: 0 },
    { vlan: 4095 },
    { depth: 1 },
  ]
  const ids = places.map((place) => table.idOf(tcpView({ ...ends, ...place })))
  expect(new Set(ids).size).toBe(places.length)
  expect(places.map((place) => table.idOf(tcpView({ ...ends, ...place })))).toEqual(ids)
  expect(table.placeOf(ids[7] as number)).toMatchObject({ direction: 'out', interfaceIndex: 0, vlan: -1, depth: 0 })
  expect(table.placeOf(ids[3] as number).ifindex).toBe(0xffffffff)
})

test('VantageTable speaks of the interfaces of the capture, not of the file', () => {
  const table = new VantageTable()
  const first = table.idOf(tcpView({ ...ends, interface: 0 }))
  table.interfaceMap = [5, 0]
  expect(table.idOf(tcpView({ ...ends, interface: 1 }))).toBe(first)
  expect(table.placeOf(table.idOf(tcpView({ ...ends, interface: 0 }))).interfaceIndex).toBe(5)
})

test('VantageTable stays in sixteen bits whatever a capture shows', () => {
  const table = new VantageTable()
  const view = tcpView(ends)
  let last = 0
  for (let i = 0; i < 70_000; i++) {
    view.ifindex = i
    last = table.idOf(view)
  }
  expect(last).toBe(0xfffe)
  expect(table.placeOf(last)).toBeDefined()
})

test('VantageTable.plainId() gives what idOf() gave for a plain packet of the interface, of the file too', () => {
  const table = new VantageTable()
  expect(table.plainId(1)).toBe(-1)
  const plain = table.idOf(tcpView({ ...ends, interface: 1 }))
  const tagged = table.idOf(tcpView({ ...ends, interface: 1, vlan: 5 }))
  expect(tagged).not.toBe(plain)
  expect(table.plainId(1)).toBe(plain)
  table.interfaceMap = [1, 0]
  expect([table.plainId(0), table.plainId(1)]).toEqual([plain, -1])
})

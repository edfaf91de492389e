import { expect, test } from 'vitest'
import { SharedMemory } from '../../../src/core/shared-memory.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { BASE, ConversationTable, Known } from '../../../src/packet/tcpdump-text/conversation-table.ts'

function packet(src: number, srcPort: number, dst: number, dstPort: number, word0 = 0): PacketView {
  const view = new PacketView()
  const middle = word0 === 0 ? 0xffff : 0
  return Object.assign(view, {
    src0: word0,
    dst0: word0,
    src2: middle,
    dst2: middle,
    src3: src,
    dst3: dst,
    srcPort,
    dstPort,
  })
}

test('both directions are one conversation, each side keeps its words', () => {
  const table = new ConversationTable()
  const side = table.find(packet(1, 80, 2, 81))
  table.set(BASE + side, 7)
  expect(table.find(packet(2, 81, 1, 80))).toBe(1 - side)
  expect(table.get(BASE + side)).toBe(7)
  expect(table.get(BASE + 1 - side)).toBe(0)
})

test.each([
  ['port', packet(1, 80, 2, 82)],
  ['address', packet(1, 80, 3, 81)],
  ['swapped ports', packet(1, 81, 2, 80)],
  ['upper words', packet(1, 80, 2, 81, 0xfd000000)],
])('another %s is another conversation', (_, other) => {
  const table = new ConversationTable()
  table.mark(Known.Base, table.find(packet(1, 80, 2, 81)))
  const side = table.find(other)
  expect([table.has(Known.Base, 0), table.has(Known.Base, side)]).toEqual([false, false])
})

test('addresses above 2³¹ and equal addresses are ordered by all they have', () => {
  const table = new ConversationTable()
  const side = table.find(packet(0xc0000001, 80, 0x0a000001, 81))
  expect(table.find(packet(0x0a000001, 81, 0xc0000001, 80))).toBe(1 - side)
  const loop = table.find(packet(5, 80, 5, 81))
  expect(table.find(packet(5, 81, 5, 80))).toBe(1 - loop)
})

test('bits of one side do not touch the other', () => {
  const table = new ConversationTable()
  table.find(packet(1, 80, 2, 81))
  table.mark(Known.Next, 0)
  table.mark(Known.Unsaid, 1)
  expect([
    table.has(Known.Next, 0),
    table.has(Known.Next, 1),
    table.has(Known.Unsaid, 0),
    table.has(Known.Unsaid, 1),
  ]).toEqual([true, false, false, true])
  table.clear(Known.Unsaid, 1)
  expect([table.has(Known.Next, 0), table.has(Known.Unsaid, 1)]).toEqual([true, false])
})

test('remembers what was used lately, however many conversations there are, in bounded memory', () => {
  const table = new ConversationTable()
  const steady = packet(1, 80, 2, 81)
  table.set(BASE, 0)
  table.set(BASE + table.find(steady), 42)
  for (let i = 0; i < 700_000; i++) {
    table.find(packet(i + 10, 1000, 2, 81))
    if (i % 1000 === 0) table.find(steady)
  }
  expect(table.get(BASE + table.find(steady))).toBe(42)
  table.find(packet(10, 1000, 2, 81))
  expect(table.has(Known.Base, 0)).toBe(false)
})

test('in shared memory its roots lead to the young generation, and all is given back in the end', () => {
  const shared = SharedMemory.create()
  const table = new ConversationTable(shared)
  const [slots, mask, words] = table.roots(false) ?? []
  for (let i = 0; i < 100; i++) table.set(BASE + table.find(packet(1, 1000 + i, 2, 80)), i)
  const [slotsAfter, maskAfter, wordsAfter] = table.roots(false) ?? []
  expect([mask, maskAfter]).toEqual([255, 1023])
  expect(slotsAfter).not.toBe(slots)
  expect(wordsAfter).not.toBe(words)
  expect(table.words.byteOffset).toBe(wordsAfter)
  expect(table.get(BASE + table.find(packet(2, 80, 1, 1042)) - 1)).toBe(42)
  table.dispose()
  expect(new ConversationTable(shared).roots(true)?.[0]).toBe(slots)
})

import { describe, expect, test } from 'vitest'
import { COLD_WORDS, HOT_WORDS } from '../../src/flow/flow-record.ts'
import { FlowStore } from '../../src/flow/flow-store.ts'

describe('FlowStore', () => {
  test('keeps the words of many flows apart', () => {
    const store = new FlowStore()
    for (let i = 0; i < 20_000; i++) {
      const flow = store.allocate()
      expect(flow).toBe(i)
      store.setInt(store.base, i)
      store.setInt(store.base + HOT_WORDS - 1, -i)
      store.setDouble(store.base + 8, i / 3)
      store.setColdInt(0, i * 2)
      store.setColdDouble(2, i / 7)
      store.setColdInt(COLD_WORDS - 1, i)
    }
    for (const i of [19_999, 0, 8191, 8192, 12_345]) {
      store.seek(i)
      expect([store.int(store.base), store.int(store.base + HOT_WORDS - 1)]).toEqual([i, i === 0 ? 0 : -i])
      expect([store.double(store.base + 8), store.coldDouble(2)]).toEqual([i / 3, i / 7])
      expect([store.coldInt(0), store.coldInt(COLD_WORDS - 1)]).toEqual([i * 2, i])
    }
    expect([store.size, store.limit]).toEqual([20_000, 20_000])
  })

  test('hands a freed number out again, all its words 0', () => {
    const store = new FlowStore()
    const flow = store.allocate()
    store.allocate()
    store.seek(flow)
    for (let i = 0; i < HOT_WORDS; i++) store.setInt(store.base + i, -1)
    for (let i = 0; i < COLD_WORDS; i++) store.setColdInt(i, -1)
    store.release(flow)
    expect([store.isLive(flow), store.size]).toEqual([false, 1])
    expect(store.allocate()).toBe(flow)
    expect(Array.from({ length: HOT_WORDS }, (_, i) => store.int(store.base + i)).every((word) => word === 0)).toBe(
      true,
    )
    expect(Array.from({ length: COLD_WORDS }, (_, i) => store.coldInt(i)).every((word) => word === 0)).toBe(true)
    expect(store.limit).toBe(2)
  })

  test('adds to words and sets bits', () => {
    const store = new FlowStore()
    store.allocate()
    store.addInt(store.base, 5)
    store.addInt(store.base, -2)
    store.mark(store.base, 0x100)
    store.addDouble(store.base + 2, 0.5)
    store.addDouble(store.base + 2, 2 ** 40)
    expect([store.int(store.base), store.double(store.base + 2)]).toEqual([0x103, 2 ** 40 + 0.5])
  })
})

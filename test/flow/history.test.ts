import { describe, expect, test } from 'vitest'
import { ExtraPool } from '../../src/flow/flow-extra.ts'
import { FlowStore } from '../../src/flow/flow-store.ts'
import { addLetter, historyText, isPowerOfTen, Letter } from '../../src/flow/history.ts'

describe('history', () => {
  test('writes every letter in both cases', () => {
    const [store, extras] = [new FlowStore(), new ExtraPool()]
    store.allocate()
    for (const side of [0, 1]) {
      for (const letter of Object.values(Letter)) if (letter !== Letter.Flipped) addLetter(store, extras, letter, side)
    }
    expect(historyText(store, extras)).toBe('SHADFRIQWTGshadfriqwtg')
  })

  test('of two flows do not mix, also past what a flow holds itself', () => {
    const [store, extras] = [new FlowStore(), new ExtraPool()]
    const [first, second] = [store.allocate(), store.allocate()]
    for (let i = 0; i < 30; i++) {
      store.seek(i % 2 === 0 ? first : second)
      addLetter(store, extras, i % 2 === 0 ? Letter.Rst : Letter.Fin, i % 2)
    }
    store.seek(first)
    expect(historyText(store, extras)).toBe('R'.repeat(15))
    store.seek(second)
    expect(historyText(store, extras)).toBe('f'.repeat(15))
  })
})

test('isPowerOfTen()', () => {
  expect([1, 2, 9, 10, 11, 99, 100, 999, 1000, 100_000].map(isPowerOfTen)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    true,
    false,
    true,
    true,
  ])
})

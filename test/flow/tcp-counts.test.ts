import { describe, expect, test } from 'vitest'
import { flowOf, tcpView } from '../support/flow-packets.ts'

describe('counts of control flags', () => {
  const many = (flags: string, n: number) =>
    flowOf(
      Array.from({ length: n }, (_, i) =>
        tcpView({ src: '10.0.0.1:1000', dst: '10.0.0.2:80', flags, seq: 5, at: i / 1000 + 1, id: i + 1 }),
      ),
    )

  test('saturate instead of running into each other', () => {
    expect(many('S', 5000).forward).toMatchObject({ syns: 4095, resets: 0, packets: 5000 })
    expect(many('SA', 5000).reverse).toMatchObject({ syns: 0, resets: 0, packets: 5000 })
    expect(many('R', 5000).forward).toMatchObject({ syns: 0, resets: 4095 })
  })
})

import { describe, expect, test } from 'vitest'
import { mssOf, packSynOptions, windowScaleOf } from '../../src/flow/syn-options.ts'
import { tcpView } from '../support/flow-packets.ts'

describe('packSynOptions()', () => {
  const pack = (mss: number, windowScale: number) =>
    packSynOptions(tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', mss, windowScale }))

  test.each([
    [1460, 7],
    [0, 0],
    [65_535, 14],
    [-1, -1],
    [1460, -1],
    [-1, 3],
  ])('keeps MSS %i and window scale %i', (mss, scale) => {
    const packed = pack(mss, scale)
    expect([mssOf(packed) ?? -1, windowScaleOf(packed) ?? -1]).toEqual([mss, scale])
    expect(packed).not.toBe(0)
  })
})

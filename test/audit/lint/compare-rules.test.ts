import { describe, expect, test } from 'vitest'
import { comparableText, compareRules } from '../../../src/audit/lint/compare-rules.ts'

const A = '-A C -s 10.0.0.0/24 -m comment --comment "one" -j ACCEPT'
const B = '-A C ! -d 10.0.0.0/8 -m mark --mark 0xa00/0xe00 -m comment --comment "two" -j SNAT --to-source 1.2.3.4'
const compare = (intended: string[], installed: string[]) =>
  compareRules(intended.map(comparableText), installed.map(comparableText))

describe('compareRules()', () => {
  test.each([
    [
      'the order of options',
      B,
      '-A C -m comment --comment "two" -m mark --mark 0xa00/0xe00 ! -d 10.0.0.0/8 -j SNAT --to-source 1.2.3.4',
    ],
    ['padded marks', B, B.replace('0xa00/0xe00', '0x00000a00/0x00000e00')],
    ['port ranges', B, B.replace('1.2.3.4', '1.2.3.4:1024-65535')],
    ['random ports', A.replace('ACCEPT', 'MASQUERADE'), A.replace('ACCEPT', 'MASQUERADE --random-fully')],
    ['another comment', A, A.replace('one', 'uno')],
  ])('%s makes no difference', (_name, intended, installed) => {
    expect(compare([intended], [installed])).toEqual({ missing: [], extra: [], altered: [], reordered: false })
  })

  test.each([
    ['negation', B, B.replace('! -d', '-d')],
    ['target', A, A.replace('ACCEPT', 'RETURN')],
    ['address', B, B.replace('1.2.3.4', '1.2.3.5')],
  ])('%s alters a rule of the same purpose', (_name, intended, installed) => {
    const { altered, missing, extra } = compare([intended], [installed])
    expect(altered).toHaveLength(1)
    expect(missing).toEqual([])
    expect(extra).toEqual([])
  })

  test('missing, extra, order', () => {
    expect(compare([A, B], [A]).missing).toHaveLength(1)
    expect(compare([A], [A, B]).extra).toHaveLength(1)
    expect(compare([A, B], [B, A]).reordered).toBe(true)
    expect(compare([A, B], [A, B]).reordered).toBe(false)
  })
})

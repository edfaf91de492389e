import { describe, expect, test } from 'vitest'
import {
  parseBoolean,
  parseList,
  parseOptionalCidr,
  parsePort,
  parsePortRange,
  parseWord,
} from '../../src/cluster/setting-values.ts'

test.each<[string, boolean | undefined]>([
  ['true', true],
  ['True', true],
  ['1', true],
  ['false', false],
  ['', false],
  [' false ', false],
  ['maybe', undefined],
  ['2', undefined],
])('parseBoolean(%o) is %o', (text, value) => expect(parseBoolean(text)).toBe(value))

test.each<[string, readonly string[]]>([
  ['eth0 eth1', ['eth0', 'eth1']],
  ['eth0,eth1', ['eth0', 'eth1']],
  ['eth+', ['eth+']],
  ['["eth0", "eth1"]', ['eth0', 'eth1']],
  ['[eth0 eth1]', ['eth0', 'eth1']],
  ['', []],
  ['[]', []],
])('parseList(%o)', (text, values) => expect(parseList(text)).toEqual(values))

describe('parseOptionalCidr()', () => {
  test.each(['', '  ', '<nil>'])('takes %o for none', (text) => expect(parseOptionalCidr(4)(text)).toBeNull())

  test('masks host bits off, as agents do', () => {
    expect(parseOptionalCidr(4)('10.244.7.9/16')).toMatchObject({ text: '10.244.0.0/16' })
  })

  test('takes no block of the other family, and nothing that is none', () => {
    expect(parseOptionalCidr(4)('fd00::/8')).toBeUndefined()
    expect(parseOptionalCidr(6)('10.0.0.0/8')).toBeUndefined()
    expect(parseOptionalCidr(6)('fd00::/8')).toMatchObject({ text: 'fd00::/8' })
    expect(parseOptionalCidr(4)('10.0.0.0')).toBeUndefined()
    expect(parseOptionalCidr(4)('10.0.0.0/33')).toBeUndefined()
  })
})

test.each<[string, readonly [number, number] | undefined]>([
  ['30000,32767', [30000, 32767]],
  ['30000-32767', [30000, 32767]],
  ['32767,30000', undefined],
  ['30000,70000', undefined],
  ['30000', undefined],
])('parsePortRange(%o)', (text, range) => expect(parsePortRange(text)).toEqual(range))

test.each<[string, number | undefined]>([
  ['8472', 8472],
  ['65535', 65535],
  ['65536', undefined],
  ['-1', undefined],
  ['0x10', undefined],
])('parsePort(%o)', (text, port) => expect(parsePort(text)).toBe(port))

test('parseWord() takes one of a few words, whatever the case', () => {
  const mode = parseWord('native', 'tunnel')
  expect(mode('Native')).toBe('native')
  expect(mode('bridged')).toBeUndefined()
})

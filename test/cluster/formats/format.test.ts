import { describe, expect, test } from 'vitest'
import { count, isListOf, valueText } from '../../../src/cluster/formats/format.ts'
import { clusterFrom } from '../../support/cluster-pieces.ts'

describe('valueText()', () => {
  test.each<[unknown, string]>([
    ['10.0.0.0/8', '10.0.0.0/8'],
    [true, 'true'],
    [4000, '4000'],
    [null, ''],
    [undefined, ''],
    [['eth0', 'eth1'], 'eth0 eth1'],
    [['eth0', ['eth1', null]], 'eth0 eth1 '],
    [{ enabled: true }, '{"enabled":true}'],
    [{ toString: 1, valueOf: 'x' }, '{"toString":1,"valueOf":"x"}'],
  ])('%j is %o', (value, text) => expect(valueText(value)).toBe(text))
})

test.each([
  '{"bpf":{"masquerade":{"toString":1}}}',
  '{"bpf":{},"extraConfig":{"enable-bpf-masquerade":[{"toString":1}]}}',
  '{"bpf":{},"encryption":{"enabled":{"toString":1},"type":{"valueOf":1}}}',
  '{"chart":"cilium","version":{"toString":1},"revision":1}',
  '{"EnableBPFMasquerade":[{"toString":1}]}',
  '[{"IP":"10.0.0.0","Mask":"/wAAAA=="},{"IP":"a","Mask":"b"},{"IP":"","Mask":""},{"IP":"","Mask":""},{"IP":"","Mask":""},{"IP":{"toString":1},"Mask":1}]',
  '{"kind":"Status","message":{"toString":1}}',
])('a mapping in the place of a text is no reason to fail: %s', (text) => {
  const { settings, inputs } = clusterFrom(text)
  expect(inputs).toHaveLength(1)
  expect(settings.enableBpfMasquerade).toMatchObject({ value: false, origin: 'default' })
})

test('a mapping in the place of a value is warned of as no value', () => {
  const { warnings } = clusterFrom('{"bpf":{"masquerade":{"enabled":true}}}')
  expect(warnings.map(({ message }) => message)).toEqual([
    'input: "{"enabled":true}" is no value of enable-bpf-masquerade; left out',
  ])
})

test.each([
  [1, 'node', '1 node'],
  [3, 'node', '3 nodes'],
  [2, 'entry', '2 entries'],
  [0, 'address', '0 addresses'],
])('%d %s are counted as "%s"', (number, noun, words) => expect(count(number, noun)).toBe(words))

test('a list is told by its elements, and an empty one is nobody’s', () => {
  const hasName = (element: Readonly<Record<string, unknown>>): boolean => 'name' in element
  expect(isListOf([{ name: 'a' }, { name: 'b' }], hasName)).toBe(true)
  expect(isListOf([{ name: 'a' }, 'b'], hasName)).toBe(false)
  expect(isListOf([], hasName)).toBe(false)
  expect(isListOf({ name: 'a' }, hasName)).toBe(false)
})

import { expect, test } from 'vitest'
import type { LabelSelector } from '../../src/cluster/snapshot.ts'
import { selectorKeys, selectorMatches } from '../../src/masquerade/label-selector.ts'

const LABELS = { app: 'web', tier: 'front' }
const expression = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  ...values: string[]
): LabelSelector => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
})

test.each<[string, LabelSelector | null, boolean]>([
  ['none', null, true],
  ['an empty one', { matchLabels: {}, matchExpressions: [] }, true],
  ['labels', { matchLabels: { app: 'web' }, matchExpressions: [] }, true],
  ['another value', { matchLabels: { app: 'db' }, matchExpressions: [] }, false],
  ["with Cilium's prefix", { matchLabels: { 'k8s:app': 'web' }, matchExpressions: [] }, true],
  ['In', expression('app', 'In', 'db', 'web'), true],
  ['In, absent', expression('zone', 'In', 'a'), false],
  ['NotIn', expression('app', 'NotIn', 'web'), false],
  ['NotIn, absent', expression('zone', 'NotIn', 'a'), true],
  ['Exists', expression('tier', 'Exists'), true],
  ['DoesNotExist', expression('tier', 'DoesNotExist'), false],
])('selectorMatches(): %s', (_name, selector, matches) => {
  expect(selectorMatches(selector, LABELS)).toBe(matches)
})

test('selectorKeys() lists what is asked about', () => {
  expect(
    selectorKeys({ matchLabels: { a: '1' }, matchExpressions: expression('b', 'Exists').matchExpressions }),
  ).toEqual(['a', 'b'])
})

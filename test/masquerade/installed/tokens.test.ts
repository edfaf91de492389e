import { expect, test } from 'vitest'
import { groupOptions } from '../../../src/masquerade/installed/options.ts'
import { tokenizeRule } from '../../../src/masquerade/installed/tokens.ts'

const words = (text: string) => tokenizeRule(text)?.map((token) => token.text)
const options = (text: string) =>
  groupOptions(tokenizeRule(text) ?? []).map(
    ({ name, negated, values }) => `${negated ? '! ' : ''}${[name, ...values].join('|')}`,
  )

test('tokenizeRule() keeps quoted text together, and undoes its escapes', () => {
  expect(words('-A X -m comment --comment "cilium \\"a\\" -> b" -j Y')).toEqual([
    ...['-A', 'X', '-m', 'comment', '--comment', 'cilium "a" -> b', '-j', 'Y'],
  ])
  expect(words('  -A\tX  ')).toEqual(['-A', 'X'])
  expect(words('-A X --comment "no end')).toBeUndefined()
})

test('groupOptions() gives each option its values and its negation', () => {
  expect(options('-A X ! -s 10.0.0.0/8 -m set ! --match-set nodes dst -j SNAT --to-source 1.2.3.4')).toEqual([
    ...['-A|X', '! -s|10.0.0.0/8', '-m|set', '! --match-set|nodes|dst', '-j|SNAT', '--to-source|1.2.3.4'],
  ])
})

test('groupOptions() takes the old place of the exclamation mark, and values that look like options', () => {
  expect(options('-s ! 10.0.0.0/8')).toEqual(['! -s|10.0.0.0/8'])
  expect(options('-m comment --comment -foo -j ACCEPT')).toEqual(['-m|comment', '--comment|-foo', '-j|ACCEPT'])
  expect(options('-p tcp --tcp-flags SYN,RST SYN')).toEqual(['-p|tcp', '--tcp-flags|SYN,RST|SYN'])
  expect(options('-m x --value -5')).toEqual(['-m|x', '--value|-5'])
})

import { expect, test } from 'vitest'
import { matchesPattern } from '../../../src/report/where/pattern.ts'

test.each([
  ['kube-system/coredns-7c', 'coredns', true],
  ['kube-system/coredns-7c', 'CoreDNS', true],
  ['kube-system/coredns-7c', 'coredns*', false],
  ['kube-system/coredns-7c', '*coredns*', true],
  ['kube-system/coredns-7c', 'kube-*/core*-??', true],
  ['kube-system/coredns-7c', 'kube-*/core*-?', false],
  ['aXbXc', '*x?', true],
  ['aab', '*ab', true],
  ['', '', true],
  ['', '*', true],
  ['', '?', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
])('%o matches %o: %o', (text, pattern, expected) => {
  expect(matchesPattern(text, pattern)).toBe(expected)
})

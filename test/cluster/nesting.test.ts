import { describe, expect, test } from 'vitest'
import { MAX_NESTING, nestsTooDeep } from '../../src/cluster/nesting.ts'
import { clusterFrom } from '../support/cluster-pieces.ts'

const DEEP = 60_000
const brackets = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const braces = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const indented = (depth: number): string => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n')

describe('nestsTooDeep()', () => {
  test.each([
    ['brackets', brackets],
    ['braces', braces],
    ['indentation', (depth: number) => indented(depth + 1)],
    ['hyphens on one line', (depth: number) => `${'- '.repeat(depth)}a`],
  ])('tells %s beyond the limit', (_what, nested) => {
    expect(nestsTooDeep(nested(MAX_NESTING - 1))).toBe(false)
    expect(nestsTooDeep(nested(MAX_NESTING + 1))).toBe(true)
  })

  test('minds neither how many there are side by side nor how long lines are', () => {
    expect(nestsTooDeep(`[${'{"a":[1]},'.repeat(5_000)}1]`)).toBe(false)
    expect(nestsTooDeep(`a: ${'-'.repeat(5_000)}\nb: ${' '.repeat(5_000)}c`)).toBe(false)
  })
})

describe('metadata nested without end', () => {
  test.each([
    ['a ConfigMap in JSON', `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"cilium-config"},"data":@}`],
    ['chart values in JSON', `{"bpf":{"masquerade":@}}`],
    ['extra chart values', `{"bpf":{},"extraConfig":{"a":@}}`],
    ['the list of the ip-masq-agent', `{"ipMasqAgent":{"config":{"nonMasqueradeCIDRs":@}}}`],
    ['the agent configuration', `{"EnableBPFMasquerade":@}`],
    ['a manifest in YAML', 'apiVersion: v1\nkind: Pod\nmetadata: @\n'],
  ])('is refused with its place: %s', (_what, text) => {
    for (const nested of [brackets(DEEP), braces(DEEP)]) {
      expect(() => clusterFrom(text.replace('@', nested))).toThrow(
        /^input: (?:line 1: )?Cannot read (?:JSON|YAML): Nested deeper than 500 levels$/,
      )
    }
  })
})

import { expect, test } from 'vitest'
import { nearest } from '../../src/core/nearest.ts'

const KNOWN = ['source.kind', 'source.ip', 'tcp.connState', 'enable-bpf-masquerade', 'pod']

test.each([
  ['sorce.kind', 'source.kind'],
  ['connstate', 'tcp.connState'],
  ['enable-bpf-masq', 'enable-bpf-masquerade'],
  ['pot', 'pod'],
  ['foo', null],
  ['', null],
])('%s: %s', (name, meant) => {
  expect(nearest(name, KNOWN)).toBe(meant)
})

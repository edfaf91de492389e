import { expect, test } from 'vitest'
import { tableOf } from '../../../src/masquerade/installed/ruleset.ts'
import { iptablesDump, natTable } from '../../support/masquerade-dumps.ts'

test('tableOf() numbers the rules of each chain, and parses a dump once', () => {
  const dump = iptablesDump(natTable(['-A POSTROUTING -j A', '-A A -j RETURN', '-A POSTROUTING -j ACCEPT']))
  const table = tableOf(dump, 'nat', 4)
  expect(table?.chains.get('POSTROUTING')?.map(({ position }) => position)).toEqual([1, 2])
  expect(table?.chains.get('A')).toHaveLength(1)
  expect(table?.policies.get('POSTROUTING')).toBe('ACCEPT')
  expect(tableOf(dump, 'nat', 4)).toBe(table)
  expect(tableOf(dump, 'raw', 4)).toBeNull()
})

test('of the tables of iptables-nft and iptables-legacy the one with Cilium rules counts', () => {
  const cilium = natTable(['-A CILIUM_POST_nat -j ACCEPT'])
  const foreign = natTable(['-A POSTROUTING -j MASQUERADE'])
  for (const text of [`${cilium}${foreign}`, `${foreign}${cilium}`]) {
    expect(tableOf(iptablesDump(text), 'nat', 4)?.chains.has('CILIUM_POST_nat')).toBe(true)
  }
  const empty = natTable([])
  expect(tableOf(iptablesDump(`${empty}${foreign}`), 'nat', 4)?.chains.get('POSTROUTING')).toHaveLength(1)
})

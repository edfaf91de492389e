import { describe, expect, test } from 'vitest'
import { CidrTable, hostBlock } from '../../src/cluster/cidr-table.ts'
import { cidrContains, parseCidr } from '../../src/core/cidr.ts'
import { cidr } from '../support/masquerade-cluster.ts'
import fc from '../support/property.ts'

function tableOf(...blocks: readonly string[]): CidrTable<string> {
  const table = new CidrTable<string>()
  for (const block of blocks) table.add(cidr(block), block)
  return table
}

describe('CidrTable', () => {
  test('finds the longest block that holds an address, whatever the order they came in', () => {
    for (const blocks of [
      ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '0.0.0.0/0'],
      ['0.0.0.0/0', '10.1.2.3/32', '10.1.0.0/16', '10.0.0.0/8'],
    ]) {
      const found = ['10.1.2.3', '10.1.2.4', '10.2.0.0', '11.0.0.0'].map((ip) => tableOf(...blocks).find(ip))
      expect(found).toEqual(['10.1.2.3/32', '10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0'])
    }
  })

  test('keeps the families apart', () => {
    const table = tableOf('0.0.0.0/0', 'fd00::/8')
    expect([table.find('fd00::1'), table.find('2001:db8::1'), table.find('::ffff:10.0.0.1')]).toEqual([
      'fd00::/8',
      undefined,
      undefined,
    ])
    expect(tableOf('::/0').find('10.0.0.1')).toBeUndefined()
  })

  test('keeps the first entry for a block', () => {
    const table = new CidrTable<number>()
    for (const entry of [1, 2]) for (const block of ['10.0.0.0/8', 'fd00::/8']) table.add(cidr(block), entry)
    expect([table.find('10.0.0.1'), table.find('fd00::1')]).toEqual([1, 1])
  })

  test('holds single addresses', () => {
    const table = new CidrTable<string>()
    for (const ip of ['192.0.2.1', '2001:db8::1']) table.add(hostBlock(ip), ip)
    expect(['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'].map((ip) => table.find(ip) !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test('agrees with asking every block', () => {
    const octet = fc.integer({ min: 0, max: 3 })
    const block = fc
      .tuple(octet, octet, fc.constantFrom(0, 6, 8, 15, 16, 31, 32))
      .map(([a, b, prefix]) => parseCidr(`${a * 64}.${b * 64}.0.${b}/${prefix}`))
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), octet, octet, (made, a, b) => {
        const blocks = made.filter((each) => each !== undefined)
        const table = new CidrTable<number>()
        for (const each of blocks) table.add(each, each.prefix)
        const ip = `${a * 64}.${b * 64}.0.${b}`
        const holding = blocks.filter((each) => cidrContains(each, ip)).map(({ prefix }) => prefix)
        expect(table.find(ip)).toBe(holding.length === 0 ? undefined : Math.max(...holding))
      }),
    )
  })
})

import { describe, expect, test } from 'vitest'
import { toFlowRecord } from '../../../src/report/records/flow-record.ts'
import { whereFields } from '../../../src/report/where/fields.ts'
import { leak, verdict } from '../../support/report-fixtures.ts'

const FIELDS = whereFields()
const VALUES: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'boolean' }

/** Paths of the single values in a record, arrays flattened. */
function leaves(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((each) => leaves(each, path))
  if (typeof value !== 'object' || value === null) return [[path.join('.'), value]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

describe('whereFields()', () => {
  test('names every value of a flow record, with the type it has there', () => {
    const named = leaves(toFlowRecord(leak(1), 'a.pcap')).filter(([path, value]) => path !== 'record' && value !== null)
    expect(named.length).toBeGreaterThan(50)
    for (const [path, value] of named) {
      const type = FIELDS.get(path)?.type
      expect([path, type === 'ip' ? 'string' : type]).toEqual([path, VALUES[typeof value]])
    }
  })

  test('knows addresses from other texts, so that they compare by range', () => {
    const ips = ['source.ip', 'nat.expected.address', 'nat.expected.addresses', 'tunnel.outerSource', 'icmpErrors.from']
    expect(ips.map((name) => FIELDS.get(name)?.type)).toEqual(ips.map(() => 'ip'))
    expect(FIELDS.get('source.name')?.type).toBe('string')
  })

  test('has short names that mean either side', () => {
    expect(FIELDS.get('port')).toEqual({
      ...FIELDS.get('source.port'),
      paths: [
        ['source', 'port'],
        ['destination', 'port'],
      ],
    })
    expect(FIELDS.get('dst')?.paths).toEqual([['destination', 'ip']])
    expect(FIELDS.get('verdict')?.paths).toEqual([['nat', 'verdict']])
  })

  test('knows the words of a field that has few, so that a typing error is told', () => {
    expect(FIELDS.get('verdict')?.words).toContain(verdict().verdict)
    expect(FIELDS.get('kind')?.words).toEqual(expect.arrayContaining(['pod', 'node', 'cilium_host', 'external']))
    expect(FIELDS.get('source.name')?.words).toBeNull()
  })

  test('leaves out what is the same in every record', () => {
    expect(FIELDS.has('record')).toBe(false)
    expect(FIELDS.has('id')).toBe(true)
  })
})

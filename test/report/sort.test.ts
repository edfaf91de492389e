import { describe, expect, test } from 'vitest'
import { sortReport } from '../../src/report/sort.ts'
import { flow, leak, report, verdict } from '../support/report-fixtures.ts'

const of = report([
  verdict({ flow: flow({ id: 1, source: { ip: '10.0.0.10', port: 5 }, startSec: 3 }) }),
  leak(2, { flow: flow({ id: 2, source: { ip: '10.0.0.9', port: 6 }, startSec: 1 }) }),
  verdict({ flow: flow({ id: 3, source: { ip: '2001:db8::1', port: 7 }, startSec: 2, tcp: null, protocol: 17 }) }),
])

describe('sortReport()', () => {
  test.each([
    ['start', [2, 3, 1]],
    ['-start', [1, 3, 2]],
    ['source.ip', [2, 1, 3]],
    ['-source', [3, 1, 2]],
    ['code', [2, 1, 3]],
    ['state', [1, 2, 3]],
    ['-id', [3, 2, 1]],
  ])('by %s', (field, ids) => {
    expect(sortReport(of, field).flows.map((each) => each.flow.id)).toEqual(ids)
  })

  test('takes ids for the numbers they are', () => {
    const many = report([9, 10, 100].map((id) => verdict({ flow: flow({ id }) })))
    expect(sortReport(many, '-id').flows.map((each) => each.flow.id)).toEqual([100, 10, 9])
  })

  test('names fields that may have been meant', () => {
    expect(() => sortReport(of, 'kind')).toThrow(
      /did you mean point\.kind, source\.kind, destination\.kind, tunnel\.kind\?/,
    )
  })

  test('names the fields where there is no such one', () => {
    expect(() => sortReport(of, '-')).toThrow(/--sort "" is no field of the flow record: such are verdict/)
    expect(() => sortReport(of, 'colour')).toThrow(/--sort "colour" is no field.*source\.port/)
    expect(() => sortReport(of, 'source')).not.toThrow()
    expect(() => sortReport(of, 'nat.because')).toThrow(/is no field/)
    expect(() => sortReport(report([]), 'colour')).toThrow(/is no field/)
    expect(() => sortReport(of, 'constructor.name')).toThrow(/is no field/)
  })

  test('sorts nothing where there is nothing', () => {
    expect(sortReport(report([]), 'start').flows).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { compileSelection } from '../../src/cli/selection.ts'
import { flow, report, verdict } from '../support/report-fixtures.ts'

describe('compileSelection()', () => {
  const of = report([1, 2, 3].map((id) => verdict({ flow: flow({ id }) })))

  test('keeps a report as it is where nothing is asked for', async () => {
    const { matches, apply } = await compileSelection({})
    expect(matches).toBeNull()
    expect(apply(of)).toBe(of)
  })

  test('filters, then sorts', async () => {
    const { matches, apply } = await compileSelection({ where: 'id != "2"', sort: '-id' })
    expect(matches).toBeTypeOf('function')
    expect(apply(of)).toMatchObject({ flows: [{ flow: { id: 3 } }, { flow: { id: 1 } }], setAside: 1 })
  })

  test('tells of a mistake before there is a report', async () => {
    await expect(compileSelection({ where: 'colour == 1' })).rejects.toMatchObject({ code: 'WHERE_BAD' })
    await expect(compileSelection({ sort: 'colour' })).rejects.toThrow(/--sort "colour" is no field/)
  })
})

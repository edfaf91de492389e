import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { analyze } from '../../src/audit/analyze.ts'
import { FORMATS, type FormatName } from '../../src/report/index.ts'
import { analysisReport, type Report } from '../../src/report/report.ts'
import { OPTIONS } from '../support/report-fixtures.ts'

const GOLDEN = resolve(import.meta.dirname, 'golden')
const TOOL = { name: 'masqcheck', version: '0.0.0' }

/** Example captures by the name of their golden files. Update with `npx vitest run test/report/golden.test.ts -u` and read the diff. */
const EXAMPLES = ['seed', 'lab-forgotten-node'] as const

/** The page of the html format has a test of its own; its data says the same as json. */
const NAMES = (Object.keys(FORMATS) as FormatName[]).filter((name) => name !== 'html')

describe.each(EXAMPLES)('captures/%s', (example) => {
  let report: Report

  beforeAll(async () => {
    // Named from the root of the repository, where tests run, so that the files cited are too.
    report = analysisReport(await analyze({ captures: [`captures/${example}`] }), TOOL)
  })

  test.each(NAMES)('as %s', async (name) => {
    const { load, ending } = FORMATS[name]
    const render = await load()
    const text = [...render(report, OPTIONS)].join('')
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/${example}.${name}.${ending}`)
  })
})

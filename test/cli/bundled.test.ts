import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadBundle } from '../../src/cli/bundled.ts'

describe('loadBundle()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masqcheck-bundled-'))
  const file = join(folder, 'main.cjs')
  const bundle = (answer: string): string =>
    `(function (exports, require, module, __filename, __dirname) {
      exports.main = () => [${answer}, require('node:path').basename(__filename), require('node:path').basename(__dirname)]
    })`
  const answer = (): unknown => (loadBundle(file).exports.main as unknown as () => unknown)()
  const folderName = folder.split('/').at(-1)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('runs the bundle with the names of a CommonJS module', () => {
    writeFileSync(file, bundle('1'))
    expect(answer()).toEqual([1, 'main.cjs', folderName])
  })

  test('keeps compiled code, and runs with it', () => {
    const loaded = loadBundle(file)
    loaded.saveCode()
    expect(statSync(`${file}.code`).size).toBeGreaterThan(100)
    expect(answer()).toEqual([1, 'main.cjs', folderName])
  })

  test('runs the source where the code kept is of another source, or damaged', () => {
    writeFileSync(file, bundle('1 + 1'))
    expect(answer()).toEqual([2, 'main.cjs', folderName])
    const code = readFileSync(`${file}.code`)
    for (const damaged of [code.subarray(0, 40), Buffer.alloc(0), Buffer.from(code).fill(0xff, code.length >> 1)]) {
      writeFileSync(`${file}.code`, damaged)
      expect(answer()).toEqual([2, 'main.cjs', folderName])
    }
  })

  test('says which file is not there', () => {
    expect(() => loadBundle(join(folder, 'none.cjs'))).toThrow(/none\.cjs/)
  })
})

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
  const codeFile = (): string => join(folder, readdirSync(folder).find((name) => name.endsWith('.code')) ?? '')
  const folderName = folder.split('/').at(-1)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('runs the bundle with the names of a CommonJS module', () => {
    writeFileSync(file, bundle('1'))
    expect(answer()).toEqual([1, 'main.cjs', folderName])
  })

  test('keeps compiled code, and runs with it', () => {
    const loaded = loadBundle(file)
    loaded.saveCode()
    expect(readFileSync(codeFile()).length).toBeGreaterThan(100)
    expect(answer()).toEqual([1, 'main.cjs', folderName])
  })

  test('leaves alone the code of another build of Node', () => {
    const own = codeFile()
    expect(own).toContain(`${process.version}-${process.platform}-${process.arch}`)
    const other = own.replace(process.version, 'v20.0.0')
    renameSync(own, other)
    expect(answer()).toEqual([1, 'main.cjs', folderName])
    renameSync(other, own)
  })

  test('runs the source where the code kept is of another source, or cut', () => {
    writeFileSync(file, bundle('1 + 1'))
    expect(answer()).toEqual([2, 'main.cjs', folderName])
    const code = readFileSync(codeFile())
    for (const cut of [code.subarray(0, 40), Buffer.alloc(0)]) {
      writeFileSync(codeFile(), cut)
      expect(answer()).toEqual([2, 'main.cjs', folderName])
    }
  })

  test('says which file is not there', () => {
    expect(() => loadBundle(join(folder, 'none.cjs'))).toThrow(/none\.cjs/)
  })
})

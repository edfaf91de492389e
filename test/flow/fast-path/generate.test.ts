import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const FOLDER = resolve(import.meta.dirname, '../../../src/flow/fast-path')

interface Generator {
  readonly ENTRIES: readonly string[]
  generate(entry: string): Promise<string>
}
const { ENTRIES, generate }: Generator = await import(`${FOLDER}/generate.js`)

test.each(ENTRIES)('%s.generated.ts is what its source compiles to', { timeout: 60_000 }, async (entry: string) => {
  const committed = readFileSync(resolve(FOLDER, `${entry}.generated.ts`), 'utf8')
  // Compared as one: the difference of two such texts says nothing.
  expect(committed === (await generate(entry)), 'node src/flow/fast-path/generate.js brings it up to date').toBe(true)
})

test('every generated file has an entry', () => {
  const generated = readdirSync(FOLDER).filter((file) => file.endsWith('.generated.ts'))
  expect(generated.sort()).toEqual(ENTRIES.map((entry) => `${entry}.generated.ts`).sort())
})

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { globSync } from 'tinyglobby'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const CODE = /'([a-z0-9]+(?:-[a-z0-9]+)+)'/g

/** Codes of findings as the source writes them: `code: 'node-set-surplus'`. */
function codesOf(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT })
    .flatMap((file) => readFileSync(join(ROOT, file), 'utf8').split('\n'))
    .filter((line) => /\bcode: /.test(line))
    .flatMap((line) => [...line.matchAll(CODE)].map(([, code = '']) => code))
}

test('docs/codes.md has every code of a finding, and no other', () => {
  const inSource = ['root-cause/*.ts', 'findings/*.ts'].flatMap((files) => codesOf(`src/audit/${files}`))
  const ofDefeats = codesOf('src/masquerade/**/*.ts')
  const [, findings = ''] = readFileSync(join(ROOT, 'docs/codes.md'), 'utf8').split('## Findings')
  const inDocs = [...findings.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code = '']) => code)
  expect(inDocs.length).toBeGreaterThan(20)
  expect([...inDocs].sort()).toEqual([...new Set([...inSource, ...ofDefeats])].sort())
})

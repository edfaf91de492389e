import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { globSync } from 'tinyglobby'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
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
  const inDocs = documented('Findings')
  expect(inDocs.length).toBeGreaterThan(20)
  expect([...inDocs].sort()).toEqual([...new Set([...inSource, ...ofDefeats])].sort())
})

/** Warnings are raised as `code: 'time-zone-assumed'`, or with the code first. */
const WARNING = /(?:\bcode: |(?:#warn|\badd)\(\s*)'([a-z0-9]+(?:-[a-z0-9]+)+)'/g

test('docs/codes.md has every code of a warning, and no other', () => {
  const files = ['src/{capture,flow,packet,cluster,cli}/**/*.ts', 'src/audit/{judge-flows,unknown-points}.ts']
  const inSource = globSync(files, { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(WARNING)].map(([, code = '']) => code),
  )
  const inDocs = documented('Warnings')
  expect(inDocs.length).toBeGreaterThan(20)
  expect([...inDocs].sort()).toEqual([...new Set(inSource)].sort())
})

/** Codes of the tables under a heading. */
function documented(heading: string): string[] {
  const section = readFileSync(join(ROOT, 'docs/codes.md'), 'utf8')
    .split(/^## /m)
    .find((each) => each.startsWith(heading))
  return [...(section ?? '').matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code = '']) => code)
}

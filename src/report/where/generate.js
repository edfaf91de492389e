// Writes grammar.generated.ts from grammar.peggy. The result is committed; a test holds the two together.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import peggy from 'peggy'

/** The parser as a TypeScript module. */
export function generate() {
  const grammar = readFileSync(join(import.meta.dirname, 'grammar.peggy'), 'utf8')
  const parser = peggy.generate(grammar, { output: 'source', format: 'bare' })
  return `// @ts-nocheck
// Generated from grammar.peggy by generate.js; do not edit.
export const parser: { parse(text: string): unknown; SyntaxError: new (...args: never[]) => Error } = ${parser}
`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, 'grammar.generated.ts'), generate())
}

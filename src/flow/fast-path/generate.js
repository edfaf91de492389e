// Writes fast-path.generated.ts from wasm/*.ts. The result is committed; a test holds the two together.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

/** The compiled code as a TypeScript module. */
export async function generate() {
  const { error, stderr, binary } = await compile()
  if (error) throw new Error(String(stderr))
  return `// Generated from wasm/*.ts by generate.js; do not edit.
export const FAST_PATH_CODE =
  '${Buffer.from(binary).toString('base64')}'
`
}

async function compile() {
  let binary
  const result = await asc.main(
    [
      'index.ts',
      ...['--baseDir', join(import.meta.dirname, 'wasm')],
      ...['--outFile', 'code.wasm', '-O3', '--converge', '--noAssert'],
      ...['--runtime', 'stub', '--importMemory', '--sharedMemory', '--enable', 'threads'],
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
    ],
    {
      writeFile(name, contents) {
        if (name === 'code.wasm') binary = contents
      },
    },
  )
  return { ...result, binary }
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, 'fast-path.generated.ts'), await generate())
}

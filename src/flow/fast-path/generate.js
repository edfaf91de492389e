// Compiles the AssemblyScript of wasm/, one module an entry, into *.generated.ts. The results are committed; a test holds them to
// their source.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

/** Files of wasm/ that modules are made of. */
export const ENTRIES = ['frames', 'text']

const OPTIONS =
  '-O3 --converge --noAssert --runtime stub --importMemory --sharedMemory --enable threads --initialMemory 1 --maximumMemory 65536'

/** The compiled code of an entry as a TypeScript module. */
export async function generate(entry) {
  let code
  const { error, stderr } = await asc.main(
    [`${entry}.ts`, '--baseDir', join(import.meta.dirname, 'wasm'), '--outFile', 'code.wasm', ...OPTIONS.split(' ')],
    {
      writeFile(_name, contents) {
        code = contents
      },
    },
  )
  if (error) throw new Error(`${entry}: ${stderr}`)
  return `// Generated from wasm/${entry}.ts by generate.js; do not edit.
export const CODE = '${Buffer.from(code).toString('base64')}'
`
}

if (process.argv[1] === import.meta.filename) {
  for (const entry of ENTRIES) writeFileSync(join(import.meta.dirname, `${entry}.generated.ts`), await generate(entry))
}

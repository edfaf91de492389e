import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { jsonSchemas } from '../report/records/json-schemas.ts'
import { manPage } from './man-page.ts'
import { buildProgram } from './program.ts'
import { toolVersion } from './version.ts'

// Run at the end of the build: writes what the package ships besides its code.
const target = join(import.meta.dirname, '..')
const silent = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }

mkdirSync(join(target, 'schemas'), { recursive: true })
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(target, 'schemas', `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`)
}
mkdirSync(join(target, 'man'), { recursive: true })
writeFileSync(
  join(target, 'man/masqcheck.1'),
  manPage(
    buildProgram(silent, () => undefined),
    toolVersion().version,
  ),
)

// Bundles the page of the HTML report (app/, uPlot included) into app.generated.ts, so that the report is one file without network.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname
const options = { bundle: true, minify: true, write: false, logLevel: 'warning', charset: 'ascii' }
const script = await build({
  ...options,
  entryPoints: [resolve(here, 'app/main.ts')],
  format: 'iife',
  target: 'es2022',
})
const style = await build({
  ...options,
  stdin: {
    contents: "@import 'uplot/dist/uPlot.min.css';\n@import './app/style.css';",
    resolveDir: here,
    loader: 'css',
  },
})
const parts = {
  APP_SCRIPT: script.outputFiles[0].text.trim(),
  APP_STYLE: style.outputFiles[0].text.trim(),
  APP_BODY: readFileSync(resolve(here, 'app/page.html'), 'utf8').trim(),
}
const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`
const lines = Object.entries(parts).map(([name, text]) => `export const ${name}: string = ${JSON.stringify(text)}\n`)
lines.push(
  `export const SCRIPT_HASH: string = '${hash(parts.APP_SCRIPT)}'\n`,
  `export const STYLE_HASH: string = '${hash(parts.APP_STYLE)}'\n`,
)
writeFileSync(resolve(here, 'app.generated.ts'), lines.join(''))

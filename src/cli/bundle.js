// Bundles the compiled command line with the packages it uses into one file, and keeps its compiled code beside it: finding, opening
// and compiling hundreds of files took most of the time of a small run.
import { copyFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')
const folder = resolve(root, 'dist/bin')
const outfile = resolve(folder, 'main.cjs')
rmSync(folder, { recursive: true, force: true })
await build({
  entryPoints: [resolve(root, 'dist/cli/main.js')],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  charset: 'ascii',
  // A script that V8 runs with kept code cannot import(); what is left to load at run time can be had by require().
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
  minifyWhitespace: true,
  define: { 'import.meta.url': '__url' },
  // One expression, as `loadBundle()` wants it.
  banner: {
    js: "(function (exports, require, module, __filename, __dirname) { const __url = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
  // Machine code, and what finds its own files beside itself.
  external: ['lz4-napi', 'pcap-parser', 'xz-decompress'],
})

// A thread begins with a file of its own.
for (const folder of ['bin', 'capture'])
  copyFileSync(
    resolve(root, 'src/capture/read-ahead-thread.cjs'),
    resolve(root, 'dist', folder, 'read-ahead-thread.cjs'),
  )

// Code is kept of functions that have run: those of the main job, on the captures that the README begins with.
const { loadBundle } = await import('../../dist/cli/bundled.js')
const { exports, saveCode } = loadBundle(outfile)
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
await exports.main([resolve(root, 'captures/seed')], { stdin: process.stdin, stdout: nowhere(), stderr: nowhere() })
saveCode()

#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { loadBundle } from '../dist/cli/bundled.js'

const { main } = loadBundle(fileURLToPath(new URL('../dist/bin/main.cjs', import.meta.url))).exports
process.exitCode = await main(process.argv.slice(2), process)

import { readFileSync } from 'node:fs'
import type { ToolRecord } from '../report/records/types.ts'

/** Name and version of this package, as reports carry them. */
export function toolVersion(): ToolRecord {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { name, version } = JSON.parse(text) as ToolRecord
  return { name, version }
}

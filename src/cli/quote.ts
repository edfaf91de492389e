import { readFileSync, statSync } from 'node:fs'
import type { SourceRef } from '../core/source-ref.ts'
import type { Quote } from '../report/trace.ts'

/** Files above this are not opened again to quote a line from; octets. */
const MAX_SIZE = 4 * 1024 * 1024
const MAX_LENGTH = 160

/** Quotes lines of metadata files that can be read again; archives and facts given by options have none. */
export function fileQuotes(): Quote {
  const files = new Map<string, readonly string[]>()
  return ({ file, line }: SourceRef) => {
    if (line === undefined) return null
    let lines = files.get(file)
    if (lines === undefined) {
      lines = readLines(file)
      files.set(file, lines)
    }
    const text = lines[line - 1]?.trim() ?? ''
    if (text === '') return null
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  }
}

function readLines(file: string): readonly string[] {
  try {
    const stats = statSync(file)
    return stats.isFile() && stats.size <= MAX_SIZE ? readFileSync(file, 'utf8').split('\n') : []
  } catch {
    return []
  }
}

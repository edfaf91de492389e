import type { Format } from './report.ts'

/** Names that `--format` takes. */
export type FormatName =
  | 'table'
  | 'json'
  | 'ndjson'
  | 'html'
  | 'zeek'
  | 'zeek-json'
  | 'markdown'
  | 'github'
  | 'sarif'
  | 'tap'
  | 'junit'

/** A format that can be loaded, and the ending its files usually have. */
export interface FormatEntry {
  readonly load: () => Promise<Format>
  readonly ending: string
}

/** Output formats, each loaded only when it is used. To add one, write a file with a {@link Format} and list it here. */
export const FORMATS: Readonly<Record<FormatName, FormatEntry>> = {
  table: { load: async () => (await import('./table/table.ts')).table, ending: 'txt' },
  json: { load: async () => (await import('./json.ts')).json, ending: 'json' },
  ndjson: { load: async () => (await import('./ndjson.ts')).ndjson, ending: 'ndjson' },
  html: { load: async () => (await import('./html/html.ts')).html, ending: 'html' },
  zeek: { load: async () => (await import('./zeek.ts')).zeek, ending: 'log' },
  'zeek-json': { load: async () => (await import('./zeek.ts')).zeekJson, ending: 'zeek.json' },
  markdown: { load: async () => (await import('./markdown.ts')).markdown, ending: 'md' },
  github: { load: async () => (await import('./github.ts')).github, ending: 'github' },
  sarif: { load: async () => (await import('./sarif.ts')).sarif, ending: 'sarif' },
  tap: { load: async () => (await import('./tap.ts')).tap, ending: 'tap' },
  junit: { load: async () => (await import('./junit.ts')).junit, ending: 'xml' },
}

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name)
}

import type { Format } from './report.ts'

/**
 * Output formats by the name `--format` takes, each loaded only when it is used, with the ending its files usually have.
 * To add one, write a file with a {@link Format} and list it here.
 */
export const FORMATS = {
  table: { load: async (): Promise<Format> => (await import('./table/table.ts')).table, ending: 'txt' },
  json: { load: async (): Promise<Format> => (await import('./json.ts')).json, ending: 'json' },
  ndjson: { load: async (): Promise<Format> => (await import('./ndjson.ts')).ndjson, ending: 'ndjson' },
  html: { load: async (): Promise<Format> => (await import('./html/html.ts')).html, ending: 'html' },
  zeek: { load: async (): Promise<Format> => (await import('./zeek.ts')).zeek, ending: 'log' },
  'zeek-json': { load: async (): Promise<Format> => (await import('./zeek.ts')).zeekJson, ending: 'zeek.json' },
  markdown: { load: async (): Promise<Format> => (await import('./markdown.ts')).markdown, ending: 'md' },
  github: { load: async (): Promise<Format> => (await import('./github.ts')).github, ending: 'github' },
  sarif: { load: async (): Promise<Format> => (await import('./sarif.ts')).sarif, ending: 'sarif' },
  tap: { load: async (): Promise<Format> => (await import('./tap.ts')).tap, ending: 'tap' },
  junit: { load: async (): Promise<Format> => (await import('./junit.ts')).junit, ending: 'xml' },
} as const satisfies Readonly<Record<string, { load(): Promise<Format>; ending: string }>>

export type FormatName = keyof typeof FORMATS

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name)
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../src')

/** Folders in the order data flows through them; a file imports from its own and from those before it, types included. */
const STAGES = ['core', 'capture', 'packet', 'flow', 'cluster', 'masquerade', 'audit', 'report', 'cli']

/** The places that do I/O; everywhere else a `node:` import or a use of `process` is a mistake. */
const MAY_DO_IO = [/^capture\//, /^cluster\/read-files\.ts$/, /^cli\//]

const SPECIFIER = /\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g
const PROCESS = /(?<![\w.'"`])process\.(?:env|argv|stdin|stdout|stderr|exit|cwd|platform|on)\b/

/** Another language with its own compiler, which names files without their ending. */
const isAssemblyScript = (entry: string): boolean => entry.split(sep).includes('wasm')

interface SourceFile {
  readonly name: string
  readonly text: string
  readonly imports: readonly string[]
}

function sourceFiles(): SourceFile[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((entry) => entry.endsWith('.ts') && !entry.endsWith('.d.ts') && !isAssemblyScript(entry))
    .map((entry) => {
      const text = readFileSync(join(ROOT, entry), 'utf8')
      return {
        name: entry.split(sep).join('/'),
        text,
        imports: [...text.matchAll(SPECIFIER)].map((match) => match[1] ?? ''),
      }
    })
}

const FILES = sourceFiles()
const stageOf = (file: string): number => STAGES.indexOf(file.split('/')[0] ?? '')
const localTarget = (from: string, specifier: string): string =>
  relative(ROOT, resolve(ROOT, dirname(from), specifier))
    .split(sep)
    .join('/')

function localEdges(file: SourceFile): string[] {
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => localTarget(file.name, specifier))
}

describe('architecture', () => {
  test('sees the source tree', () => {
    expect(FILES.length).toBeGreaterThan(10)
    expect(FILES.flatMap(localEdges).length).toBeGreaterThan(10)
    expect(FILES.some((file) => file.imports.some((specifier) => specifier.startsWith('node:')))).toBe(true)
  })

  test('every file is in a known stage', () => {
    const strays = FILES.filter((file) => file.name.includes('/') && stageOf(file.name) < 0).map((file) => file.name)
    expect(strays).toEqual([])
  })

  test('no stage imports a later stage', () => {
    const found = FILES.filter((file) => file.name.includes('/')).flatMap((file) =>
      localEdges(file)
        .filter((target) => stageOf(target) > stageOf(file.name) || !target.includes('/'))
        .map((target) => `${file.name} imports ${target}`),
    )
    expect(found).toEqual([])
  })

  test('no import cycles', () => {
    const edges = new Map(FILES.map((file) => [file.name, localEdges(file)]))
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      state.set(file, 'open')
      for (const target of edges.get(file) ?? []) visit(target, [...path, file])
      state.set(file, 'done')
    }
    for (const file of edges.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })

  test('only capture/, cluster/read-files.ts and cli/ touch the machine', () => {
    const found = FILES.filter((file) => !MAY_DO_IO.some((place) => place.test(file.name))).flatMap((file) => {
      const imports = file.imports.filter((specifier) => specifier.startsWith('node:'))
      const uses = PROCESS.exec(file.text)
      return [...imports, ...(uses ? [uses[0]] : [])].map((what) => `${file.name} uses ${what}`)
    })
    expect(found).toEqual([])
  })

  test('relative imports name the .ts file', () => {
    const found = FILES.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.') && !/\.(?:ts|js|json)$/.test(specifier))
        .map((s) => `${file.name}: ${s}`),
    )
    expect(found).toEqual([])
  })
})

import type { SourceRef } from '../../core/source-ref.ts'
import type { FactStore } from '../facts.ts'
import { parseYaml, YamlSyntaxError } from '../yaml-positions.ts'
import { isRecord, type TextFormat } from './format.ts'
import { addHelmValues } from './helm-values.ts'

const COMMAND = /\b(?:helm\s+(?:install|upgrade|template)|cilium\s+(?:install|upgrade))\b/

/** What was asked at install time, on a line someone kept, is weaker than a values file. */
const LINE_WEIGHT = 10

/** `helm install … --set a.b=c`, `cilium install --set …`, over several lines. */
export const helmCommand: TextFormat = {
  matches: ({ text }) => COMMAND.test(text) && /\s--(?:helm-)?set(?:-string|-json)?[ =]/.test(text),
  read(section, store) {
    const before = store.settings.length
    const source: SourceRef = { file: section.file, line: section.firstLine + lineOfMatch(section.text, COMMAND) }
    const words = shellWords(section.text.replace(/\\\r?\n/g, ' '))
    const values: Record<string, unknown> = {}
    for (const [i, word] of words.entries()) {
      const [, flag, inline] = /^--(set|helm-set|set-string|helm-set-string|set-json)(?:=(.*))?$/s.exec(word) ?? []
      if (flag !== undefined) assign(values, inline ?? words[i + 1] ?? '', flag)
    }
    addHelmValues(values, () => source, LINE_WEIGHT, store)
    addVersion(words, source, store)
    store.wholeConfig = true
    return { kind: 'helm-command', taken: [[store.settings.length - before, 'setting']] }
  },
}

function lineOfMatch(text: string, pattern: RegExp): number {
  return text.slice(0, pattern.exec(text)?.index ?? 0).split('\n').length - 1
}

function addVersion(words: readonly string[], source: SourceRef, store: FactStore): void {
  const at = words.findIndex((word) => /^--version(?:=|$)/.test(word))
  const version = at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1])
  if (version !== undefined) store.versions.push({ version, origin: 'helm-values', source })
}

/** Words of a command line, quotes and backslashes taken as the shell takes them. */
export function shellWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g)) {
    words.push(
      match[0].replace(/\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g, (_all, escaped, double, single) =>
        // A backslash before a comma or bracket is helm's own escape and stays.
        escaped !== undefined ? (/[,.[\]{}]/.test(escaped) ? `\\${escaped}` : escaped) : (double ?? single ?? ''),
      ),
    )
  }
  return words
}

/** `a.b=c,d=e`, `a={x,y}`, `a[0].b=c`; booleans and numbers are typed but by `--set-string`; `--set-json` takes JSON. */
function assign(values: Record<string, unknown>, text: string, flag: string): void {
  const isJson = flag.endsWith('json')
  for (const pair of isJson ? [text] : splitPairs(text)) {
    const at = pair.indexOf('=')
    if (at <= 0) continue
    const path = pair.slice(0, at).split(/(?<!\\)\./)
    const value = pair.slice(at + 1)
    put(
      values,
      path.map((step) => step.replace(/\\/g, '')),
      isJson ? jsonValue(value) : flag.endsWith('string') ? plainValue(value) : typedValue(value),
    )
  }
}

function splitPairs(text: string): string[] {
  const pairs = ['']
  let braces = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '\\') pairs[pairs.length - 1] += char + (text[++i] ?? '')
    else if (char === ',' && braces === 0) pairs.push('')
    else {
      if (char === '{') braces++
      else if (char === '}') braces--
      pairs[pairs.length - 1] += char
    }
  }
  return pairs
}

function plainValue(text: string): string | string[] {
  const inside = /^\{(.*)\}$/s.exec(text)?.[1]
  const plain = (word: string): string => word.replace(/\\(.)/g, '$1')
  return inside === undefined ? plain(text) : inside.split(/(?<!\\),/).map(plain)
}

function typedValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d{1,15}$/.test(text) ? Number(text) : plainValue(text)
}

function jsonValue(text: string): unknown {
  try {
    return parseYaml(text).value
  } catch (error) {
    if (error instanceof YamlSyntaxError) return text
    throw error
  }
}

/**
 * Puts a value at a path; an element `a[0]` is added to its list. Keys of a hostile line must not reach a prototype: only own
 * properties are touched.
 */
function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head = '', ...rest] = path
  const element = /^(.*?)\[\d+\]$/.exec(head)?.[1]
  const name = element ?? head
  const known = Object.hasOwn(target, name) ? target[name] : undefined
  let own = value
  if (rest.length > 0) {
    const child: Record<string, unknown> = element === undefined && isRecord(known) ? { ...known } : {}
    put(child, rest, value)
    own = child
  }
  if (element !== undefined) own = [...(Array.isArray(known) ? known : []), own]
  Object.defineProperty(target, name, { value: own, enumerable: true, configurable: true, writable: true })
}

import type { SettingFact } from '../facts.ts'
import { numberedLines, type Section } from '../section.ts'
import { KNOWN_KEYS } from '../setting-keys.ts'
import type { TextFormat } from './format.ts'

const LINE = /^([a-z][a-z0-9]*(?:[-.][a-z0-9]+)*)(\s*)(.*?)\s*$/

/** A whole view of any version has well over a hundred keys, a grepped one a handful. */
const WHOLE_VIEW = 40

/**
 * `cilium config view`: sorted keys, two columns, no header; whole or grepped. A value may be empty or hold blanks; lines
 * that do not look like `key  value` continue the value before them.
 */
export const configView: TextFormat = {
  matches(section) {
    const lines = numberedLines(section)
    const known = lines.filter(({ text }) => isKnownPair(text)).length
    return known > 0 && lines.filter(({ text }) => LINE.test(text)).length * 2 >= lines.length
  },
  read(section, store) {
    const settings = readSettings(section)
    for (const setting of settings) store.settings.push(setting)
    if (settings.length > WHOLE_VIEW) store.wholeConfig = true
    return { kind: 'cilium-config-view', taken: [[settings.length, 'setting']] }
  },
}

/** A known key and a value, told from prose that begins with a word such as `devices` or `tunnel`. */
function isKnownPair(text: string): boolean {
  const [, key = '', gap = '', value = ''] = LINE.exec(text) ?? []
  if (!KNOWN_KEYS.has(key)) return false
  if (value === '') return key.includes('-')
  return gap !== '' && (key.includes('-') || gap.length > 1 || !value.includes(' '))
}

function readSettings(section: Section): SettingFact[] {
  const settings: { key: string; value: string; line: number }[] = []
  const column = valueColumn(section)
  for (const { text, line } of numberedLines(section)) {
    const [, key = '', gap = '', value = ''] = LINE.exec(text) ?? []
    const last = settings.at(-1)
    if (key !== '' && (isKnownPair(text) || isPair(key, gap, value, column))) settings.push({ key, value, line })
    else if (last !== undefined) last.value += `\n${text.trimEnd()}`
  }
  return settings.map(({ key, value, line }) => ({
    key,
    value,
    origin: 'cilium-config',
    source: { file: section.file, line },
    // A view is the ConfigMap read back: where both are given the ConfigMap is the one to point at.
    weight: 1,
  }))
}

/** Column where values start, from the first known key that has one; −1 where no line tells. */
function valueColumn(section: Section): number {
  for (const { text } of numberedLines(section)) {
    const [, key = '', gap = '', value = ''] = LINE.exec(text) ?? []
    if (value !== '' && gap.length > 1 && KNOWN_KEYS.has(key)) return key.length + gap.length
  }
  return -1
}

/** Keys this tool does not know: their values stand in the same column, and a key without a value has a hyphen. */
function isPair(key: string, gap: string, value: string, column: number): boolean {
  if (value === '') return key.includes('-')
  return column < 0 ? gap !== '' && key.includes('-') : key.length + gap.length === column
}

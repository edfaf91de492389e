import type { SettingFact } from '../facts.ts'
import { HELM_TELLING } from '../helm-keys.ts'
import { numberedLines } from '../section.ts'
import { KNOWN_KEYS } from '../setting-keys.ts'
import { isRecord, type StructuredFormat, type TextFormat } from './format.ts'

/** No key of cilium-config has a capital: where one stands beside such keys, they are chart values misspelt. */
const isChartValue = (key: string): boolean => HELM_TELLING.has(key) && /[A-Z]/.test(key)

/** cilium-config keys as plain YAML or JSON, without the ConfigMap around them: written by hand, or `-o jsonpath={.data}`. */
export const plainConfig: StructuredFormat = {
  matches: (value) =>
    isRecord(value) &&
    Object.keys(value).some((key) => KNOWN_KEYS.has(key) && key.includes('-')) &&
    !Object.keys(value).some(isChartValue) &&
    Object.values(value).every((own) => own === null || typeof own !== 'object'),
  read({ value, section, item }, store) {
    const entries = Object.entries(isRecord(value) ? value : {})
    for (const [key, own] of entries) {
      const line = item.lineOf([key])
      const source = line === null ? { file: section.file } : { file: section.file, line }
      const text = own === null || own === undefined ? '' : String(own)
      store.settings.push({ key, value: text, origin: 'cilium-config', source, weight: 0 })
    }
    return { kind: 'cilium-config', taken: [[entries.length, 'setting']] }
  },
}

/** `kubectl describe configmap cilium-config`: each key, a line of hyphens, the value. */
export const describedConfig: TextFormat = {
  matches: ({ text }) => /^Name:\s+cilium-config\s*$/m.test(text) && /^Data\s*\n====/m.test(text),
  read(section, store) {
    const settings: SettingFact[] = []
    const lines = numberedLines(section)
    const data = lines.findIndex(({ text }) => text.trim() === 'Data')
    for (let i = data + 2; i < lines.length && !/^(?:BinaryData|Events:)/.test(lines[i]?.text ?? ''); i++) {
      const key = /^([a-z][\w.-]*):\s*$/.exec(lines[i]?.text ?? '')?.[1]
      if (key === undefined || lines[i + 1]?.text.trim() !== '----') continue
      const value: string[] = []
      for (let at = i + 2; at < lines.length && lines[at + 1]?.text.trim() !== '----'; at++) {
        const text = lines[at]?.text ?? ''
        if (/^(?:BinaryData|Events:)/.test(text)) break
        value.push(text)
      }
      const line = lines[i]?.line ?? section.firstLine
      settings.push({
        key,
        value: value.join('\n'),
        origin: 'cilium-config',
        source: { file: section.file, line },
        weight: 0,
      })
    }
    store.settings.push(...settings)
    store.wholeConfig = true
    return { kind: 'cilium-config', taken: [[settings.length, 'setting']] }
  },
}

import type { FactStore } from '../facts.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import { parseYaml, YamlSyntaxError } from '../yaml-positions.ts'
import type { StructuredFormat } from './format.ts'

/** Keys of the agent's file, matched without regard to case as Go's JSON decoder does. */
const FILE_KEYS = new Set(['nonmasqueradecidrs', 'masqlinklocal', 'masqlinklocalipv6'])

function isMasqFile(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false
  return Object.keys(value).some((key) => FILE_KEYS.has(key.toLowerCase()))
}

/**
 * ConfigMap `ip-masq-agent` and look-alikes: any value that reads as a mapping with one of the three keys. The map that has
 * the name is taken even when its text is empty or broken: those are states of the file too (cilium-masquerade §3.2).
 *
 * @returns False where the ConfigMap is none.
 */
export function readMasqConfigMap(
  name: string,
  data: Readonly<Record<string, string>>,
  item: ManifestItem,
  store: FactStore,
): boolean {
  const key =
    'config' in data && (name === 'ip-masq-agent' || parsesAsMasqFile(data.config ?? '')) ? 'config' : undefined
  const other = Object.keys(data).find((candidate) => parsesAsMasqFile(data[candidate] ?? ''))
  const chosen = key ?? other ?? (name === 'ip-masq-agent' ? Object.keys(data)[0] : undefined)
  if (chosen === undefined && name !== 'ip-masq-agent') return false
  const text = chosen === undefined ? null : (data[chosen] ?? null)
  const source = chosen === undefined ? itemSource(item) : itemSource(item, 'data', chosen)
  const firstLine = chosen === undefined ? null : item.textLineOf(['data', chosen])
  store.masqFiles.push({ text, origin: 'file', key: chosen ?? null, firstLine, source })
  return true
}

function parsesAsMasqFile(text: string): boolean {
  try {
    return isMasqFile(parseYaml(text).value)
  } catch (error) {
    if (error instanceof YamlSyntaxError) return false
    throw error
  }
}

/** The raw file `/etc/config/ip-masq-agent`, YAML or JSON. */
export const masqFile: StructuredFormat = {
  matches: isMasqFile,
  read({ section, line }, store) {
    const { file, text, firstLine } = section
    store.masqFiles.push({ text, origin: 'file', key: null, firstLine, source: { file, line } })
    return { kind: 'ip-masq-agent', note: 'the ip-masq-agent file' }
  },
}

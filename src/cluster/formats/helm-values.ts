import type { SourceRef } from '../../core/source-ref.ts'
import type { FactStore } from '../facts.ts'
import { HELM_KEYS, HELM_TELLING, isMisspeltValue } from '../helm-keys.ts'
import type { PathStep } from '../manifest.ts'
import type { Section } from '../section.ts'
import { parseYaml, YamlSyntaxError } from '../yaml-positions.ts'
import { isRecord, type Outcome, type StructuredFormat, type TextFormat, valueText } from './format.ts'

/** A values file outranks a `--set` line among the inputs of the same origin. */
const FILE_WEIGHT = 0
/** Defaults that another value brings along come after all that is said outright. */
const IMPLIED_WEIGHT = 100

/** `helm get values`, as a file without a header or as JSON. */
export const helmValues: StructuredFormat = {
  matches: (value) => isRecord(value) && Object.keys(value).some((key) => HELM_TELLING.has(key)),
  read({ value, section, item }, store) {
    return addValues(value, section, (path) => item.lineOf(path), store)
  },
}

/** `cilium-helm-metadata` of a sysdump, `helm get metadata -o yaml`: the chart and its version. */
export const helmMetadata: StructuredFormat = {
  matches: (value) => isRecord(value) && 'chart' in value && 'version' in value && 'revision' in value,
  read({ value, section, item }, store) {
    const { chart, version } = isRecord(value) ? value : {}
    if (chart !== 'cilium') return { kind: 'helm-metadata', note: 'recognised, not used: not the chart of Cilium' }
    const line = item.lineOf(['version'])
    const source = line === null ? { file: section.file } : { file: section.file, line }
    store.versions.push({ version: valueText(version), origin: 'helm-values', source })
    return { kind: 'helm-metadata', note: `chart version ${valueText(version)}` }
  },
}

/** `helm get values` with its header line; `null` where nothing was set. */
export const helmValuesHeaded: TextFormat = {
  matches: ({ text }) => /^\s*(?:USER-SUPPLIED|COMPUTED) VALUES:/.test(text),
  read(section, store) {
    const body = section.text.replace(/^(\s*)(?:USER-SUPPLIED|COMPUTED) VALUES:/, '$1')
    try {
      const parsed = parseYaml(body)
      const lineOf = (path: readonly PathStep[]): number => section.firstLine + (parsed.lineOf(path) ?? 1) - 1
      return addValues(parsed.value, section, lineOf, store)
    } catch (error) {
      if (!(error instanceof YamlSyntaxError)) throw error
      const line = section.firstLine + (error.line ?? 1) - 1
      const message = `${section.file}: line ${line}: Cannot read YAML under the header: ${error.message}; not used`
      store.warnings.push({ code: 'metadata-unreadable', file: section.file, line, message })
      return { kind: 'helm-values', note: 'unreadable below its header' }
    }
  },
}

function addValues(
  values: unknown,
  section: Section,
  lineOf: (path: readonly PathStep[]) => number | null,
  store: FactStore,
): Outcome {
  const before = store.settings.length
  const sourceOf = (path: readonly PathStep[]): SourceRef => {
    const line = lineOf(path)
    return line === null ? { file: section.file } : { file: section.file, line }
  }
  addHelmValues(isRecord(values) ? values : {}, sourceOf, FILE_WEIGHT, store)
  store.wholeConfig = true
  return { kind: 'helm-values', taken: [[store.settings.length - before, 'setting']] }
}

/**
 * Adds chart values as the cilium-config keys the chart would write.
 *
 * @param sourceOf - Where a value stands, by its path.
 */
export function addHelmValues(
  values: Readonly<Record<string, unknown>>,
  sourceOf: (path: readonly PathStep[]) => SourceRef,
  weight: number,
  store: FactStore,
): void {
  const set = (key: string, value: string, path: readonly PathStep[], implied = false): void => {
    const own = implied ? weight + IMPLIED_WEIGHT : weight
    store.settings.push({ key, value, origin: 'helm-values', source: sourceOf(path), weight: own })
  }
  // extraConfig is appended last and may override what the other values wrote.
  const extra = isRecord(values.extraConfig) ? values.extraConfig : {}
  for (const [key, value] of Object.entries(extra)) set(key, valueText(value), ['extraConfig', key])
  for (const [path, keys] of HELM_KEYS) {
    const steps = path.split('.')
    const value = valueAt(values, steps)
    if (value === undefined || value === null) continue
    for (const { key, text, implied } of keys) {
      const own = text === undefined ? valueText(value) : text(valueText(value))
      if (own !== undefined && !Object.hasOwn(extra, key)) set(key, own, steps, implied)
    }
  }
  addEncryption(values, set)
  addMasqAgent(values, sourceOf, store)
  for (const key of Object.keys(values).filter(isMisspeltValue)) warnMisspelt(key, sourceOf([key]), store)
}

function valueAt(values: unknown, steps: readonly string[]): unknown {
  let current = values
  for (const step of steps) current = isRecord(current) ? current[step] : undefined
  return current
}

/** `encryption.enabled` and `encryption.type` together. */
function addEncryption(
  values: Readonly<Record<string, unknown>>,
  set: (key: string, value: string, path: readonly PathStep[]) => void,
): void {
  const enabled = valueAt(values, ['encryption', 'enabled'])
  if (enabled === undefined) return
  const type = valueText(valueAt(values, ['encryption', 'type']) ?? 'ipsec')
  const on = valueText(enabled) === 'true'
  set('enable-wireguard', String(on && type === 'wireguard'), ['encryption', 'enabled'])
  set('enable-ipsec', String(on && type === 'ipsec'), ['encryption', 'enabled'])
}

/** `ipMasqAgent.config` is what the chart writes into the ip-masq-agent ConfigMap. */
function addMasqAgent(
  values: Readonly<Record<string, unknown>>,
  sourceOf: (path: readonly PathStep[]) => SourceRef,
  store: FactStore,
): void {
  const config = valueAt(values, ['ipMasqAgent', 'config'])
  if (!isRecord(config) || Object.keys(config).length === 0) return
  const text = JSON.stringify(config)
  store.masqFiles.push({
    text,
    origin: 'helm',
    key: 'config',
    firstLine: null,
    source: sourceOf(['ipMasqAgent', 'config']),
  })
}

/** Warns of a cilium-config key given as a chart value, where it has no effect. */
function warnMisspelt(key: string, source: SourceRef, store: FactStore): void {
  store.warnings.push({
    code: 'helm-value-without-effect',
    file: source.file,
    ...(source.line === undefined ? {} : { line: source.line }),
    message: `"${key}" is a cilium-config key, not a chart value: helm ignores it there`,
  })
}

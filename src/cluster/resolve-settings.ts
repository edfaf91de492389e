import { describeValue } from '../core/describe-value.ts'
import { type Warning, warningAt } from '../core/warning.ts'
import { ASSUMED_VERSION, minorVersion } from './cilium-version.ts'
import type { SettingFact, VersionFact } from './facts.ts'
import { groupBy } from './group-by.ts'
import { MASQUERADE_KEYS } from './setting-keys.ts'
import { type DefaultContext, SETTING_TABLE, type SettingSpec } from './setting-table.ts'
import type { Setting, SettingOrigin, Settings } from './settings.ts'

/** Strongest first; `cluster-metadata-formats.md` §13. */
const ORIGINS: readonly SettingOrigin[] = [
  'option',
  'status',
  'node-config',
  'agent-config',
  'cilium-config',
  'helm-values',
  'detected',
  'default',
]

/** What the settings are made from. */
export interface SettingInputs {
  readonly facts: readonly SettingFact[]
  readonly versions: readonly VersionFact[]
  /** Some input held a whole configuration, so that a key it lacks has its default. */
  readonly wholeConfig: boolean
}

/**
 * Effective settings of a cluster or of one node: for each field the strongest statement, with everybody else's kept beside it.
 *
 * @param warn - Told of texts that are no value of their key.
 */
export function resolveSettings(inputs: SettingInputs, warn: (warning: Warning) => void = () => {}): Settings {
  const facts = [...inputs.facts].sort(compareFacts)
  const byKey = groupBy(facts, ({ key }) => key)
  const release = resolveVersion(inputs.versions)
  const version = release === undefined ? undefined : mapSetting(release, (text) => minorVersion(text) ?? text)
  const ciliumVersion: Setting<string> = version ?? {
    value: ASSUMED_VERSION,
    origin: 'default',
    source: null,
    others: [],
  }
  const context: DefaultContext = {
    version: ciliumVersion.value,
    text: (key) => byKey.get(key)?.[0]?.value,
    chartOnly:
      !facts.some(({ origin }) => origin === 'cilium-config') && facts.some(({ origin }) => origin === 'helm-values'),
  }
  const resolve = <T>(spec: SettingSpec<T>): Setting<T> => resolveField(spec, byKey, context, warn)
  const fields = Object.fromEntries(
    Object.entries(SETTING_TABLE).map(([name, spec]) => [name, resolve(spec as SettingSpec<unknown>)]),
  ) as unknown as Omit<Settings, 'known' | 'raw' | 'ciliumVersion' | 'ciliumRelease'>
  return {
    ...fields,
    ciliumVersion,
    ...(release === undefined ? {} : { ciliumRelease: release }),
    known: inputs.wholeConfig || facts.some(({ key }) => MASQUERADE_KEYS.has(key)),
    raw: new Map([...byKey].map(([key, stated]) => [key, rank(stated.map((fact) => ({ ...fact })))])),
  }
}

/** Strongest first; files of equal rank in the order of their names, so that the order they were given in changes nothing. */
function compareFacts(a: SettingFact, b: SettingFact): number {
  return (
    ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) ||
    a.weight - b.weight ||
    compareText(a.source === null ? '' : a.source.file, b.source === null ? '' : b.source.file) ||
    (a.source?.line ?? 0) - (b.source?.line ?? 0)
  )
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

type Statement<T> = Omit<Setting<T>, 'others'>

/** Statements, strongest first, as one setting. */
function rank<T>(statements: readonly Statement<T>[]): Setting<T> {
  const [winner, ...others] = statements.map(({ value, origin, source }) => ({ value, origin, source }))
  if (winner === undefined) throw new RangeError('A setting needs at least one statement')
  return { ...winner, others }
}

function resolveField<T>(
  spec: SettingSpec<T>,
  byKey: ReadonlyMap<string, readonly SettingFact[]>,
  context: DefaultContext,
  warn: (warning: Warning) => void,
): Setting<T> {
  const stated: (Statement<T> & { fact: SettingFact })[] = []
  for (const { key, translate, readBy } of spec.keys) {
    const read = readBy === undefined || readBy(context.version)
    for (const fact of byKey.get(key) ?? []) {
      // What somebody says by hand is meant, whatever the release calls it.
      if (!read && fact.origin !== 'option') continue
      const text = translate === undefined ? fact.value : translate(fact.value)
      if (text === undefined) continue
      const value = spec.parse(text)
      if (value === undefined) warn(badValue(fact))
      else stated.push({ value, origin: fact.origin, source: fact.source, fact })
    }
  }
  // Sorting is stable: between equals the newer spelling, which comes first in the table, keeps its place.
  stated.sort((a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) || a.fact.weight - b.fact.weight)
  if (stated.length > 0) return rank(stated)
  return { value: spec.fallback(context), origin: 'default', source: null, others: [] }
}

function badValue({ key, value, source }: SettingFact): Warning {
  const message = `${describeValue(value)} is no value of ${key}; left out`
  return warningAt(source, { code: 'metadata-bad-value', message })
}

function resolveVersion(versions: readonly VersionFact[]): Setting<string> | undefined {
  const stated = versions
    .filter(({ version }) => minorVersion(version) !== undefined)
    .sort(
      (a, b) =>
        ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) ||
        compareText(a.source?.file ?? '', b.source?.file ?? '') ||
        (a.source?.line ?? 0) - (b.source?.line ?? 0),
    )
    .map(({ version, origin, source }) => ({ value: version.replace(/^v/, ''), origin, source }))
  const distinct = stated.filter((one, i) => stated.findIndex((other) => sameStatement(one, other)) === i)
  return distinct.length === 0 ? undefined : rank(distinct)
}

/** Agent images repeat on every node; one statement of each file is enough. */
function sameStatement(a: Statement<string>, b: Statement<string>): boolean {
  return a.value === b.value && a.origin === b.origin && a.source?.file === b.source?.file
}

function mapSetting<T, U>(setting: Setting<T>, map: (value: T) => U): Setting<U> {
  return {
    value: map(setting.value),
    origin: setting.origin,
    source: setting.source,
    others: setting.others.map(({ value, origin, source }) => ({ value: map(value), origin, source })),
  }
}

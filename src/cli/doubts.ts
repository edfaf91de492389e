import type { CapturePoint } from '../audit/verdict.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Warning } from '../core/warning.ts'
import { nearest } from '../report/nearest.ts'
import { isKnownSetting, nearestSetting } from './overlay.ts'

/** Names listed where none resembles the one that was written. */
const LISTED = 5

/**
 * Values of `--setting` that can have no effect, because nothing depends on their key: most likely mistyped.
 *
 * @param settings - `key=value` each, as the command line has them.
 */
export function settingDoubts(settings: readonly string[] = []): Warning[] {
  const keys = settings.map((text) => text.slice(0, Math.max(0, text.indexOf('='))))
  return keys
    .filter((key) => !isKnownSetting(key))
    .map((key) => {
      const near = nearestSetting(key)
      const meant = near === null ? '' : `; did you mean ${near}?`
      return doubt('setting-unknown', `--setting ${key}: masquerading depends on no such setting${meant}`)
    })
}

/** Points of `--at` whose node or pod the metadata does not have although it lists such. */
export function pointDoubts(
  points: readonly CapturePoint[],
  cluster: Pick<ClusterSnapshot, 'nodes' | 'pods'>,
): Warning[] {
  const names = {
    node: cluster.nodes.map(({ name }) => name),
    pod: cluster.pods.map(({ namespace, name }) => `${namespace}/${name}`),
  }
  const places = new Map<string, string>()
  for (const { basis, kind, name } of points) {
    if (basis !== 'option' || (kind !== 'node' && kind !== 'pod') || name === null) continue
    if (names[kind].length > 0 && !names[kind].includes(name))
      places.set(`${kind}/${name}`, has(name, kind, names[kind]))
  }
  return [...places].map(([place, others]) =>
    doubt('point-unknown', `--at ${place}: the metadata has none of this name; ${others}`),
  )
}

function has(name: string, kind: string, known: readonly string[]): string {
  const near = nearest(name, known)
  if (near !== null) return `did you mean ${kind}/${near}?`
  return `it has ${known.slice(0, LISTED).join(', ')}${known.length > LISTED ? ' …' : ''}`
}

function doubt(code: string, message: string): Warning {
  return { code, file: null, message }
}

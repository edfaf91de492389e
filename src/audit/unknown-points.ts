import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { nearest } from '../core/nearest.ts'
import type { Warning } from '../core/warning.ts'
import type { AnalysedCapture } from './analysis.ts'

/** Names listed where none resembles the one that was written. */
const LISTED = 5

/** How the ways to declare a point are called in a warning. */
const DECLARED: Readonly<Record<string, string>> = { option: '--at', 'captures.yaml': 'captures.yaml:' }

/**
 * One warning for each declared point whose node or pod the metadata does not have although it lists such: most likely
 * mistyped, and of no use to the verdicts then.
 *
 * @param captures - Those that this cluster's metadata is for.
 */
export function unknownPoints(
  captures: readonly Pick<AnalysedCapture, 'name' | 'points'>[],
  cluster: Pick<ClusterSnapshot, 'nodes' | 'pods'>,
): Warning[] {
  const names = {
    node: () => cluster.nodes.map(({ name }) => name),
    // Of up to a million pods, and asked for only where a point names one.
    pod: () => cluster.pods.map(({ namespace, name }) => `${namespace}/${name}`),
  }
  const warnings = new Map<string, Warning>()
  for (const { name: file, points } of captures) {
    for (const { basis, kind, name } of points) {
      const by = DECLARED[basis]
      if (by === undefined || (kind !== 'node' && kind !== 'pod') || name === null) continue
      const known = names[kind]()
      if (known.length === 0 || known.includes(name)) continue
      const message = `${by} ${kind}/${name}: the metadata has none of this name; ${others(name, kind, known)}`
      if (!warnings.has(message)) warnings.set(message, { code: 'point-unknown', file, message })
    }
  }
  return [...warnings.values()]
}

function others(name: string, kind: string, known: readonly string[]): string {
  const near = nearest(name, known)
  if (near !== null) return `did you mean ${kind}/${near}?`
  return `it has ${known.slice(0, LISTED).join(', ')}${known.length > LISTED ? ' …' : ''}`
}

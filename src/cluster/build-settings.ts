import type { Warning } from '../core/warning.ts'
import type { AppliedDumps } from './apply-dumps.ts'
import type { FactStore, SettingFact } from './facts.ts'
import { groupBy } from './group-by.ts'
import { matchesSelector } from './label-selector.ts'
import { resolveSettings } from './resolve-settings.ts'
import type { Settings } from './settings.ts'
import type { ClusterNode } from './snapshot.ts'

/** Realised values that are a node's own and say nothing about the next node. */
const PER_NODE_KEYS = new Set(['devices', 'direct-routing-device'])

/**
 * Settings of the cluster and of each node.
 *
 * What agents have realised holds for their nodes; where all agents that say something agree, it is taken for the cluster.
 * Where they differ the configuration stands, and the realised values are among the others.
 */
export function buildSettings(
  store: FactStore,
  dumps: Pick<AppliedDumps, 'settings'>,
  nodes: readonly ClusterNode[],
  warn: (warning: Warning) => void,
): { settings: Settings; settingsFor: (nodeName: string | null) => Settings } {
  const { versions, wholeConfig } = store
  const clusterFacts = [...store.settings, ...agreedFacts(dumps.settings)]
  const settings = resolveSettings({ facts: clusterFacts, versions, wholeConfig }, warn)
  const cache = new Map<string, Settings>()
  const realised = groupBy(dumps.settings, ({ node }) => node)
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const settingsFor = (nodeName: string | null): Settings => {
    if (nodeName === null) return settings
    const cached = cache.get(nodeName)
    if (cached !== undefined) return cached
    const stated = (realised.get(nodeName) ?? []).flatMap(({ facts }) => facts)
    const own = [...stated, ...nodeConfigFacts(store, byName.get(nodeName))]
    const ownKeys = new Set(own.map(({ key, origin }) => `${key} ${origin}`))
    const shared = clusterFacts.filter(({ key, origin }) => !ownKeys.has(`${key} ${origin}`))
    const resolved =
      own.length === 0 ? settings : resolveSettings({ facts: [...own, ...shared], versions, wholeConfig })
    cache.set(nodeName, resolved)
    return resolved
  }
  return { settings, settingsFor }
}

function agreedFacts(realised: AppliedDumps['settings']): SettingFact[] {
  const agreed: SettingFact[] = []
  const stated = realised.flatMap(({ node, facts }) => facts.map((fact) => ({ node, fact })))
  for (const group of groupBy(stated, ({ fact }) => `${fact.origin} ${fact.key}`).values()) {
    const [first] = group
    if (first === undefined) continue
    const perNode = PER_NODE_KEYS.has(first.fact.key)
    const shared = perNode ? group.filter(({ node }) => node === null) : group
    const same = shared.every(({ fact }) => fact.value === shared[0]?.fact.value)
    // A disagreement ranks behind everything, so that it shows among the others without deciding.
    for (const { fact } of shared) agreed.push(same ? fact : { ...fact, origin: 'detected', weight: 1 })
  }
  return agreed
}

/** Settings of the CiliumNodeConfigs whose selectors match a node. */
function nodeConfigFacts(store: FactStore, node: ClusterNode | undefined): SettingFact[] {
  return store.nodeConfigs
    .filter(({ selector }) => node !== undefined && matchesSelector(selector, node.labels))
    .flatMap(({ settings }) => settings)
}

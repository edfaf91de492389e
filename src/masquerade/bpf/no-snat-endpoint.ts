import { cidrContains } from '../../core/cidr.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { atLeast } from '../cilium-version.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'

/** Pods of a pool that opts out of masquerading carry the no-SNAT flag in the endpoint map. */
export const noSnatEndpoint: MasqueradeRule = {
  id: 'no-snat-endpoint',
  source: 'Documentation/network/concepts/ipam/multi-pool.rst',
  decide(facts) {
    if (facts.source.role !== 'endpoint') return no('the source is no pod of this node')
    if (facts.query.noSnatEndpoint === true)
      return yes(preserve(facts), 'the endpoint carries the no-SNAT flag (as stated)')
    if (facts.settings.ipam.value !== 'multi-pool') return no('pools exist only with ipam multi-pool')
    const optOut = poolOptOut(facts)
    if (optOut === null) return no(`the pool of ${facts.query.source} does not opt out`)
    // Present in the documentation after 1.18 and absent from the 1.16 sources; which release brought it is not known.
    if (atLeast(facts.version, 1, 19)) return yes(preserve(facts), optOut.detail, { source: optOut.source })
    const missing = `a word on whether Cilium ${facts.version.text} has the opt-out of pools`
    return unclear(preserve(facts), missing, optOut.detail, { source: optOut.source })
  },
}

function poolOptOut(facts: PacketFacts): { detail: string; source: SourceRef | null } | null {
  const ip = facts.query.source
  const fromNode = [...(facts.node?.pools ?? [])].find(([, cidrs]) => cidrs.some((cidr) => cidrContains(cidr, ip)))?.[0]
  const fromPool = facts.cluster.podPools.find((pool) => pool.cidrs.some((cidr) => cidrContains(cidr, ip)))?.name
  const name = fromNode ?? fromPool
  if (name === undefined) return null
  const pool = facts.cluster.podPools.find((candidate) => candidate.name === name)
  if (pool?.skipMasquerade) {
    return { detail: `pool ${name} has the annotation ipam.cilium.io/skip-masquerade`, source: pool.source }
  }
  const only = facts.settings.onlyMasqueradeDefaultPool
  if (!only.value || name === 'default') return null
  return { detail: `only-masquerade-default-pool: ${ip} is of pool ${name}`, source: only.source }
}

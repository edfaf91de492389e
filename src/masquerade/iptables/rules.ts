import type { Settings } from '../../cluster/settings.ts'
import { atLeast, type CiliumVersion } from '../cilium-version.ts'
import { off } from '../off.ts'
import type { MasqueradeRule, RuleList } from '../rule.ts'
import { encryptionMarks, proxyReturn } from './accepts.ts'
import { noPostrouting } from './no-postrouting.ts'
import { noRule } from './no-rule.ts'
import { nodeSet } from './node-set.ts'
import { nonCluster } from './non-cluster.ts'
import { reply } from './reply.ts'
import { routeSource } from './route-source.ts'
import { hairpin, hostToCluster, loopback } from './to-cilium-host.ts'

// What decides before the chain is looked at (docs/masquerade.md, "Past netfilter").
const BEFORE_CHAIN: readonly MasqueradeRule[] = [off, noPostrouting, reply]

const AFTER_MASQUERADE: readonly MasqueradeRule[] = [proxyReturn, hostToCluster, loopback, hairpin, noRule]

const BY_INTERFACE = [...BEFORE_CHAIN, encryptionMarks, nodeSet, nonCluster, ...AFTER_MASQUERADE]
const BY_ROUTE = [...BEFORE_CHAIN, encryptionMarks, nodeSet, routeSource, ...AFTER_MASQUERADE]

/**
 * The rules of iptables masquerading in the order of CILIUM_POST_nat. Route-source rules, since 1.15, replace the
 * catch-all rule.
 */
export function iptablesRules(version: CiliumVersion, settings: Settings): RuleList {
  const byRoute = settings.enableMasqueradeToRouteSource.value && atLeast(version, 1, 15)
  return { rules: byRoute ? BY_ROUTE : BY_INTERFACE, translation: [] }
}

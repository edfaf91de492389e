import ipaddr from 'ipaddr.js'
import type { Identity } from '../../cluster/address-book.ts'
import type { AuditContext } from '../context.ts'

const NODE_RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat'])

/**
 * Whether a destination that counts as outside may be a node that nobody named: nodes were given by hand only, as `--node`, which is no list
 * of all, and the address is one that nodes have.
 */
export function mayBeUnnamedNode(destination: Identity, { cluster }: AuditContext): boolean {
  if (destination.kind !== 'external' || !ipaddr.isValid(destination.ip)) return false
  if (!cluster.nodes.every(({ source }) => source.file.startsWith('--'))) return false
  return NODE_RANGES.has(ipaddr.parse(destination.ip).range())
}

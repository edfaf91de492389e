import { cidrContains } from '../../core/cidr.ts'
import { protocolName } from '../../core/protocol.ts'
import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'

/** Something that flows have in common; the order is that of preference where two explain equally many. */
export const FACETS = [
  'node',
  'all',
  'family',
  'protocol',
  'destination',
  'device',
  'address',
  'pod-cidr',
  'pod',
  'node-destination',
  'node-protocol',
  'pod-destination',
] as const
export type Facet = (typeof FACETS)[number]

/** Values of a flow for each facet of {@link FACETS}, in their order; empty where it has none. */
export type FacetValues = readonly string[]

/** Reads the facets of one judged flow: of its opener before translation, where that is known. */
export function facetsOf(verdict: Verdict, context: AuditContext): FacetValues {
  const { flow, point, expected, observed, destination } = verdict
  const ip = observed.originalSource?.ip ?? verdict.source.ip
  const opener = context.identify(ip)
  const node = expected?.node ?? opener.node ?? ''
  const protocol = protocolName(flow.protocol)
  const pod = opener.kind === 'pod' ? (opener.name ?? ip) : ''
  const device = point.kind === 'node' && point.side === 'after' ? (point.interface ?? '') : ''
  return [
    node,
    'all',
    `IPv${flow.family}`,
    protocol,
    destination.ip,
    device,
    observed.address ?? '',
    blockOf(ip, node, context),
    pod,
    join(node, destination.ip),
    join(node, protocol),
    join(pod, destination.ip),
  ]
}

function join(a: string, b: string): string {
  return a === '' || b === '' ? '' : `${a} → ${b}`
}

/** The pod CIDR of the node that holds the address; a node may have several. */
function blockOf(ip: string, nodeName: string, context: AuditContext): string {
  const node = context.node(nodeName)
  if (node === undefined || node.podCidrs.length < 2) return ''
  return node.podCidrs.find((cidr) => cidrContains(cidr, ip))?.text ?? ''
}

/** The facet in a sentence about flows: `to 172.17.0.5`, `of node n1`. */
export function facetText(facet: Facet, value: string): string {
  const [first = '', second = ''] = value.split(' → ')
  switch (facet) {
    case 'all':
      return 'of this kind'
    case 'node':
      return `of node ${value}`
    case 'family':
      return `over ${value}`
    case 'protocol':
      return `over ${value.toUpperCase()}`
    case 'destination':
      return `to ${value}`
    case 'device':
      return `leaving by ${value}`
    case 'address':
      return `seen as ${value}`
    case 'pod-cidr':
      return `from ${value}`
    case 'pod':
      return `of pod ${value}`
    case 'node-destination':
      return `of node ${first} to ${second}`
    case 'node-protocol':
      return `of node ${first} over ${second.toUpperCase()}`
    case 'pod-destination':
      return `of pod ${first} to ${second}`
  }
}

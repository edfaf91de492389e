import * as z from 'zod'
import { type Cidr, parseCidr } from '../../core/cidr.ts'
import { type IpText, parseIp } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry, type NodeFact } from '../facts.ts'
import { readFields } from '../fields.ts'
import { lineSource, type Section } from '../section.ts'
import { isListOf, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'
import { readTable } from './table.ts'

const isHeader = (text: string): boolean => /^Name\s+IPv4 Address\s+Endpoint CIDR/.test(text)

/** One node as the agent lists it. */
interface ListedNode {
  /** `cluster/node`, or the node alone where the cluster is called `default`. */
  readonly name: string
  readonly ips: readonly IpText[]
  readonly podCidrs: readonly Cidr[]
  readonly health: readonly IpText[]
  readonly ingress: readonly IpText[]
  /** Further addresses, cilium_host among them, without a type. */
  readonly others: readonly IpText[]
  readonly local: boolean
  readonly source: SourceRef
}

/** `cilium-dbg node list`: two columns are called `Endpoint CIDR`, empty cells are common, `Source` is missing in old releases. */
export const agentNodeText: TextFormat = {
  matches: ({ text }) => text.split('\n').some(isHeader),
  read(section, store, entry) {
    // A row without a name is what damage left of one.
    const rows = readTable(section, isHeader).filter((row) => row.cell('Name') !== '')
    const nodes = rows.map((row): ListedNode => {
      const ips = [row.cell('IPv4 Address'), row.cell('IPv6 Address')].map((text) => parseIp(text))
      const cidrs = [row.cell('Endpoint CIDR'), row.cell('Endpoint CIDR', 1)].map((text) => parseCidr(text))
      return {
        name: row.cell('Name'),
        ips: ips.filter((ip) => ip !== undefined),
        podCidrs: cidrs.filter((cidr) => cidr !== undefined),
        health: [],
        ingress: [],
        others: [],
        local: row.cell('Source') === 'local',
        source: lineSource(section, row.line),
      }
    })
    return addNodes(nodes, section, store, entry)
  },
}

const FAMILY = z.object({ ip: z.string().nullish(), 'alloc-range': z.string().nullish() }).nullish()
const PAIR = z.object({ ipv4: FAMILY, ipv6: FAMILY }).nullish()
const NODES = z.array(
  z.object({
    name: z.string(),
    'primary-address': PAIR,
    'health-endpoint-address': PAIR,
    'ingress-address': PAIR,
    'secondary-addresses': z.array(z.object({ ip: z.string().nullish() })).nullish(),
    source: z.string().nullish(),
  }),
)

/** `cilium-dbg node list -o json`. */
export const agentNodeJson: StructuredFormat = {
  matches: (value) => isListOf(value, (node) => 'primary-address' in node),
  read({ section, item, entry }, store) {
    const nodes = readFields(NODES, item).map((node, i): ListedNode => {
      const ranges = [node['primary-address']?.ipv4, node['primary-address']?.ipv6].map((family) =>
        parseCidr(family?.['alloc-range'] ?? ''),
      )
      const others = (node['secondary-addresses'] ?? []).map(({ ip }) => parseIp(ip ?? ''))
      const line = item.lineOf([i])
      return {
        name: node.name,
        ips: ipsOf(node['primary-address']),
        podCidrs: ranges.filter((cidr) => cidr !== undefined),
        health: ipsOf(node['health-endpoint-address']),
        ingress: ipsOf(node['ingress-address']),
        others: others.filter((ip) => ip !== undefined),
        local: node.source === 'local',
        source: line === null ? { file: section.file } : { file: section.file, line },
      }
    })
    return addNodes(nodes, section, store, entry)
  },
}

function ipsOf(pair: z.infer<typeof PAIR>): IpText[] {
  return [pair?.ipv4?.ip, pair?.ipv6?.ip].map((text) => parseIp(text ?? '')).filter((ip) => ip !== undefined)
}

function addNodes(nodes: readonly ListedNode[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  const home = nodes.find(({ local }) => local) ?? nodes[0]
  const cluster = clusterOf(home?.name ?? '')
  const addresses: AddressFact[] = []
  for (const node of nodes) {
    const remoteCluster = clusterOf(node.name) !== cluster
    const name = remoteCluster ? node.name : bareName(node.name)
    store.nodes.push(factOf(node, name, remoteCluster))
    for (const ip of node.others) {
      // Untyped: inside the pod CIDR it is cilium_host, outside another address of the node.
      const base = { ip, kind: 'host', name: null, node: name, nodeIp: null, local: false } as const
      addresses.push({
        ...base,
        origin: 'agent',
        basis: 'agent node list, secondary address',
        source: node.source,
        remoteCluster,
      })
    }
  }
  store.nodesListed = true
  const local = nodes.find((node) => node.local)
  const clues = local === undefined ? [] : [{ kind: 'node', name: bareName(local.name) } as const]
  store.dumps.push({ ...dumpOf(entry, section.hint, clues), addresses })
  return { kind: 'agent-node-list', taken: [[nodes.length, 'node']] }
}

function factOf(
  { ips, podCidrs, health, ingress, source }: ListedNode,
  name: string,
  remoteCluster: boolean,
): NodeFact {
  return {
    name,
    origin: 'agent',
    addresses: ips.map((ip) => ({ ip, type: 'InternalIP' as const, source })),
    podCidrs,
    pools: new Map(),
    health,
    ingress,
    labels: {},
    remoteCluster,
    source,
  }
}

const clusterOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : '')
const bareName = (name: string): string => name.slice(name.indexOf('/') + 1)

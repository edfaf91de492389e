import * as z from 'zod'
import { parseIp } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry } from '../facts.ts'
import { readFields } from '../fields.ts'
import { lineSource, type Section } from '../section.ts'
import { isListOf, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'
import { readTable } from './table.ts'

const isHeader = (text: string): boolean => /^IP\s+IDENTITY\s+SOURCE/.test(text)

/** Reserved identities by name and number, and what an address with one is. */
const RESERVED: ReadonlyMap<string, AddressFact['kind']> = new Map([
  ['reserved:host', 'host'],
  ['1', 'host'],
  ['reserved:health', 'health'],
  ['4', 'health'],
  ['reserved:remote-node', 'host'],
  ['6', 'host'],
  ['reserved:kube-apiserver', 'host'],
  ['7', 'host'],
  ['reserved:ingress', 'ingress'],
  ['8', 'ingress'],
])

/** `cilium-dbg ip list [-n]`: the identity column holds labels, on several lines where there are several. */
export const agentIpText: TextFormat = {
  matches: ({ text }) => text.split('\n').some(isHeader),
  read(section, store, entry) {
    const facts: AddressFact[] = []
    let last: { ip: string; identities: string[]; line: number } | null = null
    const close = (): void => {
      if (last !== null) facts.push(...factOf(last.ip, last.identities, lineSource(section, last.line), null, null))
    }
    for (const row of readTable(section, isHeader)) {
      const cell = row.cell('IP')
      if (cell !== '') {
        close()
        last = { ip: cell, identities: [], line: row.line }
      }
      last?.identities.push(row.cell('IDENTITY'))
    }
    close()
    return addFacts(facts, section, store, entry)
  },
}

const ROWS = z.array(
  z.object({
    cidr: z.string(),
    identity: z.union([z.number(), z.string()]).nullish(),
    hostIP: z.string().nullish(),
    metadata: z.object({ name: z.string().nullish(), namespace: z.string().nullish() }).nullish(),
  }),
)

/** `cilium-dbg ip list -o json`: address, node address and pod name in one place. */
export const agentIpJson: StructuredFormat = {
  matches: (value) => isListOf(value, (row) => 'cidr' in row && 'identity' in row),
  read({ section, item, entry }, store) {
    const facts = readFields(ROWS, item).flatMap(({ cidr, identity, hostIP, metadata }, i) => {
      const line = item.lineOf([i])
      const source = line === null ? { file: section.file } : { file: section.file, line }
      const name = metadata?.name ? `${metadata.namespace ?? 'default'}/${metadata.name}` : null
      return factOf(cidr, [String(identity ?? '')], source, name, parseIp(hostIP ?? '') ?? null)
    })
    return addFacts(facts, section, store, entry)
  },
}

function factOf(
  block: string,
  identities: readonly string[],
  source: SourceRef,
  pod: string | null,
  nodeIp: string | null,
): AddressFact[] {
  const [text = '', prefix] = block.split('/')
  const ip = parseIp(text)
  if (ip === undefined || (prefix !== undefined && prefix !== (ip.includes(':') ? '128' : '32'))) return []
  const kind = kindOf(identities, pod)
  if (kind === null) return []
  const basis = `agent ip list, ${pod ?? identities[0] ?? ''}`
  const isPod = kind === 'pod'
  return [
    {
      ip,
      kind,
      name: isPod ? pod : null,
      node: null,
      nodeIp: nodeIp === '0.0.0.0' ? null : nodeIp,
      local: false,
      origin: 'agent',
      basis,
      source,
      remoteCluster: false,
    },
  ]
}

function kindOf(identities: readonly string[], pod: string | null): AddressFact['kind'] | null {
  if (pod !== null) return 'pod'
  for (const identity of identities) {
    const reserved = RESERVED.get(identity)
    if (reserved !== undefined) return reserved
  }
  const isPod = identities.some(
    (text) => text.startsWith('k8s:') || (/^\d+$/.test(text) && isPodIdentity(Number(text))),
  )
  return isPod ? 'pod' : null
}

/** Below 256 identities are reserved, from 2²⁴ on they are a node's own blocks and names. */
function isPodIdentity(identity: number): boolean {
  return identity >= 256 && identity < 1 << 24
}

function addFacts(addresses: readonly AddressFact[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  if (addresses.some(({ kind }) => kind === 'host')) store.nodesListed = true
  store.dumps.push({ ...dumpOf(entry, section.hint, []), addresses })
  return { kind: 'agent-ip-list', taken: [[addresses.length, 'address']] }
}

import { makeCidr, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isRecord, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'

const ROW = /^([0-9a-fA-F.:]+\/\d+)\s+(identity=.*)$/

/** `cilium-dbg bpf ipcache list`: which identity each address has, and the node a pod's tunnel ends at. */
export const bpfIpcacheText: TextFormat = {
  matches: ({ text }) =>
    /^IP PREFIX\/ADDRESS\s+IDENTITY\s*$/m.test(text) || /^[0-9a-fA-F.:]+\/\d+\s+identity=\d+/m.test(text),
  read(section, store, entry) {
    const rows = numberedLines(section).flatMap(({ text, line }): Row[] => {
      const [, block = '', info = ''] = ROW.exec(text) ?? []
      return rowOf(block, info, lineSource(section, line))
    })
    return addRows(rows, section, store, entry)
  },
}

/** `-o json`: the same texts, lists by block. */
export const bpfIpcacheJson: StructuredFormat = {
  matches: (value) => keyedBy(value, /^identity=/),
  read({ value, section, item, entry }, store) {
    const source = item.line === null ? { file: section.file } : { file: section.file, line: item.line }
    const rows = Object.entries(isRecord(value) ? value : {}).flatMap(([block, infos]) =>
      Array.isArray(infos) && typeof infos[0] === 'string' ? rowOf(block, infos[0], source) : [],
    )
    return addRows(rows, section, store, entry)
  },
}

/** Whether a value is a mapping of addresses or blocks to lists of texts that begin so. */
export function keyedBy(value: unknown, start: RegExp): boolean {
  if (!isRecord(value)) return false
  const entries = Object.entries(value).slice(0, 5)
  return (
    entries.length > 0 &&
    entries.every(
      ([key, list]) =>
        /^\[?[0-9a-fA-F.:]+\]?(?:\/\d+|:\d+)?$/.test(key) &&
        Array.isArray(list) &&
        list.every((text) => typeof text === 'string' && start.test(text.trim())),
    )
  )
}

interface Row {
  readonly block: string
  readonly identity: number
  readonly tunnelEndpoint: string | null
  readonly source: SourceRef
}

function rowOf(block: string, info: string, source: SourceRef): Row[] {
  const identity = /identity=(\d+)/.exec(info)?.[1]
  const endpoint = parseIp(/tunnelendpoint=([0-9a-fA-F.:]+)/.exec(info)?.[1] ?? '')
  if (identity === undefined || parseCidr(block) === undefined) return []
  const remote = endpoint === undefined || endpoint === '0.0.0.0' || endpoint === '::' ? null : endpoint
  return [{ block, identity: Number(identity), tunnelEndpoint: remote, source }]
}

/** Reserved identities, cilium/cilium pkg/identity/numericidentity.go. */
const HOST = 1
const HEALTH = 4
const REMOTE_NODE = 6
const KUBE_APISERVER = 7
const INGRESS = 8
/** Identities of pods; below are the reserved ones, above those local to a node, which are blocks and names. */
const FIRST_POD = 256
const FIRST_LOCAL = 1 << 24

function addRows(rows: readonly Row[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  const addresses = rows.flatMap(addressOf)
  const clues = rows.flatMap(({ block, identity }): NodeClue[] => {
    const ip = hostAddress(block)
    return identity === HOST && ip !== undefined ? [{ kind: 'address', ip }] : []
  })
  store.dumps.push({ ...dumpOf(entry, section.hint, clues), addresses })
  // The map lists every node of the cluster.
  if (rows.some(({ identity }) => identity === REMOTE_NODE || identity === HOST)) store.nodesListed = true
  return { kind: 'bpf-ipcache-list', taken: [[addresses.length, 'address']] }
}

function addressOf({ block, identity, tunnelEndpoint, source }: Row): AddressFact[] {
  const ip = hostAddress(block)
  if (ip === undefined) return []
  const kind = kindOf(identity)
  if (kind === null) return []
  const basis = `ipcache identity=${identity}`
  return [
    {
      ip,
      kind,
      name: null,
      node: null,
      nodeIp: tunnelEndpoint,
      // Where the row names no tunnel endpoint, host addresses and pods are local, other nodes are themselves.
      local: identity !== REMOTE_NODE && identity !== KUBE_APISERVER,
      origin: 'agent',
      basis,
      source,
      remoteCluster: false,
    },
  ]
}

function kindOf(identity: number): AddressFact['kind'] | null {
  if (identity === HOST || identity === REMOTE_NODE || identity === KUBE_APISERVER) return 'host'
  if (identity === HEALTH) return 'health'
  if (identity === INGRESS) return 'ingress'
  return identity >= FIRST_POD && identity < FIRST_LOCAL ? 'pod' : null
}

function hostAddress(block: string): string | undefined {
  const cidr = parseCidr(block)
  const [text = ''] = block.split('/')
  const ip = parseIp(text)
  if (cidr === undefined || ip === undefined) return undefined
  return cidr.text === makeCidr(ip, ip.includes(':') ? 128 : 32).text ? ip : undefined
}

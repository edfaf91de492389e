import { parseIp } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { keyedBy } from './bpf-ipcache.ts'
import { isRecord, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'

const ROW = /^(\[?[0-9a-fA-F.:]+(?:\](?::\d+)?)?)\s+(\(localhost\)|id=.*)$/

/** `cilium-dbg bpf endpoint list`: pods of this node, and with `(localhost)` every address of the host, cilium_host among them. */
export const bpfEndpointText: TextFormat = {
  matches: ({ text }) => /^IP ADDRESS\s+LOCAL ENDPOINT INFO/m.test(text),
  read(section, store, entry) {
    const rows = numberedLines(section).flatMap(({ text, line }) => {
      const [, address = '', info = ''] = ROW.exec(text) ?? []
      return factOf(address, info, lineSource(section, line))
    })
    return addRows(rows, section, store, entry)
  },
}

/** `-o json`: the same texts, lists by address. */
export const bpfEndpointJson: StructuredFormat = {
  matches: (value) => keyedBy(value, /^(?:id=|\(localhost\))/),
  read({ value, section, item, entry }, store) {
    const source = item.line === null ? { file: section.file } : { file: section.file, line: item.line }
    const rows = Object.entries(isRecord(value) ? value : {}).flatMap(([address, infos]) =>
      Array.isArray(infos) && typeof infos[0] === 'string' ? factOf(address, infos[0].trim(), source) : [],
    )
    return addRows(rows, section, store, entry)
  },
}

/** Released forms print `:0` behind the address, IPv6 in brackets or bare: of a bare one it is cut where an address is left. */
function factOf(text: string, info: string, source: SourceRef): AddressFact[] {
  const bracketed = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1]
  const ip = bracketed === undefined ? (parseIp(text.replace(/:0$/, '')) ?? parseIp(text)) : parseIp(bracketed)
  if (ip === undefined) return []
  const isHost = info.startsWith('(localhost)')
  return [
    {
      ip,
      kind: isHost ? 'host' : 'pod',
      name: null,
      node: null,
      nodeIp: null,
      local: true,
      origin: 'agent',
      basis: isHost ? 'bpf endpoint list (localhost)' : 'bpf endpoint list',
      source,
      remoteCluster: false,
    },
  ]
}

function addRows(rows: readonly AddressFact[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  const clues = rows.flatMap(({ ip, kind }): NodeClue[] => (kind === 'host' ? [{ kind: 'address', ip }] : []))
  store.dumps.push({ ...dumpOf(entry, section.hint, clues), addresses: rows })
  return { kind: 'bpf-endpoint-list', taken: [[rows.length, 'address']] }
}

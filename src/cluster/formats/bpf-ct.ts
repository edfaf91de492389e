import * as z from 'zod'
import { hostBlock } from '../cidr-table.ts'
import { type ConnectionFact, dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isListOf, isRecord, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'
import { addressOf, parseAddressPort, portOf, protocolNumber, swapPort } from './tuple.ts'

const ROW = /^(\w+) (IN|OUT|SVC) (\S+) -> (\S+) (.*)$/

/** `cilium-dbg bpf ct list global`: the connections the node's datapath follows. Rows of services are load-balancer state. */
export const bpfCtText: TextFormat = {
  matches: ({ text }) => / RxFlagsSeen=0x/.test(text),
  read(section, store, entry) {
    const entries = numberedLines(section).flatMap(({ text, line }): ConnectionFact[] => {
      const [, proto = '', word = '', from = '', to = '', rest = ''] = ROW.exec(text) ?? []
      const protocol = protocolNumber(proto)
      const source = parseAddressPort(from)
      const destination = parseAddressPort(to)
      if (protocol === undefined || source === undefined || destination === undefined) return []
      const direction = word === 'SVC' || /\bservice\b/.test(rest) ? 'service' : word === 'IN' ? 'in' : 'out'
      return [connectionOf(protocol, direction, source, destination, lineSource(section, line))]
    })
    return addConnections(entries, section, store, entry)
  },
}

type End = NonNullable<ReturnType<typeof parseAddressPort>>

function connectionOf(
  protocol: number,
  direction: ConnectionFact['direction'],
  source: End,
  destination: End,
  sourceRef: ConnectionFact['sourceRef'],
): ConnectionFact {
  return {
    direction,
    protocol,
    source: source.ip,
    sourcePort: portOf(protocol, source.port),
    destination: destination.ip,
    destinationPort: portOf(protocol, destination.port),
    sourceRef,
  }
}

const JSON_ROW = z.object({
  Key: z.object({
    DestAddr: z.unknown(),
    SourceAddr: z.unknown(),
    DestPort: z.number(),
    SourcePort: z.number(),
    NextHeader: z.number(),
    Flags: z.number(),
  }),
})

/** Bits of a tuple's flags; cilium/cilium pkg/tuple. */
const FLAG_IN = 1
const FLAG_SERVICE = 4

/**
 * `cilium-dbg bpf ct list global -o json`: the keys as they lie in the map. There a connection's addresses are swapped, and
 * a service's ports instead; the text output puts both right (cilium/cilium pkg/maps/ctmap/types.go CtKey4Global.Dump()).
 */
export const bpfCtJson: StructuredFormat = {
  matches: (value) =>
    isListOf(
      value,
      ({ Key, Value }) =>
        isRecord(Key) && 'NextHeader' in Key && isRecord(Value) && ('RevNAT' in Value || 'Lifetime' in Value),
    ),
  read({ value, section, item, entry }, store) {
    const at = item.line === null ? { file: section.file } : { file: section.file, line: item.line }
    const entries = (Array.isArray(value) ? value : []).flatMap((element: unknown): ConnectionFact[] => {
      const parsed = JSON_ROW.safeParse(element)
      const source = addressOf(parsed.data?.Key.SourceAddr)
      const destination = addressOf(parsed.data?.Key.DestAddr)
      if (!parsed.success || source === undefined || destination === undefined) return []
      const { Flags, NextHeader, SourcePort, DestPort } = parsed.data.Key
      const [sourcePort, destinationPort] = [swapPort(SourcePort), swapPort(DestPort)]
      if (Flags & FLAG_SERVICE) {
        const [from, to] = [
          { ip: source, port: destinationPort },
          { ip: destination, port: sourcePort },
        ]
        return [connectionOf(NextHeader, 'service', from, to, at)]
      }
      const [from, to] = [
        { ip: destination, port: sourcePort },
        { ip: source, port: destinationPort },
      ]
      return [connectionOf(NextHeader, Flags & FLAG_IN ? 'in' : 'out', from, to, at)]
    })
    return addConnections(entries, section, store, entry)
  },
}

function addConnections(
  entries: readonly ConnectionFact[],
  section: Section,
  store: FactStore,
  entry: InputEntry,
): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, ctClues(entries)), content: { kind: 'connections', entries } })
  return { kind: 'bpf-ct-list', taken: [[entries.length, 'connection']] }
}

/** Who opens a connection here is local: the node itself, or one of its pods. */
function ctClues(entries: readonly ConnectionFact[]): NodeClue[] {
  const local = [...new Set(entries.filter(({ direction }) => direction === 'out').map(({ source }) => source))]
  return local.flatMap((ip): NodeClue[] => [
    { kind: 'address', ip },
    { kind: 'pod-cidr', cidr: hostBlock(ip) },
  ])
}

import * as z from 'zod'
import { parseIp } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type TranslationFact } from '../facts.ts'
import { isRecord, type StructuredFormat } from './format.ts'

const TEXT = z.string().nullish()
/** `jsonpb` writes 64-bit numbers as text and leaves zero and false out. */
const PORTS = z.object({ source_port: z.number().nullish(), destination_port: z.number().nullish() }).nullish()
const PEER = z
  .object({
    namespace: TEXT,
    pod_name: TEXT,
    labels: z.array(z.string()).nullish(),
  })
  .nullish()

const FLOW = z.object({
  IP: z.object({ source: TEXT, source_xlated: TEXT, destination: TEXT }).nullish(),
  l4: z
    .object({ TCP: PORTS, UDP: PORTS, SCTP: PORTS, ICMPv4: z.unknown().optional(), ICMPv6: z.unknown().optional() })
    .nullish(),
  source: PEER,
  destination: PEER,
  node_name: TEXT,
})
type HubbleFlow = z.infer<typeof FLOW>

/** Lines of `hubble observe -o jsonpb` that are no flows. */
const OTHER_RECORDS = ['node_status', 'lost_events', 'agent_event', 'debug_event']

/**
 * Hubble flows, one JSON object a line: under `flow`, or bare in releases before 0.11. A flow with `source_xlated` shows both
 * sides of a translation; every flow names the pods at its addresses.
 */
export const hubbleFlow: StructuredFormat = {
  matches: (value) =>
    isRecord(value) &&
    (isRecord(value.flow) ||
      (isRecord(value.IP) && 'verdict' in value) ||
      OTHER_RECORDS.some((key) => isRecord(value[key]) && !('apiVersion' in value))),
  read({ value, section, item, line, entry }, store) {
    const outer = isRecord(value) ? value : {}
    const flow = isRecord(outer.flow) ? outer.flow : 'IP' in outer ? outer : undefined
    if (flow === undefined) return { kind: 'hubble-flows', taken: [[1, 'other record']], stream: true }
    const parsed = FLOW.safeParse(flow)
    if (!parsed.success) {
      const message = `${section.file}: line ${line}: a Hubble flow with fields of other types than Hubble writes; left out`
      store.warnings.push({ code: 'metadata-bad-item', file: section.file, line, message })
      return { kind: 'hubble-flows', taken: [[1, 'unreadable flow']], stream: true }
    }
    const source = item.line === null ? { file: section.file } : { file: section.file, line: item.line }
    const translation = translationOf(parsed.data, source)
    store.dumps.push({
      ...dumpOf(entry, section.hint, []),
      content: { kind: 'translations', entries: translation === undefined ? [] : [translation] },
      addresses: [
        ...peerAddress(parsed.data.IP?.source, parsed.data.source, source),
        ...peerAddress(parsed.data.IP?.destination, parsed.data.destination, source),
      ],
    })
    return {
      kind: 'hubble-flows',
      taken: [
        [1, 'flow'],
        [translation === undefined ? 0 : 1, 'translation'],
      ],
      stream: true,
    }
  },
}

/** Ports are not translated in the record. cilium/cilium pkg/hubble/parser/threefour/parser.go, `source_xlated`. */
function translationOf(flow: HubbleFlow, source: SourceRef): TranslationFact | undefined {
  const originalSource = parseIp(flow.IP?.source ?? '')
  const translatedSource = parseIp(flow.IP?.source_xlated ?? '')
  const destination = parseIp(flow.IP?.destination ?? '')
  if (!originalSource || !translatedSource || !destination) return undefined
  const { protocol, ports } = transportOf(flow)
  return {
    kind: 'hubble',
    nodeName: bareNode(flow.node_name),
    protocol,
    originalSource,
    originalSourcePort: ports?.source_port ?? null,
    destination,
    destinationPort: ports?.destination_port ?? null,
    translatedSource,
    translatedSourcePort: null,
    source,
  }
}

function transportOf({ l4 }: HubbleFlow): { protocol: number; ports: z.infer<typeof PORTS> } {
  if (l4?.TCP) return { protocol: IpProtocol.Tcp, ports: l4.TCP }
  if (l4?.UDP) return { protocol: IpProtocol.Udp, ports: l4.UDP }
  if (l4?.SCTP) return { protocol: IpProtocol.Sctp, ports: l4.SCTP }
  if (l4?.ICMPv4) return { protocol: IpProtocol.Icmp, ports: null }
  return { protocol: l4?.ICMPv6 ? IpProtocol.Icmpv6 : 0, ports: null }
}

/** `cluster/node`, or the node alone where the cluster is called `default`. */
function bareNode(name: string | null | undefined): string | null {
  return name ? name.slice(name.indexOf('/') + 1) : null
}

function peerAddress(text: string | null | undefined, peer: z.infer<typeof PEER>, source: SourceRef): AddressFact[] {
  const ip = parseIp(text ?? '')
  const labels = peer?.labels ?? []
  const pod = peer?.pod_name ? `${peer.namespace ?? 'default'}/${peer.pod_name}` : null
  const isHost = labels.some((label) => /^reserved:(?:host|remote-node)$/.test(label))
  if (ip === undefined || (pod === null && !isHost)) return []
  return [
    {
      ip,
      kind: pod === null ? 'host' : 'pod',
      name: pod,
      node: null,
      nodeIp: null,
      local: false,
      origin: 'flow',
      basis: pod === null ? 'Hubble flow, reserved identity of a host' : 'Hubble flow',
      source,
      remoteCluster: false,
    },
  ]
}

import * as z from 'zod'
import { parseIp } from '../../core/ip.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { readFields } from '../fields.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isListOf, isRecord, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'

const HOST_ADDRESS = z.object({ ip: z.string().nullish() }).nullish()
const ENDPOINTS = z.array(
  z.object({
    id: z.number(),
    status: z
      .object({
        networking: z
          .object({
            addressing: z.array(z.object({ ipv4: z.string().nullish(), ipv6: z.string().nullish() })).nullish(),
            'host-addressing': z.object({ ipv4: HOST_ADDRESS, ipv6: HOST_ADDRESS }).nullish(),
          })
          .nullish(),
        'external-identifiers': z
          .object({
            'k8s-namespace': z.string().nullish(),
            'k8s-pod-name': z.string().nullish(),
            'pod-name': z.string().nullish(),
          })
          .nullish(),
        identity: z.object({ id: z.number().nullish() }).nullish(),
      })
      .nullish(),
  }),
)
type Endpoint = z.infer<typeof ENDPOINTS>[number]

/** `cilium-dbg endpoint list -o json`: the node's own endpoints; `host-addressing` is its cilium_host address. */
export const agentEndpointJson: StructuredFormat = {
  matches: (value) =>
    isListOf(value, ({ id, status }) => typeof id === 'number' && isRecord(status) && 'networking' in status),
  read({ section, item, entry }, store) {
    const endpoints = readFields(ENDPOINTS, item)
    const facts = endpoints.flatMap((endpoint, i) => {
      const line = item.lineOf([i])
      const source = line === null ? { file: section.file } : { file: section.file, line }
      return endpointIps(endpoint).map((ip) => endpointFact(ip, endpoint, source))
    })
    const hosts = new Set(endpoints.flatMap(hostIps))
    const clues = [...hosts].map((ip): NodeClue => ({ kind: 'address', ip }))
    return addFacts(facts, clues, section, store, entry)
  },
}

function endpointIps({ status }: Endpoint): string[] {
  return (status?.networking?.addressing ?? []).flatMap(({ ipv4, ipv6 }) =>
    [ipv4, ipv6].map((text) => parseIp(text ?? '')).filter((ip) => ip !== undefined),
  )
}

function hostIps({ status }: Endpoint): string[] {
  const host = status?.networking?.['host-addressing']
  return [host?.ipv4?.ip, host?.ipv6?.ip].map((text) => parseIp(text ?? '')).filter((ip) => ip !== undefined)
}

const HEALTH_IDENTITY = 4
const INGRESS_IDENTITY = 8

function endpointFact(ip: string, { status }: Endpoint, source: AddressFact['source']): AddressFact {
  const names = status?.['external-identifiers']
  const pod = names?.['k8s-pod-name'] ? `${names['k8s-namespace'] ?? 'default'}/${names['k8s-pod-name']}` : null
  const identity = status?.identity?.id
  const kind = identity === HEALTH_IDENTITY ? 'health' : identity === INGRESS_IDENTITY ? 'ingress' : 'pod'
  return localFact(ip, kind, kind === 'pod' ? (pod ?? names?.['pod-name'] ?? null) : null, source)
}

function localFact(
  ip: string,
  kind: AddressFact['kind'],
  name: string | null,
  source: AddressFact['source'],
): AddressFact {
  const place = { node: null, nodeIp: null, local: true, remoteCluster: false }
  return { ip, kind, name, ...place, origin: 'agent', basis: 'agent endpoint list', source }
}

/** `cilium-dbg endpoint list`: label cells span lines; the first line of each endpoint begins with its number and has the addresses. */
export const agentEndpointText: TextFormat = {
  matches: ({ text }) => /^ENDPOINT\s+POLICY \(ingress\)/m.test(text),
  read(section, store, entry) {
    const facts = numberedLines(section).flatMap(({ text, line }): AddressFact[] => {
      if (!/^\d+\s/.test(text)) return []
      const kind = /\breserved:health\b/.test(text) ? 'health' : /\breserved:ingress\b/.test(text) ? 'ingress' : 'pod'
      const ips = text.split(/\s+/).map((word) => (/[.:]/.test(word) ? parseIp(word) : undefined))
      return ips.filter((ip) => ip !== undefined).map((ip) => localFact(ip, kind, null, lineSource(section, line)))
    })
    return addFacts(facts, [], section, store, entry)
  },
}

function addFacts(
  addresses: readonly AddressFact[],
  clues: readonly NodeClue[],
  section: Section,
  store: FactStore,
  entry: InputEntry,
): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, clues), addresses })
  return { kind: 'agent-endpoint-list', taken: [[addresses.length, 'address']] }
}

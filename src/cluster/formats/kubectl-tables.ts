import { parseIp } from '../../core/ip.ts'
import type { NodeFact, PodFact } from '../facts.ts'
import { lineSource, type Section } from '../section.ts'
import type { NodeAddressType, Service } from '../snapshot.ts'
import { endpointPod } from './cilium-endpoint.ts'
import type { TextFormat } from './format.ts'
import { readTable, type TableRow } from './table.ts'

const hasLine = (section: Section, test: (text: string) => boolean): boolean => section.text.split('\n').some(test)

const isNodeHeader = (text: string): boolean => /^NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION/.test(text)

/** `kubectl get nodes -o wide`: one address of each type, no pod CIDR. Without `-o wide` it has no address at all. */
export const nodeTable: TextFormat = {
  matches: (section) => hasLine(section, isNodeHeader),
  read(section, store) {
    if (!/\sINTERNAL-IP\b/.test(section.text)) {
      return {
        kind: 'node-table',
        note: 'recognised, not used: no addresses in it; give "kubectl get nodes -o wide" or, better, "-o json"',
      }
    }
    const nodes = readTable(section, isNodeHeader).map((row) =>
      nodeFact(row, section, [
        ['InternalIP', row.cell('INTERNAL-IP')],
        ['ExternalIP', row.cell('EXTERNAL-IP')],
      ]),
    )
    store.nodes.push(...nodes)
    store.nodesListed = true
    return { kind: 'node-table', taken: [[nodes.length, 'node']] }
  },
}

function nodeFact(row: TableRow, section: Section, cells: readonly (readonly [NodeAddressType, string])[]): NodeFact {
  const source = lineSource(section, row.line)
  const addresses = cells.flatMap(([type, text]) =>
    text
      .split(',')
      .map((part) => parseIp(part.trim()))
      .filter((ip) => ip !== undefined)
      .map((ip) => ({ ip, type, source })),
  )
  return {
    name: row.cell('NAME'),
    origin: 'table',
    addresses,
    podCidrs: [],
    pools: new Map(),
    health: [],
    ingress: [],
    labels: {},
    remoteCluster: false,
    source,
  }
}

const isCiliumNodeHeader = (text: string): boolean => /^NAME\s+CILIUMINTERNALIP\s+INTERNALIP\s+AGE/.test(text)

/** `kubectl get ciliumnodes`. */
export const ciliumNodeTable: TextFormat = {
  matches: (section) => hasLine(section, isCiliumNodeHeader),
  read(section, store) {
    const nodes = readTable(section, isCiliumNodeHeader).map((row) =>
      nodeFact(row, section, [
        ['InternalIP', row.cell('INTERNALIP')],
        ['CiliumInternalIP', row.cell('CILIUMINTERNALIP')],
      ]),
    )
    store.nodes.push(...nodes)
    store.nodesListed = true
    return { kind: 'cilium-node-table', taken: [[nodes.length, 'node']] }
  },
}

const isPodHeader = (text: string): boolean => /^(?:NAMESPACE\s+)?NAME\s+READY\s+STATUS\s+RESTARTS/.test(text)

/** Words of the STATUS column for a pod that is done; all others may still send. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['Completed', 'Succeeded'],
  ['Succeeded', 'Succeeded'],
  ['Error', 'Failed'],
  ['Failed', 'Failed'],
  ['Evicted', 'Failed'],
])

/** `kubectl get pods -o wide`, with `-A` or of one namespace: one address a pod, host networking told by the address. */
export const podTable: TextFormat = {
  matches: (section) => hasLine(section, isPodHeader),
  read(section, store) {
    if (!hasLine(section, (text) => isPodHeader(text) && /\sIP\s/.test(text))) {
      return {
        kind: 'pod-table',
        note: 'recognised, not used: no addresses in it; give "kubectl get pods -A -o wide" or, better, "-o json"',
      }
    }
    const pods = readTable(section, isPodHeader).map((row) => podFact(row, section))
    store.pods.push(...pods)
    store.podsListed = true
    return { kind: 'pod-table', taken: [[pods.length, 'pod']] }
  },
}

function podFact(row: TableRow, section: Section): PodFact {
  const status = row.cell('STATUS')
  const ip = parseIp(row.cell('IP'))
  const node = row.cell('NODE')
  return {
    namespace: row.cell('NAMESPACE') || namespaceOf(section.command) || 'default',
    name: row.cell('NAME'),
    node: node === '' || node === '<none>' ? null : node,
    nodeIp: null,
    ips: ip === undefined ? [] : [ip],
    hostNetwork: null,
    phase: DONE.get(status) ?? (status === 'Pending' ? 'Pending' : 'Running'),
    terminating: status === 'Terminating',
    labels: {},
    ports: [],
    origin: 'table',
    source: lineSource(section, row.line),
  }
}

/** `-n kube-system` of the command the table was pasted under. */
function namespaceOf(command: string | null): string | undefined {
  return /\s(?:-n|--namespace)[ =](\S+)/.exec(command ?? '')?.[1]
}

const isEndpointHeader = (text: string): boolean => /^(?:NAMESPACE\s+)?NAME\s+.*ENDPOINT STATE\s+IPV4/.test(text)

/** `kubectl get ciliumendpoints -A`; its columns vary between releases. */
export const ciliumEndpointTable: TextFormat = {
  matches: (section) => hasLine(section, isEndpointHeader),
  read(section, store) {
    const rows = readTable(section, isEndpointHeader)
    for (const row of rows) {
      const ips = [row.cell('IPV4'), row.cell('IPV6')].map((text) => parseIp(text)).filter((ip) => ip !== undefined)
      const namespace = row.cell('NAMESPACE') || namespaceOf(section.command) || 'default'
      store.pods.push({ ...endpointPod(namespace, row.cell('NAME'), ips, null), source: lineSource(section, row.line) })
    }
    return { kind: 'cilium-endpoint-table', taken: [[rows.length, 'endpoint']] }
  },
}

const isServiceHeader = (text: string): boolean => /^(?:NAMESPACE\s+)?NAME\s+TYPE\s+CLUSTER-IP\s+EXTERNAL-IP/.test(text)

/** `kubectl get services -A`: the external column shows load balancer addresses and external IPs alike. */
export const serviceTable: TextFormat = {
  matches: (section) => hasLine(section, isServiceHeader),
  read(section, store) {
    const rows = readTable(section, isServiceHeader)
    for (const row of rows) {
      const type = row.cell('TYPE')
      const clusterIp = parseIp(row.cell('CLUSTER-IP'))
      const external = row
        .cell('EXTERNAL-IP')
        .split(',')
        .map((text) => parseIp(text.trim()))
        .filter((ip) => ip !== undefined)
      store.services.push({
        namespace: row.cell('NAMESPACE') || namespaceOf(section.command) || 'default',
        name: row.cell('NAME'),
        type,
        clusterIps: clusterIp === undefined ? [] : [clusterIp],
        externalIps: type === 'LoadBalancer' ? [] : external,
        loadBalancerIps: type === 'LoadBalancer' ? external : [],
        externalTrafficPolicy: 'Cluster',
        ports: row.cell('PORT(S)').split(',').flatMap(portOfCell),
        backends: [],
        source: lineSource(section, row.line),
      })
    }
    return { kind: 'service-table', taken: [[rows.length, 'service']] }
  },
}

/** `80:30080/TCP`, `443/TCP`. */
function portOfCell(text: string): Service['ports'] {
  const match = /^(\d+)(?::(\d+))?\/(\w+)$/.exec(text.trim())
  if (match === null) return []
  const [, port, nodePort, protocol = 'TCP'] = match
  return [
    { port: Number(port), nodePort: nodePort === undefined ? null : Number(nodePort), protocol, targetPort: null },
  ]
}

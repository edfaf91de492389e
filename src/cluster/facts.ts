import type { Cidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { IdentityKind } from './address-book.ts'
import type { SettingOrigin } from './settings.ts'
import type {
  AgentStatus,
  EgressGatewayPolicy,
  InstalledState,
  IpsetDump,
  IptablesDump,
  LabelSelector,
  NodeAddressType,
  NodeDevice,
  NodeRoute,
  Pod,
  PodPool,
  RecordedConnection,
  RecordedTranslation,
  Service,
} from './snapshot.ts'
import { WarningLog } from './warning-log.ts'

/** Who states a fact about an address, strongest first: `cluster-metadata-formats.md` §13. */
const ADDRESS_ORIGINS = [
  'option',
  'cilium-node',
  'agent',
  'ip-addr',
  'annotation',
  'node',
  'pod',
  'table',
  'endpoint',
  'flow',
] as const
export type AddressOrigin = (typeof ADDRESS_ORIGINS)[number]

/** Position in {@link ADDRESS_ORIGINS}; smaller is stronger. */
export function originRank(origin: AddressOrigin): number {
  return ADDRESS_ORIGINS.indexOf(origin)
}

/** What one input says of one node. Facts about the same name are merged when the snapshot is built. */
export interface NodeFact {
  /** `null` where only an address was given by hand. */
  readonly name: string | null
  readonly origin: AddressOrigin
  readonly addresses: readonly { readonly ip: IpText; readonly type: NodeAddressType; readonly source: SourceRef }[]
  readonly podCidrs: readonly Cidr[]
  readonly pools: ReadonlyMap<string, readonly Cidr[]>
  readonly health: readonly IpText[]
  readonly ingress: readonly IpText[]
  readonly labels: Readonly<Record<string, string>>
  readonly remoteCluster: boolean
  readonly source: SourceRef
}

/** A pod as a table, an endpoint or an option shows it. `hostNetwork` is `null` where the input does not say. */
export interface PodFact extends Omit<Pod, 'hostNetwork'> {
  readonly hostNetwork: boolean | null
  readonly origin: AddressOrigin
  /** Node given by one of its addresses instead of its name (CiliumEndpoint, `ip list`). */
  readonly nodeIp: IpText | null
}

/** An address some dump gives a meaning to, beyond nodes and pods. */
export interface AddressFact {
  readonly ip: IpText
  /** `host` is a node's: cilium_host inside a pod CIDR, one of its other addresses outside. */
  readonly kind: IdentityKind | 'host'
  readonly name: string | null
  readonly node: string | null
  /** Node given by one of its addresses, or by the dump that is attributed later. */
  readonly nodeIp: IpText | null
  /** Whether it belongs to the dump's own node where nothing else names one. */
  readonly local: boolean
  readonly origin: AddressOrigin
  readonly basis: string
  readonly source: SourceRef
  readonly remoteCluster: boolean
}

/** An address range and what lives in it, where no node owns it. */
export interface RangeFact {
  readonly cidr: Cidr
  readonly kind: 'pod' | 'service'
  readonly node: string | null
  readonly basis: string
  readonly source: SourceRef
}

/** One setting as one input states it: a cilium-config key and its text. */
export interface SettingFact {
  readonly key: string
  readonly value: string
  readonly origin: SettingOrigin
  readonly source: SourceRef | null
  /** Order inside one origin, smaller first: a values file before a `--set` line. */
  readonly weight: number
}

/** Adds a node's address that some object mentions in passing, such as a pod's host IP. */
export interface HostIpFact {
  readonly node: string
  readonly source: SourceRef
}

/** A CiliumNodeConfig: settings for the nodes its selector matches. */
export interface NodeConfigFact {
  readonly name: string
  readonly selector: LabelSelector
  readonly settings: readonly SettingFact[]
}

/** Text of the ip-masq-agent file as some input holds it; `null` where the input says that there is no file. */
export interface MasqFileFact {
  readonly text: string | null
  /** `option` wins over `file`, `file` over `helm`. */
  readonly origin: 'option' | 'file' | 'helm'
  /** Key of the ConfigMap; Cilium mounts `config`. */
  readonly key: string | null
  /** Line of the file on which the text begins; `null` where its lines are not lines of the file. */
  readonly firstLine: number | null
  readonly source: SourceRef
}

/** The Cilium version as some input tells it, full text such as `1.17.6`. */
export interface VersionFact {
  readonly version: string
  readonly origin: SettingOrigin
  readonly source: SourceRef | null
}

/** What tells which node a node-local dump belongs to; `cluster-metadata-formats.md` §2. */
export type NodeClue =
  | { readonly kind: 'address'; readonly ip: IpText }
  | { readonly kind: 'pod-cidr'; readonly cidr: Cidr }
  | { readonly kind: 'node'; readonly name: string }

/** Where a dump came from, as far as that names a node. Filled from the path, the bugtool folder and the pasted prompt. */
export interface NodeHint {
  /** `node=path`: settles it. */
  readonly given: string | null
  /** Words of the command line and prompt the output was pasted under, and the pod of a bugtool folder, strongest first. */
  readonly words: readonly string[]
  /** Bugtool folder the file lies in; its `hostname.md` names the node. */
  readonly folder: string | null
  /** The file's path: people name files and folders after nodes. */
  readonly path: string
}

/** What one `backends` object (EndpointSlice, Endpoints) adds to a Service. */
export interface BackendsFact {
  readonly namespace: string
  readonly service: string
  readonly ips: readonly IpText[]
}

/** A translation before its node is known. */
export type TranslationFact = Omit<RecordedTranslation, 'node'> & { readonly nodeName: string | null }

export type ConnectionFact = Omit<RecordedConnection, 'node'>

/** Content of one node-local dump. */
export type DumpContent =
  | { readonly kind: 'iptables'; readonly family: 4 | 6; readonly dump: IptablesDump }
  | { readonly kind: 'ipset'; readonly sets: readonly IpsetDump[] }
  | { readonly kind: 'devices'; readonly devices: readonly NodeDevice[] }
  | { readonly kind: 'routes'; readonly routes: readonly NodeRoute[] }
  | { readonly kind: 'status'; readonly status: AgentStatus; readonly exclusion: StatusExclusion }
  | { readonly kind: 'ipmasq'; readonly list: NonNullable<InstalledState['ipMasqCidrs']> }
  | { readonly kind: 'egress'; readonly entries: NonNullable<InstalledState['egressEntries']> }
  | { readonly kind: 'translations'; readonly entries: readonly TranslationFact[] }
  | { readonly kind: 'connections'; readonly entries: readonly ConnectionFact[] }
  | { readonly kind: 'none' }

/** The exclusion CIDRs a status prints, and the pod CIDRs it allocates from: one may stand in for the other. */
export interface StatusExclusion {
  readonly exclusions: readonly Cidr[]
  readonly allocatedFrom: readonly Cidr[]
}

/** A dump that belongs to one node, which {@link attribute} finds out once all inputs are read. */
export interface NodeDump {
  readonly hint: NodeHint
  readonly clues: readonly NodeClue[]
  readonly input: InputEntry
  readonly content: DumpContent
  /** Settings realised on that node. */
  readonly settings: readonly SettingFact[]
  /** Addresses whose node is the dump's own where they name none. */
  readonly addresses: readonly AddressFact[]
}

/** A dump with nothing in it yet, to be spread into a real one. */
export function dumpOf(input: InputEntry, hint: NodeHint, clues: readonly NodeClue[]): NodeDump {
  return { input, hint, clues, content: { kind: 'none' }, settings: [], addresses: [] }
}

/** One line of the snapshot's `inputs`, still being filled. */
export interface InputEntry {
  readonly file: string
  /** Position of the piece among those given. */
  readonly order: number
  kind: string
  node: string | null
  note: string
  /** Numbers taken so far where the input is a stream of documents. */
  taken?: Map<string, number>
}

/** Entries of the tables that share repeated texts and label sets. */
const MAX_INTERNED = 100_000

/** Everything the inputs say, in the order read. Parsers append; `finish-cluster.ts` makes the snapshot. */
export class FactStore {
  readonly nodes: NodeFact[] = []
  /** True once some input listed the cluster's nodes. */
  nodesListed = false
  /** Pods as the API lists them, whole. */
  readonly listedPods: Pod[] = []
  /** How many lists of them there were: within one no pod comes twice. */
  podLists = 0
  readonly pods: PodFact[] = []
  /** Node addresses seen as `hostIP` of pods, for clusters whose nodes no input lists. */
  readonly hostIps: Map<IpText, HostIpFact> = new Map()
  podsListed = false
  readonly services: Service[] = []
  readonly backends: BackendsFact[] = []
  readonly policies: EgressGatewayPolicy[] = []
  readonly podPools: PodPool[] = []
  readonly addresses: AddressFact[] = []
  readonly ranges: RangeFact[] = []
  readonly settings: SettingFact[] = []
  readonly nodeConfigs: NodeConfigFact[] = []
  readonly masqFiles: MasqFileFact[] = []
  readonly versions: VersionFact[] = []
  readonly dumps: NodeDump[] = []
  /** Host names by bugtool folder. */
  readonly folderHosts: Map<string, string> = new Map()
  readonly inputs: InputEntry[] = []
  readonly warnings: WarningLog = new WarningLog()
  /** True once a whole configuration was read, so that keys it lacks have their defaults. */
  wholeConfig = false
  private readonly texts = new Map<string, string>()
  private readonly labelSets = new Map<string, Readonly<Record<string, string>>>()
  private readonly portLists = new Map<string, Pod['ports']>()

  /** One copy of texts that repeat over many pods. */
  intern(text: string): string {
    const known = this.texts.get(text)
    if (known !== undefined) return known
    if (this.texts.size < MAX_INTERNED) this.texts.set(text, text)
    return text
  }

  /** One copy of port lists that repeat over the pods of a workload. */
  internPorts(ports: Pod['ports']): Pod['ports'] {
    let key = ''
    for (const { containerPort, hostPort, protocol } of ports) key += `${containerPort}/${hostPort}/${protocol} `
    const known = this.portLists.get(key)
    if (known !== undefined) return known
    if (this.portLists.size < MAX_INTERNED) this.portLists.set(key, ports)
    return ports
  }

  /** One copy of label sets that repeat over the pods of a workload. */
  internLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const key = labels['pod-template-hash'] ?? labels['app.kubernetes.io/instance'] ?? labels.app ?? ''
    const known = this.labelSets.get(key)
    if (known !== undefined && sameLabels(known, labels)) return known
    if (this.labelSets.size < MAX_INTERNED) this.labelSets.set(key, labels)
    return labels
  }
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  let left = 0
  for (const key in a) {
    if (a[key] !== b[key]) return false
    left++
  }
  for (const _key in b) left--
  return left === 0
}

import { type Cidr, cidrContainsCidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import { CidrTable } from './cidr-table.ts'
import type { FactStore, NodeDump } from './facts.ts'
import { groupBy } from './group-by.ts'
import type { NodeDraft } from './node-draft.ts'

/**
 * Finds the node a dump belongs to: what the user said, then the names around it (bugtool folder, prompt, command line),
 * then its content; `cluster-metadata-formats.md` §2.
 */
export class Attribution {
  private readonly drafts: ReadonlyMap<string, NodeDraft>
  private readonly byIp = new Map<IpText, string>()
  private readonly podNodes: ReadonlyMap<string, string>
  private readonly folderHosts: ReadonlyMap<string, string>
  private readonly byPodCidr = new CidrTable<{ readonly cidr: Cidr; node: string | null }>()
  private readonly byShortName = new Map<string, string>()
  private readonly byPath = new Map<string, string | null>()
  /** The node of a cluster that has just one: its dumps can be nobody else's. */
  private readonly onlyNode: string | null

  constructor(drafts: ReadonlyMap<string, NodeDraft>, store: FactStore) {
    this.drafts = drafts
    for (const draft of drafts.values()) {
      for (const ip of draft.ips) this.byIp.set(ip, draft.name)
      for (const cidr of draft.podCidrs) this.addPodCidr(cidr, draft.name)
    }
    this.podNodes = hostNetworkPods(store)
    this.folderHosts = store.folderHosts
    for (const [short, names] of groupBy(drafts.keys(), (name) => name.split('.')[0] ?? name)) {
      if (short.length > 2 && names.length === 1) this.byShortName.set(short, names[0] ?? short)
    }
    const isListed = store.nodes.some(({ origin }) => origin === 'node' || origin === 'cilium-node')
    const [first] = drafts.keys()
    this.onlyNode = isListed && drafts.size === 1 ? (first ?? null) : null
  }

  /** Node that has the address, `null` where none is known to. */
  ownerOf(ip: IpText | null): string | null {
    return ip === null ? null : (this.byIp.get(ip) ?? null)
  }

  /** Remembers an address found in a dump that was placed. */
  learn(ip: IpText, node: string): void {
    if (!this.byIp.has(ip)) this.byIp.set(ip, node)
  }

  /** Node whose pod CIDR holds the address, `null` where there is none. */
  podOwnerOf(ip: IpText): string | null {
    return this.byPodCidr.find(ip)?.node ?? null
  }

  /** A pod CIDR that two nodes claim tells neither. */
  private addPodCidr(cidr: Cidr, node: string): void {
    const [address = ''] = cidr.text.split('/')
    const known = this.byPodCidr.find(address)
    if (known?.cidr.text !== cidr.text) this.byPodCidr.add(cidr, { cidr, node })
    else if (known.node !== node) known.node = null
  }

  nodeOf(dump: Pick<NodeDump, 'hint' | 'clues'>): string | null {
    const { given, words, folder, path } = dump.hint
    if (given !== null) return given
    const host = folder === null ? undefined : this.folderHosts.get(folder)
    for (const word of host === undefined ? words : [host, ...words]) {
      const name = this.named(word)
      if (name !== null) return name
    }
    for (const clue of dump.clues) {
      const name = this.clued(clue)
      if (name !== null) return name
    }
    return this.namedInPath(path) ?? this.onlyNode
  }

  /** Files and folders are often called after the node: the longest node name that stands in the path as a word. */
  private namedInPath(path: string): string | null {
    const known = this.byPath.get(path)
    if (known !== undefined) return known
    const lastParts = path.split(/[/:]/).slice(-3).join('/')
    const found = [...this.drafts.keys()].filter((name) => containsWord(lastParts, name))
    found.sort((a, b) => b.length - a.length)
    this.byPath.set(path, found[0] ?? null)
    return found[0] ?? null
  }

  private named(word: string): string | null {
    if (this.drafts.has(word)) return word
    const pod = this.podNodes.get(word.replace(/^pods?\//, ''))
    if (pod !== undefined) return pod
    // A prompt shows the short host name, a Node may be named by the full one.
    return this.byShortName.get(word) ?? null
  }

  private clued(clue: NodeDump['clues'][number]): string | null {
    if (clue.kind === 'node') return this.drafts.has(clue.name) ? clue.name : null
    if (clue.kind === 'address') return this.ownerOf(clue.ip)
    const [address = ''] = clue.cidr.text.split('/')
    const owner = this.byPodCidr.find(address)
    return owner !== undefined && cidrContainsCidr(owner.cidr, clue.cidr) ? owner.node : null
  }
}

/** Agent pods by name: `kubectl exec` lines and bugtool folders name the pod, not the node. */
function hostNetworkPods(store: FactStore): Map<string, string> {
  const nodes = new Map<string, string>()
  for (const pods of [store.listedPods, store.pods]) {
    for (const { name, node, namespace, hostNetwork } of pods) {
      if (node === null || !(hostNetwork || name.startsWith('cilium'))) continue
      nodes.set(name, node)
      nodes.set(`${namespace}/${name}`, node)
    }
  }
  return nodes
}

function containsWord(text: string, word: string): boolean {
  // Found everywhere, and at the end of the text again and again.
  if (word === '') return false
  const isPart = (char: string | undefined): boolean => char !== undefined && /[a-z0-9]/i.test(char)
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return true
  }
  return false
}

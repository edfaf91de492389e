import type { Setting, Settings } from '../../cluster/settings.ts'
import type { ClusterNode, ClusterSnapshot } from '../../cluster/snapshot.ts'
import { type Cidr, cidrContains, cidrContainsCidr, makeCidr } from '../../core/cidr.ts'
import { type IpFamily, ipFamily } from '../../core/ip.ts'
import { type Hit, type LintCheck, listing } from './check.ts'
import { FAMILIES, masquerades, ownNodes } from './in-force.ts'

const settingOf = (settings: Settings, family: IpFamily): Setting<Cidr | null> =>
  family === 4 ? settings.ipv4NativeRoutingCidr : settings.ipv6NativeRoutingCidr

const keyOf = (family: IpFamily): string => `ipv${family}-native-routing-cidr`

const CLOUD: ReadonlySet<string> = new Set(['eni', 'azure', 'alibabacloud'])
// IPAM modes with which the agent starts without the setting.
const DETECTING: ReadonlySet<string> = new Set(['eni', 'alibabacloud'])

/** Families of which a configured native-routing CIDR is in force. */
function withCidr(cluster: ClusterSnapshot): { family: IpFamily; cidr: Cidr; setting: Setting<Cidr | null> }[] {
  const { settings } = cluster
  return FAMILIES.flatMap((family) => {
    const setting = settingOf(settings, family)
    const stated = setting.origin !== 'status' && setting.origin !== 'detected'
    return masquerades(settings, family) && setting.value !== null && stated
      ? [{ family, cidr: setting.value, setting }]
      : []
  })
}

/** The native-routing CIDR against pods and nodes. */
export const NATIVE_ROUTING_CIDR: readonly LintCheck[] = [
  {
    code: 'native-cidr-missing',
    severity: 'error',
    title: 'native routing without a native-routing CIDR',
    consequence:
      'The agent refuses to start, as does the Helm chart; with only the pod CIDR of the own node exempt, pods of other nodes would be masqueraded to.',
    remedy: 'Set it to the range of all pods.',
    find(cluster) {
      const { settings } = cluster
      return FAMILIES.flatMap((family): Hit[] => {
        const setting = settingOf(settings, family)
        if (!masquerades(settings, family) || setting.value !== null || settings.routingMode.value !== 'native')
          return []
        if (settings.enableIpMasqAgent.value || (family === 4 && DETECTING.has(settings.ipam.value))) return []
        // Of hand-given facts alone nothing says that the rest of the configuration lacks it.
        if (settings.routingMode.origin === 'option' || settings.routingMode.origin === 'status') return []
        const found = `routing-mode is native and ${keyOf(family)} is not set`
        return [{ found, subject: keyOf(family), sources: [settings.routingMode.source] }]
      })
    },
  },
  {
    code: 'native-cidr-lacks-pods',
    severity: 'warning',
    title: 'the native-routing CIDR does not hold all pod CIDRs',
    consequence: 'In native routing, traffic to the pods outside it is masqueraded.',
    remedy: 'Widen it to hold every pod CIDR.',
    find(cluster) {
      const { settings, ipMasqAgent } = cluster
      if (settings.routingMode.value !== 'native' || CLOUD.has(settings.ipam.value)) return []
      return withCidr(cluster).flatMap(({ family, cidr, setting }): Hit[] => {
        const exempt = (block: Cidr): boolean =>
          cidrContainsCidr(cidr, block) ||
          (settings.enableIpMasqAgent.value &&
            ipMasqAgent.effective.some((entry) => cidrContainsCidr(entry.cidr, block)))
        const outside = ownNodes(cluster).flatMap((node) =>
          node.podCidrs.filter((block) => block.family === family && !exempt(block)).map((block) => ({ node, block })),
        )
        if (outside.length === 0) return []
        const where = listing(outside.map(({ node, block }) => `${block.text} of ${node.name}`))
        const found = `${keyOf(family)} ${cidr.text} does not hold pod CIDR ${where}`
        return [{ found, subject: keyOf(family), sources: [setting.source, outside[0]?.node.source] }]
      })
    },
  },
  {
    code: 'native-cidr-holds-nodes',
    severity: 'warning',
    title: 'the native-routing CIDR holds node addresses',
    consequence:
      'Everything in that range sees pod addresses, machines that are no nodes included; the setting counts in tunnel routing too.',
    remedy: 'Narrow it to the pods, unless the network really routes pod addresses there.',
    find(cluster) {
      return withCidr(cluster).flatMap(({ family, cidr, setting }): Hit[] => {
        const held = ownNodes(cluster).flatMap((node) => addressesIn(node, cidr, family))
        if (held.length === 0) return []
        const native = cluster.settings.routingMode.value !== 'tunnel'
        const found = `${keyOf(family)} ${cidr.text} holds node address ${listing(held.map(({ ip }) => ip))}`
        const sources = [setting.source, held[0]?.source]
        // In native routing nodes are exempt anyway, and a flat network routes pod addresses.
        return [{ found, subject: keyOf(family), sources, ...(native ? { severity: 'info' as const } : {}) }]
      })
    },
  },
  {
    code: 'node-in-pod-cidr',
    severity: 'warning',
    title: 'a node address lies inside a pod CIDR',
    consequence: 'A source in that range may be a pod or a node, and rules for the pod CIDR meet the node too.',
    remedy: 'Give pods and nodes separate ranges.',
    find(cluster) {
      if (CLOUD.has(cluster.settings.ipam.value)) return []
      const blocks = new Map(
        ownNodes(cluster).flatMap((node) => node.podCidrs.map((block) => [block.text, node] as const)),
      )
      return nodesInBlocks(cluster, blocks)
    },
  },
]

function addressesIn(node: ClusterNode, cidr: Cidr, family: IpFamily) {
  return node.addresses.filter(
    ({ ip, type }) => type !== 'CiliumInternalIP' && ipFamily(ip) === family && cidrContains(cidr, ip),
  )
}

/** Ten thousand nodes have as many blocks, all of one or two sizes: an address is looked up once for each size. */
function nodesInBlocks(cluster: ClusterSnapshot, blocks: ReadonlyMap<string, ClusterNode>): Hit[] {
  const prefixes = new Set([...blocks.keys()].map((text) => Number(text.split('/')[1])))
  return ownNodes(cluster).flatMap((node) =>
    node.addresses.flatMap((address): Hit[] => {
      if (address.type === 'CiliumInternalIP') return []
      for (const prefix of prefixes) {
        if (ipFamily(address.ip) === 4 && prefix > 32) continue
        const block = makeCidr(address.ip, prefix).text
        const holder = blocks.get(block)
        if (holder === undefined) continue
        const found = `${address.type} ${address.ip} of ${node.name} lies in pod CIDR ${block} of ${holder.name}`
        return [{ found, subject: node.name, sources: [address.source, holder.source] }]
      }
      return []
    }),
  )
}

import { run } from './namespaces.ts'
import { type LabNode, NATIVE_ROUTING_CIDR } from './topology.ts'

/** What the rules hold besides the node's own facts; each field is a way to get them wrong on purpose. */
export interface IptablesOptions {
  /** Members of `cilium_node_set_v4`. */
  readonly nodeSet: readonly string[]
  readonly exclusionCidr?: string
  /** `egress-masquerade-interfaces`. */
  readonly interfaces?: readonly string[]
  /** Left out to install no masquerade rule at all. */
  readonly masquerade?: boolean
  /** Address for `SNAT --to-source` in place of MASQUERADE. */
  readonly toSource?: string
  /** Tunnel routing has no rule for the node set, and one for what the host sends into the overlay. */
  readonly tunnel?: boolean
}

/** The nat rules Cilium writes in iptables mode with native routing and endpoint routes (the seed's four). */
export function ciliumPostNatRules(node: LabNode, options: IptablesOptions): string[] {
  const exclusion = options.exclusionCidr ?? NATIVE_ROUTING_CIDR
  const target = options.toSource === undefined ? 'MASQUERADE' : `SNAT --to-source ${options.toSource}`
  const nodes =
    '-m set --match-set cilium_node_set_v4 dst -m comment --comment "exclude traffic to cluster nodes from masquerade" -j ACCEPT'
  const outside = `-m comment --comment "cilium masquerade non-cluster" -j ${target}`
  const masquerade = options.interfaces
    ? options.interfaces.map((device) => `! -d ${exclusion} -o ${device} ${outside}`)
    : [`-s ${node.podCidr} ! -d ${exclusion} ! -o cilium_+ ${outside}`]
  const nodeRules = options.interfaces
    ? options.interfaces.map((device) => `-o ${device} ${nodes}`)
    : [`-s ${node.podCidr} ${nodes}`]
  return [
    ...(options.tunnel ? [] : nodeRules),
    ...(options.masquerade === false ? [] : masquerade),
    '-m mark --mark 0xa00/0xe00 -m comment --comment "exclude proxy return traffic from masquerade" -j ACCEPT',
    ...(options.tunnel
      ? [
          `! -s ${node.podCidr} ! -d ${node.podCidr} -o cilium_host -m comment --comment "cilium host->cluster masquerade" -j SNAT --to-source ${node.ciliumHost}`,
        ]
      : []),
    `-s 127.0.0.1/32 -o lxc+ -m comment --comment "cilium host->cluster from 127.0.0.1 masquerade" -j SNAT --to-source ${node.ciliumHost}`,
  ]
}

/** Installs them with the kernel's own iptables and ipset. */
export function installIptables(node: LabNode, options: IptablesOptions): void {
  const set = [
    'create cilium_node_set_v4 hash:ip family inet -exist',
    ...options.nodeSet.map((ip) => `add cilium_node_set_v4 ${ip} -exist`),
  ]
  node.namespace.exec('ipset', ['restore'], `${set.join('\n')}\n`)
  const rules = ciliumPostNatRules(node, options).map((rule) => `-A CILIUM_POST_nat ${rule}`)
  const dump = [
    '*nat',
    ':CILIUM_POST_nat - [0:0]',
    '-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
    ...rules,
    'COMMIT',
  ]
  node.namespace.exec('iptables-restore', ['--noflush'], `${dump.join('\n')}\n`)
}

/**
 * Stand-in for BPF masquerading: on the wire the program's effect is that of an SNAT on the native device to the device's
 * address, for what local pods send outside the exclusion CIDR and not to nodes.
 */
export function installBpfStandIn(
  node: LabNode,
  options: {
    nodes: readonly string[]
    exclusionCidrs?: readonly string[]
    toSource?: string
    devices?: readonly string[]
  },
): void {
  const exclusions = [...(options.exclusionCidrs ?? [NATIVE_ROUTING_CIDR]), ...options.nodes]
  const devices = (options.devices ?? ['eth0']).map((device) => `"${device}"`).join(', ')
  node.namespace.exec(
    'nft',
    ['-f', '-'],
    `table ip bpf_stand_in {
      set exclusions { type ipv4_addr; flags interval; auto-merge; elements = { ${exclusions.join(', ')} } }
      chain to_netdev {
        type nat hook postrouting priority srcnat;
        oifname { ${devices} } ip saddr ${node.podCidr} ip saddr != ${node.ciliumHost} ip daddr != @exclusions snat to ${options.toSource ?? node.ip}
      }
    }`,
  )
}

/** `iptables-save` and `ipset list` of the node, as `--cluster` reads them. */
export function dumpInstalled(node: LabNode): { iptablesSave: string; ipsetList: string } {
  return { iptablesSave: node.namespace.exec('iptables-save', []), ipsetList: node.namespace.exec('ipset', ['list']) }
}

/** Whether the tools of the BPF stand-in are there. */
export function hasNft(): boolean {
  try {
    run('nft', ['--version'])
    return true
  } catch {
    return false
  }
}

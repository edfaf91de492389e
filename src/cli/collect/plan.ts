/** One thing to fetch: the arguments for kubectl and the file its output goes to. */
export interface CollectStep {
  /** Relative to the output folder; its folder names the node of a node-local dump. */
  readonly file: string
  readonly args: readonly string[]
  /** What the reader gains from it; shown when it fails. */
  readonly what: string
  /** Left out quietly where the cluster has no such resource: it says only that the feature is not in use. */
  readonly optional: boolean
}

const json = ['-o', 'json'] as const

/**
 * What `--cluster` reads of a whole cluster. No Secret is ever asked for, and of the pods only what tells whose an address is
 * gets kept (see `sanitize.ts`).
 *
 * @param namespace - Where Cilium runs.
 */
export function clusterSteps(namespace: string): CollectStep[] {
  const list = (resource: string, what: string, optional = false): CollectStep => ({
    file: `${resource.split('.')[0]}.json`,
    args: ['get', resource, ...(NAMESPACED.has(resource) ? ['--all-namespaces'] : []), ...json],
    what,
    optional,
  })
  const configMap = (name: string, what: string): CollectStep => ({
    file: `${name}.yaml`,
    args: ['get', 'configmap', name, '--namespace', namespace, '-o', 'yaml'],
    what,
    optional: name !== 'cilium-config',
  })
  return [
    list('nodes', 'node addresses and pod CIDRs'),
    list('pods', 'pod addresses and names'),
    configMap('cilium-config', 'the settings'),
    list('ciliumnodes.cilium.io', 'cilium_host addresses and pod CIDRs'),
    configMap('ip-masq-agent', 'the ranges exempt from masquerading'),
    list('services', 'service addresses'),
    list('endpointslices.discovery.k8s.io', 'service backends'),
    list('ciliumnodeconfigs.cilium.io', 'settings of single nodes', true),
    list('ciliumegressgatewaypolicies.cilium.io', 'egress gateway policies', true),
    list('ciliumpodippools.cilium.io', 'pod IP pools', true),
  ]
}

const NAMESPACED: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'endpointslices.discovery.k8s.io',
  'ciliumnodeconfigs.cilium.io',
])

/** Commands run in each agent pod; the first that the image has answers. */
const AGENT_DUMPS: readonly { readonly file: string; readonly command: string; readonly what: string }[] = [
  {
    file: 'cilium-status.txt',
    command: 'cilium-dbg status --verbose || cilium status --verbose',
    what: 'the realised mode and devices',
  },
  { file: 'iptables-save.txt', command: 'iptables-save -c', what: 'the installed IPv4 rules' },
  { file: 'ip6tables-save.txt', command: 'ip6tables-save -c', what: 'the installed IPv6 rules' },
  { file: 'ipset-list.txt', command: 'ipset list', what: 'the members of the node set' },
  { file: 'ip-addr.json', command: 'ip -j addr', what: 'the addresses of the devices' },
  { file: 'ip-route.txt', command: 'ip route', what: 'the routes' },
  {
    file: 'bpf-ipmasq-list.txt',
    command: 'cilium-dbg bpf ipmasq list || cilium bpf ipmasq list',
    what: 'the ip-masq-agent list in force',
  },
  {
    file: 'bpf-egress-list.txt',
    command: 'cilium-dbg bpf egress list || cilium bpf egress list',
    what: 'the egress gateway entries',
  },
  {
    file: 'bpf-nat-list.txt',
    command: 'cilium-dbg bpf nat list || cilium bpf nat list',
    what: 'translations, which prove which pod is behind a node address',
  },
]

/** An agent pod and its node. */
export interface Agent {
  readonly pod: string
  readonly node: string
}

/** Dumps of one agent. Every one is optional: images and modes differ in what they have. */
export function agentSteps({ pod, node }: Agent, namespace: string): CollectStep[] {
  return AGENT_DUMPS.map(({ file, command, what }) => ({
    file: `agents/${node}/${file}`,
    args: ['exec', '--namespace', namespace, pod, '--container', 'cilium-agent', '--', 'sh', '-c', command],
    what: `${what} of ${node}`,
    optional: false,
  }))
}

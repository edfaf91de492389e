import { describe, expect, test } from 'vitest'
import { assess } from '../../src/audit/assess.ts'
import type { ContradictionCode } from '../../src/audit/verdict.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { type CaptureSpec, capturesOf, type Exchange } from '../support/audit-captures.ts'
import { aService, ciliumConfig, clusterOf, masqAgentConfig } from '../support/audit-cluster.ts'
import {
  BACKEND_PORT,
  ciliumHostIp,
  clusterIp,
  nodeIp,
  nodePort,
  type OutsideHost,
  type Party,
  podIp,
  SERVICE_PORT,
  type World,
} from '../support/audit-world.ts'
import fc from '../support/property.ts'

// MASQCHECK_RUNS=20000 npx vitest run test/audit/properties.test.ts looks longer; MASQCHECK_SEED another way.
const RUNS = Number(process.env.MASQCHECK_RUNS ?? 300)
const SEED = Number(process.env.MASQCHECK_SEED ?? 20_250_801)

const NODES = [1, 2, 3]
const PODS = [0, 1]
const AGENT_DEFAULTS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

const world: fc.Arbitrary<World> = fc
  .record({
    engine: fc.constantFrom('bpf', 'bpf', 'iptables', 'off'),
    routing: fc.constantFrom('native', 'tunnel'),
    agent: fc.constantFrom<readonly string[] | null>(
      null,
      null,
      AGENT_DEFAULTS,
      ['10.244.0.0/16'],
      ['10.244.0.0/16', '10.199.0.0/16'],
    ),
    hostRouting: fc.constantFrom('bpf', 'legacy'),
    endpointRoutes: fc.boolean(),
    kubeProxy: fc.boolean(),
    dsr: fc.boolean(),
    nativeCidr: fc.boolean(),
  })
  .map(
    (drawn): World => ({
      ...drawn,
      engine: drawn.engine as World['engine'],
      routing: drawn.routing as World['routing'],
      hostRouting: drawn.engine === 'bpf' ? (drawn.hostRouting as World['hostRouting']) : 'legacy',
      agent: drawn.engine === 'bpf' ? drawn.agent : null,
      // BPF masquerading needs Cilium to replace kube-proxy.
      kubeProxy: drawn.engine === 'bpf' ? false : drawn.kubeProxy,
      nativeCidr: drawn.routing === 'native' || drawn.nativeCidr,
    }),
  )

const podAt = { node: fc.constantFrom(...NODES), pod: fc.constantFrom(...PODS) }
const outsideHost = fc.constantFrom<OutsideHost>('near', 'far', 'corporate')
const opener: fc.Arbitrary<Party> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pod' as const), ...podAt }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('node' as const), node: podAt.node }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('outside' as const), host: outsideHost }) },
)
const target: fc.Arbitrary<Party> = fc.oneof(
  opener,
  fc.record({ kind: fc.constant('cluster-ip' as const), ...podAt }),
  fc.record({ kind: fc.constant('node-port' as const), at: podAt.node, ...podAt }),
)
const exchange: fc.Arbitrary<Exchange> = fc.record({
  from: opener,
  to: target,
  protocol: fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'),
  at: fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10),
  packets: fc.integer({ min: 1, max: 10 }),
  dns: fc.boolean(),
})
const spec: fc.Arbitrary<CaptureSpec> = fc
  .record({
    kind: fc.constantFrom<CaptureSpec['kind']>(
      'pod',
      'lxc',
      'eth0',
      'eth0',
      'vxlan',
      'outside',
      'any-sll',
      'any-sll2',
      'any-named',
    ),
    ...podAt,
    host: outsideHost,
    known: fc.constantFrom('declared', 'prompt', 'names', 'nothing'),
    verbose: fc.boolean(),
    from: fc.constantFrom(0, 0, 0, 1.025, 2.045),
    ways: fc.constantFrom('both', 'both', 'both', 'in', 'out'),
    skew: fc.constantFrom(0, 0, 0.3, -2),
  })
  // Where nothing tells the place, the capture counts as taken past the SNAT point, and says so: not so here. A pod's prompt
  // tells it only where pods are listed.
  .map((drawn): CaptureSpec => {
    if (drawn.kind === 'pod' && !drawn.verbose) return { ...drawn, known: 'declared' }
    const isTold =
      drawn.verbose || !['nothing', 'names'].includes(drawn.known) || !['pod', 'lxc', 'vxlan'].includes(drawn.kind)
    return { ...drawn, known: isTold ? drawn.known : 'declared' } as CaptureSpec
  })

/** What is known of the cluster: everything, or without some of the lists. */
const knowledge = fc.record({
  pods: fc.boolean(),
  services: fc.boolean(),
  ciliumHosts: fc.boolean(),
  devices: fc.boolean(),
})
type Knowledge = typeof knowledge extends fc.Arbitrary<infer T> ? T : never

function clusterFor(of: World, known: Knowledge): ClusterSnapshot {
  const config = {
    'enable-ipv4-masquerade': String(of.engine !== 'off'),
    'enable-bpf-masquerade': String(of.engine === 'bpf'),
    'kube-proxy-replacement': String(!of.kubeProxy),
    'routing-mode': of.routing,
    'enable-endpoint-routes': String(of.endpointRoutes),
    'bpf-lb-mode': of.dsr ? 'dsr' : 'snat',
    ...(of.nativeCidr ? { 'ipv4-native-routing-cidr': '10.244.0.0/16' } : {}),
    ...(of.agent === null ? {} : { 'enable-ip-masq-agent': 'true' }),
    'auto-direct-node-routes': String(of.routing === 'native'),
  }
  const pods = NODES.flatMap((node) => PODS.map((pod) => ({ node, pod })))
  const files: Record<string, string> = { 'config.json': ciliumConfig(config) }
  if (of.agent !== null) {
    const list =
      of.agent === AGENT_DEFAULTS ? '' : `nonMasqueradeCIDRs:\n${of.agent.map((cidr) => `- ${cidr}\n`).join('')}`
    files['agent.json'] = masqAgentConfig(list)
  }
  if (known.services) {
    for (const { node, pod } of pods) {
      files[`svc-${node}-${pod}.json`] = aService({
        name: `s${node}-${pod}`,
        type: 'NodePort',
        clusterIp: clusterIp(node, pod),
        policy: 'Cluster',
        port: SERVICE_PORT,
        targetPort: BACKEND_PORT,
        nodePort: nodePort(node, pod),
        backends: [podIp(node, pod)],
      })
    }
  }
  if (known.devices) {
    for (const node of NODES) {
      files[`ip-addr-n${node}.txt`] = [
        `root@n${node}:/# ip addr`,
        '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP',
        `    inet ${nodeIp(node)}/16 scope global eth0`,
        '5: cilium_vxlan: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP',
        ...PODS.flatMap((pod) => [`${10 + pod}: lxc${node}${pod}@if9: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP`]),
        '',
      ].join('\n')
    }
  }
  return clusterOf(
    {
      nodes: NODES.map((node) => `n${node}=${nodeIp(node)}`),
      podCidrs: NODES.map((node) => `n${node}=10.244.${node}.0/24`),
      serviceCidrs: ['10.96.0.0/12'],
      ...(known.ciliumHosts ? { ciliumHosts: NODES.map((node) => `n${node}=${ciliumHostIp(node)}`) } : {}),
      ...(known.pods
        ? { pods: pods.map(({ node, pod }) => `default/p${node}-${pod}@n${node}=${podIp(node, pod)}`) }
        : {}),
    },
    files,
    '1.17',
  )
}

describe('a healthy cluster', () => {
  test('is never told that something contradicts its settings', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(
        world,
        fc.array(exchange, { minLength: 1, maxLength: 6 }),
        fc.array(spec, { minLength: 1, maxLength: 3 }),
        knowledge,
        (of, exchanges, specs, known) => {
          const { flows, captures, declared } = capturesOf(of, exchanges, specs)
          const { verdicts } = assess(flows, captures, clusterFor(of, known), { declared })
          const wrong = verdicts.filter(({ verdict }) => verdict === 'contradiction')
          expect(
            wrong.map(({ code, because, flow, point }) => ({
              code,
              because,
              from: flow.source,
              to: flow.destination,
              point,
            })),
          ).toEqual([])
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
  })
})

/** Where a capture of the faulty connection is taken; each of these places can tell. */
const ON: Readonly<Record<'pod' | 'eth0' | 'any-named' | 'outside', CaptureSpec>> = {
  pod: capture('pod'),
  eth0: capture('eth0'),
  'any-named': capture('any-named'),
  outside: capture('outside'),
}

function capture(kind: CaptureSpec['kind']): CaptureSpec {
  return { kind, node: 1, pod: 0, host: 'near', known: 'declared', verbose: true, from: 0, ways: 'both', skew: 0 }
}

const POD: Party = { kind: 'pod', node: 1, pod: 0 }
const NEAR: Party = { kind: 'outside', host: 'near' }
const FAULTS: readonly {
  readonly code: ContradictionCode
  readonly from: Party
  readonly to: Party
  readonly places: readonly (readonly (keyof typeof ON)[])[]
  readonly only?: (of: World) => boolean
}[] = [
  {
    code: 'MASQUERADE_MISSING',
    from: POD,
    to: NEAR,
    places: [['eth0'], ['outside'], ['any-named'], ['pod', 'outside']],
  },
  {
    code: 'MASQUERADE_WRONG_ADDRESS',
    from: POD,
    to: NEAR,
    places: [['any-named'], ['pod', 'outside'], ['pod', 'eth0']],
  },
  { code: 'CILIUM_HOST_LEAKED', from: POD, to: NEAR, places: [['eth0'], ['outside'], ['any-named']] },
  { code: 'REVERSE_NAT_MISSING', from: POD, to: NEAR, places: [['eth0'], ['any-named'], ['pod', 'eth0']] },
  {
    code: 'MASQUERADE_UNEXPECTED',
    from: POD,
    to: { kind: 'node', node: 2 },
    places: [['eth0'], ['any-named'], ['pod', 'eth0']],
    only: ({ routing }) => routing === 'native',
  },
  {
    code: 'MASQUERADE_UNEXPECTED',
    from: POD,
    to: { kind: 'pod', node: 2, pod: 0 },
    places: [['any-named'], ['pod', 'eth0']],
    only: ({ routing }) => routing === 'native',
  },
  {
    code: 'NODE_SNAT_UNEXPECTED',
    from: NEAR,
    to: POD,
    places: [
      ['pod', 'outside'],
      ['pod', 'eth0'],
    ],
    only: ({ routing }) => routing === 'native',
  },
]

describe('one fault among healthy connections', () => {
  test.each(FAULTS)(
    '$code from $from.kind to $to.kind is found, and nothing else is',
    { timeout: 120_000 },
    (fault) => {
      fc.assert(
        fc.property(
          // Whatever the agent's list, the outside host is not on it.
          world.filter((of) => of.engine !== 'off' && (fault.only?.(of) ?? true)).map((of) => ({ ...of, agent: null })),
          fc.constantFrom(...fault.places),
          fc.array(exchange, { maxLength: 4 }),
          (of, places, others) => {
            const faulty: Exchange = { from: fault.from, to: fault.to, protocol: 'tcp', at: 1, packets: 10, dns: false }
            const specs = places.map((place) => ON[place])
            const { flows, captures, declared } = capturesOf(of, [faulty, ...others], specs, {
              of: fault.code,
              exchange: 0,
            })
            const cluster = clusterFor(of, { pods: true, services: true, ciliumHosts: true, devices: true })
            const { verdicts } = assess(flows, captures, cluster, { declared })
            const found = verdicts.flatMap(({ code, flow }) => (code === null ? [] : [`${code} ${clientPort(flow)}`]))
            // The faulty exchange is the first, and its client's port tells it.
            expect([...new Set(found)]).toEqual([`${fault.code} 40000`])
          },
        ),
        { numRuns: Math.ceil(RUNS / 3), seed: SEED },
      )
    },
  )
})

function clientPort({ source, destination }: Flow): number {
  return source.port === FAULTY_PORT || destination.port === FAULTY_PORT ? FAULTY_PORT : (source.port ?? 0)
}

const FAULTY_PORT = 40_000

// Incidents whose answer hangs on the mode in force, the pool, or what is really installed: same packets, other answers.
import { describe, expect, test } from 'vitest'
import { lint } from '../../../src/audit/lint/lint.ts'
import { ciliumConfig, clusterOf } from '../../support/audit-cluster.ts'
import { codes, IN_POD, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aCiliumNode, aNode, aPod, list } from '../../support/audit-objects.ts'

const MISSING = 'contradiction MASQUERADE_MISSING'
const UNEXPECTED = 'contradiction MASQUERADE_UNEXPECTED'
const WRONG = 'contradiction MASQUERADE_WRONG_ADDRESS'

const NATIVE = {
  'enable-ipv4-masquerade': 'true',
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.0.0.0/8',
  'kube-proxy-replacement': 'true',
}
const BPF = { ...NATIVE, 'enable-bpf-masquerade': 'true' }
const IPTABLES = { ...NATIVE, 'enable-bpf-masquerade': 'false' }

/** One node whose pool `default` holds the pod `first`, and another pool the pod `second`. */
const pools = (otherPool: object, ...more: readonly object[]): string =>
  list(
    aNode('n1', ['172.18.0.2'], ['10.205.204.0/27']),
    aCiliumNode(
      'n1',
      { '172.18.0.2': 'InternalIP' },
      {
        ipam: {
          pools: {
            allocated: [
              { pool: 'default', cidrs: ['10.205.204.0/27'] },
              { pool: 'other', cidrs: ['10.206.0.0/27'] },
            ],
          },
        },
      },
    ),
    aPod('first', 'n1', '10.205.204.5'),
    aPod('second', 'n1', '10.206.0.5'),
    otherPool,
    ...more,
  )

const aPool = (annotations: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'cilium.io/v2alpha1',
  kind: 'CiliumPodIPPool',
  metadata: { name: 'other', annotations },
  spec: { ipv4: { cidrs: ['10.206.0.0/16'], maskSize: 27 } },
})
const KEEPS = { 'ipam.cilium.io/skip-masquerade': 'true' }
const OUTWARD = [
  { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, ttl: 63 },
  { tuple: '10.206.0.5:40001 > 1.1.1.1:443', isn: 2, ttl: 63 },
]

describe('S16 a pool that is meant to keep its addresses', () => {
  const multiPool = { ...BPF, ipam: 'multi-pool' }
  const inPool = (pool: object, config: Readonly<Record<string, string>>, version = '1.19') =>
    clusterOf({}, { 'config.json': ciliumConfig(config), 'pools.json': pools(pool) }, version)

  test('by annotation: both are right, and pool and annotation are named', () => {
    const analysis = play(inPool(aPool(KEEPS), multiPool), [OUTSIDE], OUTWARD)
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts[1]?.expected).toMatchObject({ action: 'preserve', rule: 'no-snat-endpoint' })
    expect(analysis.verdicts[1]?.because.join(' ')).toMatch(/pool other has the annotation ipam.cilium.io\/skip-masq/)
  })

  test('by only-masquerade-default-pool', () => {
    const config = { ...multiPool, 'only-masquerade-default-pool': 'true' }
    const analysis = play(inPool(aPool(), config), [OUTSIDE], OUTWARD)
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts[1]?.because.join(' ')).toContain('only-masquerade-default-pool')
  })

  test('without either BPF translates every local endpoint', () => {
    expect(words(play(inPool(aPool(), multiPool), [OUTSIDE], OUTWARD))).toEqual(['consistent', MISSING])
  })

  test('a release that may not know the annotation is no fault of anybody', () => {
    expect(words(play(inPool(aPool(KEEPS), multiPool, '1.17'), [OUTSIDE], OUTWARD))[1]).toBe('inconclusive')
  })

  test('the default pool is not exempt', () => {
    const flows = [{ tuple: '10.205.204.5:40002 > 1.1.1.1:443', ttl: 63 }]
    expect(words(play(inPool(aPool(KEEPS), multiPool), [OUTSIDE], flows))).toEqual([MISSING])
  })
})

describe('S27 the two implementations disagree about the same pods', () => {
  const clusterIn = (mode: Readonly<Record<string, string>>) =>
    clusterOf(
      {},
      { 'config.json': ciliumConfig({ ...mode, ipam: 'multi-pool' }), 'pools.json': pools(aPool()) },
      '1.17',
    )
  const kept = [{ tuple: '10.206.0.5:40001 > 1.1.1.1:443', ttl: 63 }]
  const pair = [
    { capture: 0, tuple: '10.206.0.5:40001 > 1.1.1.1:443', isn: 1, tsVal: 1, ttl: 64 },
    { capture: 1, tuple: '172.18.0.2:40001 > 1.1.1.1:443', isn: 1, tsVal: 1, ttl: 63 },
  ]

  test('iptables leaves the other pool alone, and that is what its rule says', () => {
    const analysis = play(clusterIn(IPTABLES), [NODE_ETH0('n1')], kept)
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.verdicts[0]?.because[1]).toContain('non-cluster: 10.206.0.5 not in pod CIDR 10.205.204.0/27')
  })

  test('BPF translates it, and that is right too', () => {
    expect(words(play(clusterIn(BPF), [IN_POD('second'), NODE_ETH0('n1')], pair))).toEqual(['consistent', 'consistent'])
  })

  test('what changes between the modes is the difference of the two decisions', () => {
    const options = { otherwise: { cluster: clusterIn(BPF), settings: ['enable-bpf-masquerade=true'] } }
    const { whatIf } = play(clusterIn(IPTABLES), [NODE_ETH0('n1')], kept, options)
    expect(whatIf?.changes).toHaveLength(1)
    expect(whatIf?.changes[0]?.after).toMatchObject({
      code: 'MASQUERADE_MISSING',
      expected: { rule: 'local-endpoint' },
    })
  })
})

const twoNodes = list(
  aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
  aNode('n2', ['172.18.0.3'], ['10.244.2.0/24']),
  aPod('client', 'n1', '10.244.1.10'),
)
const ipAddr = (...devices: readonly string[]): string =>
  devices
    .map((device, i) => {
      const [name, ...addresses] = device.split(' ')
      const lines = addresses.map((ip) => `    inet ${ip} scope global ${name}\n       valid_lft forever\n`)
      return `${i + 2}: ${name}: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether 02:42:ac:12:00:0${i}\n${lines.join('')}`
    })
    .join('')

describe('S35 BPF asked for, iptables in force', () => {
  const files = {
    'config.json': ciliumConfig({ ...BPF, 'ipv4-native-routing-cidr': '10.244.0.0/16' }),
    'nodes.json': twoNodes,
    'ip-addr-n1.txt': ipAddr('lo 172.18.0.2/32', 'eth0 192.168.5.2/24 100.10.100.10/24'),
  }
  const status = 'Cilium:  Ok\nKubeProxyReplacement: False\nMasquerading: IPTables [IPv4: Enabled, IPv6: Disabled]\n'
  const flows = [{ tuple: '192.168.5.2:40000 > 1.1.1.1:443', ttl: 63 }]
  test('judged by the mode in force, and a finding says that the configuration differs', () => {
    const cluster = clusterOf({}, { ...files, 'status-n1.txt': status }, '1.13')
    const analysis = play(cluster, [NODE_ETH0('n1')], flows, { findings: lint(cluster) })
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.verdicts[0]?.expected).toMatchObject({ engine: 'iptables', action: 'masquerade' })
    expect(codes(analysis)).toContain('mode-differs')
  })

  test('without a status the configuration is what it is judged by', () => {
    const analysis = play(clusterOf({}, files, '1.13'), [NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual([WRONG])
    expect(analysis.verdicts[0]?.expected?.engine).toBe('bpf')
    expect(analysis.verdicts[0]?.because.join(' ')).toMatch(/fallen back to iptables.*cilium-dbg status/)
  })
})

describe('S48 lowest of several addresses', () => {
  const nodes = list(aNode('n1', ['192.168.1.12'], ['10.244.1.0/24']), aPod('client', 'n1', '10.244.1.10'))
  const device = ipAddr('eth0 192.168.1.12/24 10.10.1.12/24')
  const clusterIn = (mode: Readonly<Record<string, string>>, version = '1.9') =>
    clusterOf(
      {},
      {
        'config.json': ciliumConfig({
          ...mode,
          tunnel: 'disabled',
          'native-routing-cidr': '10.244.0.0/16',
          'ipv4-native-routing-cidr': '10.244.0.0/16',
        }),
        'nodes.json': nodes,
        'ip-addr-n1.txt': device,
      },
      version,
    )
  const leavesAs = (ip: string) => [{ tuple: `${ip}:40000 > 1.1.1.1:443`, ttl: 63 }]

  test('iptables takes the first address of the device, which is the one of the Node', () => {
    const analysis = play(clusterIn(IPTABLES), [NODE_ETH0('n1')], leavesAs('192.168.1.12'))
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.verdicts[0]?.because.join(' ')).toContain('192.168.1.12, address of eth0 on n1, first of 2')
    expect(codes(analysis)).toEqual([])
  })

  test("BPF took the lowest then: right for that release, and a finding says that it is not the Node's", () => {
    const analysis = play(clusterIn(BPF), [NODE_ETH0('n1')], leavesAs('10.10.1.12'))
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.findings).toMatchObject([{ code: 'not-the-node-address', severity: 'info', flows: [1] }])
    expect(analysis.findings[0]?.message).toContain('not its InternalIP 192.168.1.12')
  })

  test("BPF takes the Node's address since 1.16", () => {
    const analysis = play(clusterIn(BPF, '1.17'), [NODE_ETH0('n1')], leavesAs('192.168.1.12'))
    expect(words(analysis)).toEqual(['consistent'])
    expect(codes(analysis)).toEqual([])
  })

  test("the other mode's address is the wrong one", () => {
    expect(words(play(clusterIn(BPF), [NODE_ETH0('n1')], leavesAs('192.168.1.12')))).toEqual([WRONG])
  })
})

const saved = (...rules: readonly string[]): string => {
  const chains = [...new Set(rules.map((rule) => rule.split(' ')[1] ?? ''))].filter((name) => name !== 'POSTROUTING')
  const head = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`)
  return ['*nat', ...head, ...chains.map((name) => `:${name} - [0:0]`), ...rules, 'COMMIT', ''].join('\n')
}

describe('S25 the derived exclusion is far wider than the cluster', () => {
  const nodes = list(
    aNode('n1', ['172.16.3.20'], ['172.28.1.0/24']),
    aNode('n2', ['172.16.3.21'], ['172.28.2.0/24']),
    aPod('client', 'n1', '172.28.1.10'),
  )
  const config = ciliumConfig({ ...IPTABLES, 'ipv4-native-routing-cidr': '172.28.0.0/16' })
  const rules = saved(
    '-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
    '-A CILIUM_POST_nat -s 172.28.1.0/24 ! -d 172.0.0.0/8 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
  )
  const flows = [
    { tuple: '172.28.1.10:40000 > 172.16.3.90:5432', ttl: 63, answered: false, syns: 4 },
    { tuple: '172.16.3.20:40001 > 1.1.1.1:443', ttl: 63 },
  ]
  const clusterWith = (files: Readonly<Record<string, string>>) =>
    clusterOf({}, { 'config.json': config, 'nodes.json': nodes, ...files })

  test('intended, installed and observed differ, and the installed rule explains it', () => {
    const analysis = play(clusterWith({ 'iptables-save-n1.txt': rules }), [NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual([MISSING, 'consistent'])
    const [verdict] = analysis.verdicts
    expect([verdict?.expected?.action, verdict?.installed?.action]).toEqual(['masquerade', 'preserve'])
    expect(verdict).toMatchObject({ impact: '4 SYN unanswered' })
    expect(analysis.findings[0]).toMatchObject({
      code: 'installed-exclusion-wider',
      subject: 'CILIUM_POST_nat:1 on n1',
      sources: [{ file: 'iptables-save-n1.txt', line: 8 }],
    })
    expect(analysis.findings[0]?.message).toContain('excludes 172.0.0.0/8, which holds 172.16.3.90')
  })

  test('without the dump the cause stays open', () => {
    const analysis = play(clusterWith({}), [NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual([MISSING, 'consistent'])
    expect(codes(analysis)).toEqual(['destination-exempt'])
  })
})

describe('S45 two chains, one of them yours', () => {
  const config = ciliumConfig({ ...IPTABLES, 'enable-ipv4-masquerade': 'false' })
  const inFront = [
    '-A POSTROUTING -m comment --comment "ip-masq" -m addrtype ! --dst-type LOCAL -j IP-MASQ',
    '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT',
  ]
  const builtIn = (target: string) => [
    `-A IP-MASQ -d 10.0.0.0/8 -j ${target}`,
    '-A IP-MASQ -d 192.168.0.0/16 -j ACCEPT',
  ]
  const own = ['-A IP-MASQ-AGENT -d 10.244.0.0/16 -j RETURN', '-A IP-MASQ-AGENT -j MASQUERADE']
  const clusterWith = (...rules: readonly string[]) =>
    clusterOf(
      {},
      {
        'config.json': config,
        'nodes.json': twoNodes,
        'ip-addr-n1.txt': ipAddr('eth0 172.18.0.2/16'),
        'iptables-save-n1.txt': saved(...rules),
      },
    )
  const translated = [
    { capture: 0, tuple: '10.244.1.10:40000 > 10.9.9.9:80', isn: 1, tsVal: 1, ttl: 64 },
    { capture: 1, tuple: '172.18.0.2:40000 > 10.9.9.9:80', isn: 1, tsVal: 1, ttl: 63 },
  ]
  const installedFor = (rules: readonly string[], tuple?: string) => {
    const flows = tuple === undefined ? translated : [{ capture: 1, tuple, isn: 2, ttl: 63 }]
    const { verdicts } = play(clusterWith(...rules), [IN_POD('client'), NODE_ETH0('n1')], flows)
    const last = verdicts.at(-1)
    return [last?.verdict, last?.installed?.action, last?.installed?.rule]
  }

  test('RETURN leaves the first chain only: the second translates', () => {
    const outcome = installedFor([...inFront, ...builtIn('RETURN'), ...own])
    expect(outcome).toEqual(['contradiction', 'masquerade', 'IP-MASQ-AGENT:2'])
  })

  test('ACCEPT ends the table: nothing is translated behind it', () => {
    const rules = [...inFront, ...builtIn('ACCEPT'), ...own]
    expect(installedFor(rules, '10.244.1.10:40000 > 10.9.9.9:80')).toEqual(['consistent', 'preserve', 'IP-MASQ:1'])
    expect(installedFor(rules, '10.244.1.10:40000 > 192.168.9.9:80')).toEqual(['consistent', 'preserve', 'IP-MASQ:2'])
  })

  test('the order of the chains decides', () => {
    const rules = [...[...inFront].reverse(), ...builtIn('ACCEPT'), ...own]
    expect(installedFor(rules)).toEqual(['contradiction', 'masquerade', 'IP-MASQ-AGENT:2'])
  })

  test('the reader is told which rule of which chain it was', () => {
    const analysis = play(
      clusterWith(...inFront, ...builtIn('RETURN'), ...own),
      [IN_POD('client'), NODE_ETH0('n1')],
      translated,
    )
    expect(words(analysis)).toEqual(['consistent', UNEXPECTED])
    expect(analysis.verdicts[1]?.because.at(-1)).toBe('the rules installed on n1 give it 172.18.0.2 (IP-MASQ-AGENT:2)')
    expect(codes(analysis)).toEqual(['translated-though-off'])
  })
})

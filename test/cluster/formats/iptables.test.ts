import { describe, expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const SAVE = (rules: string): string => `*nat\n:POSTROUTING ACCEPT [0:0]\n:CILIUM_POST_nat - [0:0]\n${rules}\nCOMMIT\n`
const EXCLUDE =
  '-A CILIUM_POST_nat -s 10.0.1.0/24 -m set --match-set cilium_node_set_v4 dst -m comment --comment "exclude traffic to cluster nodes from masquerade" -j ACCEPT'
const MASQUERADE =
  '-A CILIUM_POST_nat -s 10.0.1.0/24 ! -d 10.0.0.0/8 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE'
const LOOPBACK =
  '-A CILIUM_POST_nat -s 127.0.0.1/32 -o lxc+ -m comment --comment "cilium host->cluster from 127.0.0.1 masquerade" -j SNAT --to-source 10.0.1.1'

const load = (texts: Record<string, string>) => clusterOf({ 'nodes.json': TWO_NODES, ...texts })

describe('iptables dumps', () => {
  test('keep rules in order and verbatim, counters left off', () => {
    const { nodesByName } = load({ 'save.txt': SAVE(`[37:2220] ${EXCLUDE}\n[0:0] ${MASQUERADE}`) })
    const [table] = nodesByName.get('n1')?.installed.iptables?.tables ?? []
    expect(table?.chains).toEqual(
      new Map([
        ['POSTROUTING', 'ACCEPT'],
        ['CILIUM_POST_nat', null],
      ]),
    )
    expect(table?.rules.map(({ text, source }) => [text, source.line])).toEqual([
      [EXCLUDE, 4],
      [MASQUERADE, 5],
    ])
  })

  test('-S -v has its counters behind the rule', () => {
    const rule = MASQUERADE.replace(' -j', ' -c 37 2220 -j')
    const { nodesByName } = load({ 'S.txt': `-N CILIUM_POST_nat -c 0 0\n${rule}\n` })
    const [table] = nodesByName.get('n1')?.installed.iptables?.tables ?? []
    expect(table).toMatchObject({ name: 'nat', guessed: true })
    expect(table?.rules[0]?.text).toBe(MASQUERADE)
  })

  test('the command line tells the table where it is there', () => {
    const { nodesByName } = load({
      'S.txt': 'root@n2:/# iptables -t raw -S\n-P PREROUTING ACCEPT\n-A PREROUTING -j CT --notrack\n',
    })
    expect(nodesByName.get('n2')?.installed.iptables?.tables[0]).toMatchObject({ name: 'raw', guessed: true })
  })

  test.each([
    ['the pod CIDR of the rules', MASQUERADE],
    ['the cilium_host address translated to', LOOPBACK],
  ])('are given to their node by %s', (_by, rule) => {
    expect(load({ 'save.txt': SAVE(rule) }).nodesByName.get('n1')?.installed.iptables).not.toBeNull()
  })

  test("of several dumps the one with Cilium's rules is taken, and a contradiction is told", () => {
    const changed = MASQUERADE.replace('10.0.0.0/8', '10.0.0.0/16')
    const { nodesByName, warnings, inputs } = load({
      'n1/a-legacy.txt': SAVE(''),
      'n1/b-nft.txt': SAVE(MASQUERADE),
      'n1/c-same.txt': SAVE(MASQUERADE),
      'n1/d-other.txt': SAVE(changed),
    })
    expect(nodesByName.get('n1')?.installed.iptables?.file).toBe('n1/b-nft.txt')
    expect(inputs.find(({ file }) => file === 'n1/a-legacy.txt')?.note).toMatch(/no rules of Cilium's/)
    expect(inputs.find(({ file }) => file === 'n1/c-same.txt')?.note).toMatch(/same masquerade rules/)
    expect(warnings).toMatchObject([{ code: 'metadata-conflict', file: 'n1/d-other.txt' }])
  })

  test('without a configuration the rules betray the settings behind them', () => {
    const { settings } = load({ 'save.txt': SAVE([EXCLUDE, MASQUERADE, LOOPBACK].join('\n')) })
    expect(settings.known).toBe(true)
    expect(settings.enableBpfMasquerade).toMatchObject({
      value: false,
      origin: 'detected',
      source: { file: 'save.txt', line: 5 },
    })
    expect(settings.routingMode).toMatchObject({ value: 'native', origin: 'detected' })
    expect(settings.ipv4NativeRoutingCidr.value?.text).toBe('10.0.0.0/8')
  })

  test('and never overrule a configuration', () => {
    const { settings } = load({ 'save.txt': SAVE(MASQUERADE), 'view.txt': 'enable-bpf-masquerade  true\n' })
    expect(settings.enableBpfMasquerade).toMatchObject({ value: true, origin: 'cilium-config' })
  })

  test('a dump that nothing places is a warning with the way out', () => {
    const { warnings } = load({ 'lost.txt': SAVE('-A POSTROUTING -j KUBE-POSTROUTING') })
    expect(warnings).toMatchObject([{ code: 'dump-without-node', message: expect.stringContaining('<node>=lost.txt') }])
  })
})

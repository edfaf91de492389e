import { describe, expect, test } from 'vitest'
import { causes, each } from '../../support/audit-causes.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { FEEDER, natTable } from '../../support/masquerade-dumps.ts'

const IPTABLES = { ...FIXTURE, masquerade: 'iptables' } as const
const BPF = FIXTURE

const ipset = (...members: readonly string[]): string =>
  [
    'Name: cilium_node_set_v4',
    'Type: hash:ip',
    'Header: family inet hashsize 1024 maxelem 65536',
    'Members:',
    ...members,
    '',
  ].join('\n')
const excluding = (cidr: string): string =>
  natTable([FEEDER, `-A CILIUM_POST_nat -s 10.244.1.0/24 ! -d ${cidr} ! -o cilium_+ -j MASQUERADE`])

const OLD_NODE = '10.244.1.10:40000 > 172.18.0.7:80'
const OLD_NODE_TOO = '10.244.1.10:40001 > 172.18.0.8:80'
const INTERNET = '10.244.1.10:40002 > 1.1.1.1:443'

describe('installedCause() by the installed node set', () => {
  test('is told by the only flow there is, with nothing to compare it with', () => {
    const [found] = causes(clusterOf(IPTABLES, { 'ipset.txt': ipset('172.18.0.3', '172.18.0.7') }), each(OLD_NODE))
    expect(found?.cause).toMatchObject({
      code: 'node-set-surplus',
      subject: 'cilium_node_set_v4 on n1',
      confirm: 'ipset test cilium_node_set_v4 172.18.0.7',
      sources: [{ file: 'ipset.txt' }],
    })
    expect(found?.cause.explanation).toContain("holds 172.18.0.7, which is no node's InternalIP")
  })

  test('names all destinations that one entry each explains', () => {
    const cluster = clusterOf(IPTABLES, { 'ipset.txt': ipset('172.18.0.7', '172.18.0.8') })
    const [found] = causes(cluster, each(OLD_NODE, OLD_NODE_TOO))
    expect(found?.cause.explanation).toContain("holds 172.18.0.7, 172.18.0.8, which are no node's InternalIP")
  })

  const silent: [string, Parameters<typeof clusterOf>[0], string, readonly string[]][] = [
    ['it explains only one destination of the group', IPTABLES, ipset('172.18.0.7'), [OLD_NODE, INTERNET]],
    ['it does not hold the destination', IPTABLES, ipset('172.18.0.3'), [OLD_NODE]],
    ['BPF masquerades, which asks no set', BPF, ipset('172.18.0.7'), [OLD_NODE]],
  ]
  test.each(silent)('says nothing where %s', (_, given, set, tuples) => {
    const found = causes(clusterOf(given, { 'ipset.txt': set }), each(...tuples))
    expect(found.map(({ cause }) => cause.code)).toEqual(['masquerade-not-in-force'])
  })
})

describe('installedCause() by an installed exclusion', () => {
  const dump = (cidr: string) => clusterOf(IPTABLES, { 'iptables-save-n1.txt': excluding(cidr) })

  test('names the rule, its line and the destination', () => {
    const [found] = causes(dump('172.16.0.0/12'), each(OLD_NODE))
    expect(found?.cause).toMatchObject({
      code: 'installed-exclusion-wider',
      subject: 'CILIUM_POST_nat:1 on n1',
      confirm: 'iptables -t nat -S CILIUM_POST_nat',
      sources: [{ file: 'iptables-save-n1.txt' }],
    })
    expect(found?.cause.explanation).toContain('excludes 172.16.0.0/12, which holds 172.18.0.7')
  })

  test.each([
    ['it explains only one destination of the group', '172.16.0.0/12', [OLD_NODE, INTERNET]],
    ['the rule excludes what the settings exclude', '10.244.0.0/16', [OLD_NODE]],
  ])('says nothing where %s', (_, cidr, tuples) => {
    expect(causes(dump(cidr), each(...tuples)).map(({ cause }) => cause.code)).toEqual(['masquerade-not-in-force'])
  })
})

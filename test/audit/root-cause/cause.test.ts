import { describe, expect, test } from 'vitest'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { causes, each } from '../../support/audit-causes.ts'
import { aCluster, ciliumConfig, clusterOf, FIXTURE, masqAgentConfig } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, LXC_IN } from '../../support/audit-incident.ts'

const IPTABLES = { ...FIXTURE, masquerade: 'iptables' } as const

/** A pod's connection before and after it is translated, on `-i any` of n1. */
const pair = (from: string, to: string, as: string): FlowFacts[] => [
  { tuple: `${from} > ${to}`, isn: 9, tsVal: 9, ...LXC_IN },
  { tuple: `${as} > ${to}`, isn: 9, tsVal: 9, ...ETH0_OUT },
]
const client = (to: string, as = '172.18.0.2:40000') => pair('10.244.1.10:40000', to, as)
const found = (cluster: ReturnType<typeof aCluster>, flows: readonly FlowFacts[]) =>
  causes(cluster, flows, ANY('n1')).map(({ group, cause }) => [group.code, cause.code, cause.subject])

describe('causeOf() names what translates a flow that the settings leave alone', () => {
  const rows: [string, GivenFacts, string, string, string][] = [
    ['iptables, a node', IPTABLES, '172.18.0.3:10250', 'node-set-incomplete', 'cilium_node_set_v4 on n1'],
    ['BPF, a node', FIXTURE, '172.18.0.3:10250', 'node-not-known', '172.18.0.3'],
    ['BPF, a pod', FIXTURE, '10.244.2.20:80', 'exclusion-not-in-force', 'n1'],
    ['iptables, a pod', IPTABLES, '10.244.2.20:80', 'exclusion-not-in-force', 'n1'],
    ['no masquerading', { ...FIXTURE, masquerade: 'off' }, '1.1.1.1:443', 'translated-though-off', 'n1'],
  ]
  test.each(rows)('%s', (_, given, to, code, subject) => {
    expect(found(aCluster(given), client(to))).toEqual([['MASQUERADE_UNEXPECTED', code, subject]])
  })

  test("BPF, a range of ip-masq-agent's list", () => {
    const cluster = clusterOf(FIXTURE, {
      'config.json': ciliumConfig({ 'enable-ip-masq-agent': 'true' }),
      'agent.json': masqAgentConfig('nonMasqueradeCIDRs: [10.199.0.0/16]\n'),
    })
    expect(found(cluster, client('10.199.0.1:80'))).toEqual([
      ['MASQUERADE_UNEXPECTED', 'ip-masq-list-not-in-force', 'n1'],
    ])
  })

  test('the command that confirms it is of the engine and of the family', () => {
    const v6: GivenFacts = {
      ...IPTABLES,
      nodes: ['n1=fd00:18::2', 'n2=fd00:18::3'],
      podCidrs: ['n1=fd00:244:1::/64', 'n2=fd00:244:2::/64'],
      pods: ['default/client@n1=fd00:244:1::10'],
      ciliumHosts: [],
      nativeRoutingCidrs: ['fd00:244::/32'],
    }
    const cluster = clusterOf(v6, {
      'config.json': ciliumConfig({ 'enable-ipv6': 'true', 'enable-ipv6-masquerade': 'true' }),
    })
    const flows = pair('[fd00:244:1::10]:40000', '[fd00:18::3]:10250', '[fd00:18::2]:40000')
    const [first] = causes(cluster, flows, ANY('n1'))
    expect(first?.cause.confirm).toBe('ipset test cilium_node_set_v6 fd00:18::3')
    const outside = causes(cluster, each('[fd00:244:1::10]:40000 > [2606:4700::1111]:443'))
    expect(outside[0]?.cause).toMatchObject({
      code: 'masquerade-not-in-force',
      confirm: 'ip6tables -t nat -S CILIUM_POST_nat',
    })
  })
})

describe('causeOf() names what gives a wrong address', () => {
  test('the cilium_host address', () => {
    const [first] = causes(aCluster(FIXTURE), client('1.1.1.1:443', '10.244.1.250:40000'), ANY('n1'))
    expect(first?.cause).toMatchObject({ code: 'cilium-host-as-masquerade-address', subject: '10.244.1.250' })
    expect(first?.cause.explanation).toContain('n1 translates to 10.244.1.250 instead of 172.18.0.2')
  })

  test("another machine's address", () => {
    expect(found(aCluster(FIXTURE), client('1.1.1.1:443', '172.18.0.99:40000'))).toEqual([
      ['MASQUERADE_WRONG_ADDRESS', 'wrong-masquerade-address', '172.18.0.99'],
    ])
  })
})

test("causeOf() names the pod that sees a node in its client's place", () => {
  const flows: FlowFacts[] = [
    { tuple: '4.4.4.4:50000 > 10.244.1.10:443', isn: 3, tsVal: 3, ttl: 50 },
    { tuple: '10.244.1.250:50000 > 10.244.1.10:443', isn: 3, tsVal: 3, ttl: 49 },
  ]
  const cluster = aCluster({ ...IPTABLES, settings: ['kube-proxy-replacement=true'] })
  const [first] = causes(cluster, flows, ANY('n1'))
  expect(first?.group.code).toBe('NODE_SNAT_UNEXPECTED')
  expect(first?.cause).toMatchObject({ code: 'client-address-lost', subject: 'default/client' })
  expect(first?.cause.explanation).toContain('clients of default/client appear as 10.244.1.250')
})

test('causeOf() gives the reason of settings that defeat themselves, with the line of the setting', () => {
  const cluster = clusterOf(
    IPTABLES,
    { 'config.json': ciliumConfig({ 'install-no-conntrack-iptables-rules': 'true' }) },
    '1.12',
  )
  const [first] = causes(cluster, each('10.244.1.10:40000 > 1.1.1.1:443'))
  expect(first?.cause.code).toBe(first?.group.example.expected?.defeat?.code)
  expect(first?.cause.explanation).toBe(first?.group.example.expected?.defeat?.reason)
})

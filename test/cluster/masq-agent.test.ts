import { describe, expect, test } from 'vitest'
import { makeCluster } from '../../src/cluster/make-cluster.ts'
import { readMasqFile } from '../../src/cluster/masq-agent.ts'
import { clusterOf, TWO_NODES } from '../support/cluster-pieces.ts'

const DEFAULTS =
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4'
const LINK_LOCAL = '169.254.0.0/16 fe80::/10'

function read(text: string | null): { state: string; list: string } {
  const agent = readMasqFile({ text, source: { file: 'f' }, firstLine: 1, key: null })
  return { state: agent.state, list: agent.effective.map(({ cidr }) => cidr.text).join(' ') }
}

describe('readMasqFile(): the states of cilium-masquerade §3.2', () => {
  test.each([
    ['no file', null, 'absent', `${DEFAULTS} ${LINK_LOCAL}`],
    ['zero octets', '', 'empty', `${DEFAULTS} ${LINK_LOCAL}`],
    ['one line break', '\n', 'content', LINK_LOCAL],
    ['blanks', '   ', 'content', LINK_LOCAL],
    ['a comment', '# nothing\n', 'content', LINK_LOCAL],
    ['an empty mapping', '{}', 'content', LINK_LOCAL],
    ['the key without a value', 'nonMasqueradeCIDRs:\n', 'content', LINK_LOCAL],
    ['an empty list', 'nonMasqueradeCIDRs: []\n', 'content', LINK_LOCAL],
    ['entries', 'nonMasqueradeCIDRs:\n- 10.0.0.0/8\n- fd00::/8\n', 'content', `10.0.0.0/8 fd00::/8 ${LINK_LOCAL}`],
    ['entries as JSON', '{"nonMasqueradeCIDRs":["10.0.0.0/8"]}', 'content', `10.0.0.0/8 ${LINK_LOCAL}`],
    ['host bits', 'nonMasqueradeCIDRs: [10.5.6.7/8]', 'content', `10.0.0.0/8 ${LINK_LOCAL}`],
    ['masqLinkLocal', 'masqLinkLocal: true', 'content', 'fe80::/10'],
    ['masqLinkLocalIPv6', 'masqLinkLocalIPv6: true', 'content', '169.254.0.0/16'],
    ['both', 'masqLinkLocal: true\nmasqLinkLocalIPv6: true\n', 'content', ''],
    ['YAML 1.1 booleans', 'masqLinkLocal: yes\nmasqLinkLocalIPv6: off', 'content', 'fe80::/10'],
    ['keys in other case', 'NONMASQUERADECIDRS: [10.0.0.0/8]\nMasqLinkLocal: true', 'content', '10.0.0.0/8 fe80::/10'],
    [
      'keys of other agents',
      'resyncInterval: 60s\nnonMasqueradeCIDRs: [10.0.0.0/8]',
      'content',
      `10.0.0.0/8 ${LINK_LOCAL}`,
    ],
    ['an entry without a prefix length', 'nonMasqueradeCIDRs: [10.0.0.0/8, 10.1.2.3]', 'unparsable', ''],
    ['an entry that is no text', 'nonMasqueradeCIDRs: [10]', 'unparsable', ''],
    ['a flag that is no boolean', 'masqLinkLocal: "true"', 'unparsable', ''],
    ['a text for the list', 'nonMasqueradeCIDRs: 10.0.0.0/8', 'unparsable', ''],
    ['a list for the file', '- 10.0.0.0/8', 'unparsable', ''],
    ['broken YAML', 'nonMasqueradeCIDRs: [', 'unparsable', ''],
  ])('%s', (_name, text, state, list) => {
    expect(read(text)).toEqual({ state, list })
  })
})

const ON = 'enable-bpf-masquerade  true\nenable-ip-masq-agent   true\n'
const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: ip-masq-agent
data:
  config: |
    nonMasqueradeCIDRs:
    - 10.0.0.0/8
    - 172.16.0.0/12
`

describe('the agent of a cluster', () => {
  const agentOf = (texts: Record<string, string>) =>
    clusterOf({ 'view.txt': ON, 'nodes.json': TWO_NODES, ...texts }).ipMasqAgent

  test('without its file is unknown when it is on, and nothing when it is off', () => {
    expect(agentOf({})).toMatchObject({ state: 'unknown', effective: [] })
    expect(clusterOf({ 'nodes.json': TWO_NODES }).ipMasqAgent).toMatchObject({ state: 'absent', effective: [] })
  })

  test('knows the line of each entry inside the ConfigMap', () => {
    const { effective, key } = agentOf({ 'cm.yaml': CONFIG_MAP })
    expect(key).toBe('config')
    expect(effective.slice(0, 2).map(({ source }) => source)).toEqual([
      { file: 'cm.yaml', line: 8 },
      { file: 'cm.yaml', line: 9 },
    ])
  })

  test('takes the one line of JSON that helm writes', () => {
    const text = CONFIG_MAP.replace(
      /config: [\s\S]*/,
      `config: '{"masqLinkLocal":true,"nonMasqueradeCIDRs":["10.0.0.0/8"]}'\n`,
    )
    expect(agentOf({ 'cm.yaml': text }).effective.map(({ cidr }) => cidr.text)).toEqual(['10.0.0.0/8', 'fe80::/10'])
  })

  test.each([
    [
      'another name, by the keys of its text',
      CONFIG_MAP.replace('name: ip-masq-agent', 'name: azure-ip-masq-agent-config'),
      'content',
    ],
    ['another key', CONFIG_MAP.replace('config: |', 'ip-masq-agent: |'), 'content'],
    ['an empty text', CONFIG_MAP.replace(/config: [\s\S]*/, 'config: ""\n'), 'empty'],
    ['no data', CONFIG_MAP.replace(/\ndata:[\s\S]*/, '\n'), 'absent'],
  ])('takes a ConfigMap with %s', (_what, text, state) => {
    expect(agentOf({ 'cm.yaml': text }).state).toBe(state)
  })

  test('what the nodes have realised wins over the file, which stays at hand', () => {
    const agent = agentOf({ 'cm.yaml': CONFIG_MAP, 'list.txt': 'IP PREFIX/ADDRESS   \n10.0.0.0/8\n169.254.0.0/16\n' })
    expect(agent.effective.map(({ cidr }) => cidr.text)).toEqual(['10.0.0.0/8', '169.254.0.0/16', 'fe80::/10'])
    expect(agent.configured?.effective.map(({ cidr }) => cidr.text)).toContain('172.16.0.0/12')
  })

  test('two different files are told', () => {
    const { warnings } = clusterOf({
      'a.yaml': CONFIG_MAP,
      'b.yaml': CONFIG_MAP.replace('172.16.0.0/12', '172.16.0.0/16'),
    })
    expect(warnings).toMatchObject([{ code: 'metadata-conflict', file: 'b.yaml' }])
  })

  test('entries given by hand win over all', () => {
    const cluster = clusterOf({ 'cm.yaml': CONFIG_MAP }, { nonMasqueradeCidrs: ['192.0.2.0/24'] })
    expect(cluster.ipMasqAgent.effective.map(({ cidr }) => cidr.text)).toEqual([
      '192.0.2.0/24',
      '169.254.0.0/16',
      'fe80::/10',
    ])
    expect(cluster.settings.enableIpMasqAgent).toMatchObject({ value: true, origin: 'option' })
    expect(cluster.settings.enableBpfMasquerade).toMatchObject({ value: true, origin: 'detected' })
  })

  test('makeCluster() tells no file from an unknown one', () => {
    expect(makeCluster({ config: { 'enable-ip-masq-agent': 'true' }, ipMasqAgent: null }).ipMasqAgent.state).toBe(
      'absent',
    )
    expect(makeCluster({ config: { 'enable-ip-masq-agent': 'true' } }).ipMasqAgent.state).toBe('unknown')
  })
})

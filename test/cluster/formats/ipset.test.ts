import { describe, expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const read = (text: string) => clusterOf({ 'ipset.txt': text, 'nodes.json': TWO_NODES })
const setsOf = (text: string) => read(text).nodesByName.get('n1')?.installed.ipsets

const LISTED = `Name: cilium_node_set_v4
Type: hash:ip
Revision: 6
Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x5d1f0a37
Size in memory: 344
References: 1
Number of entries: 2
Members:
192.0.2.2
192.0.2.1

Name: cilium_node_set_v6
Type: hash:ip
Revision: 4
Header: family inet6 hashsize 1024 maxelem 65536
Size in memory: 344
References: 1
Number of entries: 1
Members:
2001:db8::1 timeout 0
`
const SAVED = `create cilium_node_set_v4 hash:ip family inet hashsize 1024 maxelem 65536
add cilium_node_set_v4 192.0.2.2
add cilium_node_set_v4 192.0.2.1
create cilium_node_set_v6 hash:ip family inet6 hashsize 1024 maxelem 65536
add cilium_node_set_v6 2001:db8::1
`

describe.each([
  ['ipset list', LISTED],
  ['ipset save', SAVED],
])('%s', (_form, text) => {
  test('holds each set with type, family and members, and stands for every node', () => {
    const { nodes } = read(text)
    for (const { installed } of nodes) {
      const members = [...(installed.ipsets ?? [])].map(([name, set]) => [
        name,
        set.type,
        set.family,
        set.members.map((member) => member.text),
      ])
      expect(members).toEqual([
        ['cilium_node_set_v4', 'hash:ip', 4, ['192.0.2.2/32', '192.0.2.1/32']],
        ['cilium_node_set_v6', 'hash:ip', 6, ['2001:db8::1/128']],
      ])
    }
  })
})

test('a grep that lost the head of a saved set keeps its members', () => {
  const set = setsOf('add cilium_node_set_v4 192.0.2.1\n')?.get('cilium_node_set_v4')
  expect(set?.members.map(({ text }) => text)).toEqual(['192.0.2.1/32'])
})

test('a set of which only the head is shown is none without members', () => {
  const terse = LISTED.replace(/Members:\n(?:[\d.]+\n)*/, '')
  expect([...(setsOf(terse)?.keys() ?? [])]).toEqual(['cilium_node_set_v6'])
})

test('members that are no addresses are damage in a set of Cilium’s and usual in others', () => {
  const other = (name: string): string =>
    `Name: ${name}\nType: hash:ip,port\nHeader: family inet\nMembers:\n10.0.0.1,tcp:80\n`
  expect(read(other('KUBE-CLUSTER-IP')).warnings).toEqual([])
  expect(read(other('cilium_node_set_v4')).warnings).toMatchObject([
    {
      code: 'metadata-bad-value',
      file: 'ipset.txt',
      line: 5,
      message: expect.stringContaining('wanted an IP address'),
    },
  ])
})

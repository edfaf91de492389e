import { describe, expect, test } from 'vitest'
import { ciliumNode, clusterOf, list, pod, TWO_NODES } from '../support/cluster-pieces.ts'

const AGENT = list(
  pod({ name: 'cilium-abc12', namespace: 'kube-system', node: 'n2', ip: '192.0.2.2', hostNetwork: true }),
)

/** Node of `dump.txt` (or of another path) beside two known nodes. */
function nodeOf(text: string, file = 'dump.txt'): string | null | undefined {
  const { inputs } = clusterOf({ 'nodes.json': TWO_NODES, 'pods.json': AGENT, [file]: text })
  return inputs.find((input) => input.file === file)?.node
}

// A dump that tells nothing of its node by itself.
const MUTE = 'default via 203.0.113.254 dev eth0\n'

describe('a dump is given to its node', () => {
  test.each([
    [
      'ip addr, by cilium_host',
      '7: cilium_host@cilium_net: <UP> mtu 1500\n    inet 10.0.2.1/32 scope global cilium_host\n',
    ],
    ['ip addr, by a node address', '2: eth0: <UP> mtu 1500\n    inet 192.0.2.2/24 scope global eth0\n'],
    ['ip route, by the source of a connected route', '192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2\n'],
    ["ip route, by a pod's own route", '10.0.2.53 dev lxc1234 proto kernel scope link\n'],
    [
      'bpf nat list, by the address translated to most',
      'TCP OUT 203.0.113.5:1 -> 198.51.100.1:2 XLATE_SRC 192.0.2.2:1 Created=1\n',
    ],
    ['bpf endpoint list, by (localhost)', 'IP ADDRESS       LOCAL ENDPOINT INFO\n192.0.2.2:0      (localhost)\n'],
    ['bpf ipcache list, by identity 1', 'IP PREFIX/ADDRESS   IDENTITY\n192.0.2.2/32        identity=1 encryptkey=0\n'],
    [
      'agent node list, by source local',
      'Name   IPv4 Address   Endpoint CIDR   IPv6 Address   Endpoint CIDR   Source\nn1     192.0.2.1      10.0.1.0/24                                    custom-resource\nn2     192.0.2.2      10.0.2.0/24                                    local\n',
    ],
    ['bpf ct list, by who opens connections', 'TCP OUT 10.0.2.9:1 -> 198.51.100.1:2 expires=1 RxFlagsSeen=0x1b\n'],
    [
      'conntrack, by the address translated to',
      'tcp 6 1 ESTABLISHED src=10.0.2.9 dst=198.51.100.1 sport=1 dport=2 src=198.51.100.1 dst=192.0.2.2 sport=2 dport=1 use=1\n',
    ],
  ])('%s', (_by, text) => {
    expect(nodeOf(text)).toBe('n2')
  })

  test.each([
    ['the prompt', `root@n2:/# ip route\n${MUTE}`, 'dump.txt'],
    ['docker exec', `$ docker exec n2 ip route\n${MUTE}`, 'dump.txt'],
    ['ssh with a user', `$ ssh core@n2 ip route\n${MUTE}`, 'dump.txt'],
    ['kubectl exec into its agent', `$ kubectl exec -n kube-system pod/cilium-abc12 -- ip route\n${MUTE}`, 'dump.txt'],
    ['the bugtool folder of its agent', MUTE, 'dump/cilium-bugtool-cilium-abc12-20250801-125841/cmd/ip--4-r.md'],
    ['the name of the file', MUTE, 'ip-route-n2.txt'],
    ['the name of the folder', MUTE, 'nodes/n2/route.txt'],
  ])('by %s', (_by, text, file) => {
    expect(nodeOf(text, file)).toBe('n2')
  })

  test('a row of damaged output without a name is no node', () => {
    const table =
      'Name   IPv4 Address   Endpoint CIDR   IPv6 Address   Endpoint CIDR   Source\nn1     192.0.2.1      10.0.1.0/24\n                      local\n'
    expect(clusterOf({ 'nodes.txt': table }).nodes.map(({ name }) => name)).toEqual(['n1'])
    // An empty name is in every path, and the search for it once had no end.
    const nameless = list(ciliumNode({ name: '', ip: '192.0.2.1', podCidr: '10.0.1.0/24' }))
    expect(clusterOf({ 'nodes.json': nameless, 'dump.txt': MUTE }).inputs).toHaveLength(2)
  })

  test('node names are whole words of a path', () => {
    expect(nodeOf(MUTE, 'ip-route-n22.txt')).toBeNull()
    expect(nodeOf(MUTE, 'xn2.txt')).toBeNull()
  })

  test('a host name stands for the node with the full one', () => {
    const nodes = list(ciliumNode({ name: 'worker1.example.org', ip: '192.0.2.1' }))
    const { inputs } = clusterOf({ 'nodes.json': nodes, 'paste.txt': `[root@worker1 ~]# ip route\n${MUTE}` })
    expect(inputs.find(({ file }) => file === 'paste.txt')?.node).toBe('worker1.example.org')
  })

  test('or stays without one, and says so', () => {
    const { inputs, warnings } = clusterOf({ 'nodes.json': TWO_NODES, 'dump.txt': MUTE })
    expect(inputs.find(({ file }) => file === 'dump.txt')?.node).toBeNull()
    expect(warnings).toMatchObject([{ code: 'dump-without-node', file: 'dump.txt' }])
  })

  test('a pod CIDR two nodes claim tells neither', () => {
    const nodes = list(
      ciliumNode({ name: 'n1', ip: '192.0.2.1', podCidr: '10.0.1.0/24' }),
      ciliumNode({ name: 'n2', ip: '192.0.2.2', podCidr: '10.0.1.0/24' }),
    )
    const { inputs } = clusterOf({ 'nodes.json': nodes, 'dump.txt': '10.0.1.53 dev lxc1234 proto kernel scope link\n' })
    expect(inputs.find(({ file }) => file === 'dump.txt')?.node).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const NODES = `NAME   STATUS   ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION   CONTAINER-RUNTIME
n1     Ready    control-plane   1d    v1.33.1   192.0.2.1     <none>        Debian GNU/Linux 12 (bookworm)   6.1.0            containerd://2.1.1
n2     Ready    <none>          1d    v1.33.1   192.0.2.2     203.0.113.2   Debian GNU/Linux 12 (bookworm)   6.1.0            containerd://2.1.1
`

describe('kubectl get nodes', () => {
  test('-o wide gives one address of each type and no pod CIDR; cells may hold blanks', () => {
    const { nodes, nodesKnown } = clusterFrom(NODES)
    expect(nodesKnown).toBe(true)
    const shown = nodes.map(({ name, addresses, podCidrs }) => [
      name,
      ...addresses.map(({ type, ip }) => `${type} ${ip}`),
      podCidrs.length,
    ])
    expect(shown).toEqual([
      ['n1', 'InternalIP 192.0.2.1', 0],
      ['n2', 'InternalIP 192.0.2.2', 'ExternalIP 203.0.113.2', 0],
    ])
  })

  test('without -o wide it has no address, and is said to be of no use', () => {
    const { nodesKnown, inputs } = clusterFrom(
      'NAME   STATUS   ROLES    AGE   VERSION\nn1     Ready    <none>   1d    v1.33.1\n',
    )
    expect(nodesKnown).toBe(false)
    expect(inputs).toMatchObject([
      { kind: 'node-table', note: expect.stringMatching(/^recognised, not used: .*-o wide/) },
    ])
  })
})

test('kubectl get ciliumnodes names cilium_host, one address or several', () => {
  const { addressBook } = clusterFrom(
    'NAME   CILIUMINTERNALIP             INTERNALIP    AGE\nn1     10.0.1.1,fd00:1::1           192.0.2.1     1d\nn2     10.0.2.1                     192.0.2.2     1d\n',
  )
  for (const [ip, name] of [
    ['10.0.1.1', 'n1'],
    ['fd00:1::1', 'n1'],
    ['10.0.2.1', 'n2'],
  ] as const) {
    expect(addressBook.lookup(ip)).toMatchObject({ kind: 'cilium_host', name })
  }
  expect(addressBook.lookup('192.0.2.2')).toMatchObject({ kind: 'node', name: 'n2' })
})

const PODS = `NAMESPACE     NAME         READY   STATUS        RESTARTS      AGE   IP            NODE     NOMINATED NODE   READINESS GATES
default       web          1/1     Running       1 (5m12s ago) 1h    10.0.1.5      n1       <none>           <none>
default       done         0/1     Completed     0             1h    10.0.1.6      n1       <none>           <none>
default       going        1/1     Terminating   0             1h    10.0.1.7      n1       <none>           <none>
default       waiting      0/1     Pending       0             1h    <none>        <none>   <none>           <none>
default       odd          0/1     constructor   0             1h    10.0.1.8      n1       <none>           <none>
kube-system   cilium-abc   1/1     Running       0             1h    192.0.2.1     n1       <none>           <none>
`

describe('kubectl get pods -o wide', () => {
  const { pods, addressBook } = clusterOf({ 'pods.txt': PODS, 'nodes.json': TWO_NODES })
  const podOf = (name: string) => pods.find((each) => each.name === name)

  test('gives address, node and phase of each pod', () => {
    expect(podOf('web')).toMatchObject({ namespace: 'default', node: 'n1', ips: ['10.0.1.5'], phase: 'Running' })
    expect(podOf('done')).toMatchObject({ phase: 'Succeeded' })
    expect(podOf('going')).toMatchObject({ phase: 'Running', terminating: true })
    expect(podOf('waiting')).toMatchObject({ node: null, ips: [], phase: 'Pending' })
    expect(podOf('odd')).toMatchObject({ phase: 'Running' })
  })

  test('does not show the host network, which the address of a node tells', () => {
    expect(podOf('cilium-abc')).toMatchObject({ namespace: 'kube-system', hostNetwork: true })
    expect(podOf('web')).toMatchObject({ hostNetwork: false })
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'node', hostNetworkPods: ['kube-system/cilium-abc'] })
  })

  test('without -A has its namespace from the command it was pasted under', () => {
    const table =
      'NAME   READY   STATUS    RESTARTS   AGE   IP         NODE   NOMINATED NODE   READINESS GATES\nweb    1/1     Running   0          1h    10.0.1.5   n1     <none>           <none>\n'
    expect(clusterFrom(table).pods).toMatchObject([{ namespace: 'default', name: 'web' }])
    expect(clusterFrom(`user@host:~$ kubectl get pods -n shop -o wide\n${table}`).pods).toMatchObject([
      { namespace: 'shop' },
    ])
  })
})

test('kubectl get services tells load balancer addresses from external ones, and ports with their node ports', () => {
  const { services } =
    clusterFrom(`NAMESPACE   NAME         TYPE           CLUSTER-IP   EXTERNAL-IP               PORT(S)                     AGE
default     kubernetes   ClusterIP      10.96.0.1    <none>                    443/TCP                     1d
shop        cart         LoadBalancer   10.96.0.8    203.0.113.8               80:30080/TCP,53:30053/UDP   1d
shop        old          ClusterIP      10.96.0.9    198.51.100.1,fd00::1      80/TCP                      1d
shop        head         ClusterIP      None         <none>                    80/TCP                      1d
`)
  expect(services).toMatchObject([
    { name: 'kubernetes', clusterIps: ['10.96.0.1'], externalIps: [], loadBalancerIps: [] },
    {
      name: 'cart',
      loadBalancerIps: ['203.0.113.8'],
      externalIps: [],
      ports: [
        { port: 80, nodePort: 30080, protocol: 'TCP' },
        { port: 53, nodePort: 30053, protocol: 'UDP' },
      ],
    },
    { name: 'old', loadBalancerIps: [], externalIps: ['198.51.100.1', 'fd00::1'] },
    { name: 'head', clusterIps: [] },
  ])
})

test.each([
  [
    'newer',
    'NAMESPACE   NAME   SECURITY IDENTITY   ENDPOINT STATE   IPV4       IPV6\ndefault     web    10553               ready            10.0.1.5   fd00:1::5\n',
  ],
  [
    'older',
    'NAMESPACE   NAME   ENDPOINT ID   IDENTITY ID   INGRESS ENFORCEMENT   EGRESS ENFORCEMENT   VISIBILITY POLICY   ENDPOINT STATE   IPV4       IPV6\ndefault     web    2263          10553         <status disabled>     <status disabled>    <status disabled>   ready            10.0.1.5   fd00:1::5\n',
  ],
])('kubectl get ciliumendpoints of %s releases gives the pod both addresses', (_age, table) => {
  const { pods } = clusterOf({ 'endpoints.txt': table, 'nodes.json': TWO_NODES })
  expect(pods).toMatchObject([{ namespace: 'default', name: 'web', node: 'n1', ips: ['10.0.1.5', 'fd00:1::5'] }])
})

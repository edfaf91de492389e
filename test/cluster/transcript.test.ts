import { describe, expect, test } from 'vitest'
import { splitTranscript } from '../../src/cluster/transcript.ts'
import { clusterFrom, clusterOf, list, pod, TWO_NODES } from '../support/cluster-pieces.ts'

const HINT = { given: null, words: [], folder: null, path: 'paste.txt' }
const split = (text: string) => splitTranscript({ file: 'paste.txt', text, hint: HINT })

describe('splitTranscript()', () => {
  test.each([
    'root@kind-worker:/# ',
    '[root@node1 ~]# ',
    'user@host:~/work$ ',
    'bash-5.1# ',
    '/ # ',
    '~ $ ',
    '$ ',
    '❯ ',
    '➜  ~ ',
    'PS C:\\Users\\me> ',
    '(venv) user@host:~$ ',
    'user@host ~ % ',
  ])('cuts at the prompt %s', (prompt) => {
    const sections = split(`${prompt}ipset list\nName: x\n${prompt}kubectl get nodes\nNAME\n`)
    expect(sections.map(({ command, firstLine, text }) => [command, firstLine, text.trim()])).toEqual([
      ['ipset list', 2, 'Name: x'],
      ['kubectl get nodes', 4, 'NAME'],
    ])
  })

  test('takes "# command" for a prompt at the top and after a blank line, not inside a manifest', () => {
    expect(split('# iptables-save\n*nat\nCOMMIT\n\n# ipset list\nName: x\n').map(({ command }) => command)).toEqual([
      'iptables-save',
      'ipset list',
    ])
    const manifest = 'apiVersion: v1\nkind: List\n\n# kubectl get nodes\nitems: []\n'
    expect(split(manifest).map(({ text }) => text)).toEqual([manifest])
  })

  test('a prompt with a host is one whatever stands behind it, or nothing', () => {
    const sections = split('user@host:~$ vim notes\nuser@host:~$ kubectl get nodes -o json\n{}\nuser@host:~$ \n')
    expect(sections.map(({ command }) => command)).toContain('kubectl get nodes -o json')
    expect(sections.find(({ command }) => command?.startsWith('kubectl'))?.text.trim()).toBe('{}')
  })

  test('leaves text without prompts whole, line numbers and all', () => {
    const [section] = split('a\nDefaulted container "cilium-agent" out of: a, b\nc\n')
    expect(section).toMatchObject({ text: 'a\n\nc\n', firstLine: 1, command: null })
  })

  test('keeps an output of nothing, as the answer to a question', () => {
    expect(split('$ kubectl get ciliumnodes\n$ ipset list\nName: x\n').map(({ command }) => command)).toEqual([
      'kubectl get ciliumnodes',
      'ipset list',
    ])
  })
})

describe('a pasted session', () => {
  test('gives every output to its format, and to the node its prompt or command names', () => {
    const session = [
      'user@laptop:~$ kubectl get ciliumnodes -o json',
      TWO_NODES,
      'user@laptop:~$ kubectl -n kube-system exec cilium-abc12 -- cilium-dbg status | grep Masq',
      'Defaulted container "cilium-agent" out of: cilium-agent, config (init)',
      'Masquerading:            BPF   [eth0]   10.0.0.0/8 [IPv4: Enabled, IPv6: Disabled]',
      'user@laptop:~$ docker exec n2 ip -4 route show default',
      'default via 192.0.2.254 dev eth0',
      'user@laptop:~$ cilium config view | grep routing-mode',
      'routing-mode                                      native',
      'root@n1:/# conntrack -L',
      'udp      17 21 src=10.0.1.5 dst=192.0.2.9 sport=1 dport=53 src=192.0.2.9 dst=10.0.1.5 sport=53 dport=1 use=1',
      'conntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.',
    ].join('\n')
    const pods = list(
      pod({ name: 'cilium-abc12', namespace: 'kube-system', node: 'n1', ip: '192.0.2.1', hostNetwork: true }),
    )
    const cluster = clusterOf({ 'paste.txt': session, 'pods.json': pods })
    expect(cluster.warnings).toEqual([])
    expect(cluster.inputs.filter(({ file }) => file === 'paste.txt').map(({ kind, node }) => [kind, node])).toEqual([
      ['cilium-node-list', null],
      ['cilium-status', 'n1'],
      ['ip-route', 'n2'],
      ['cilium-config-view', null],
      ['conntrack-list', 'n1'],
    ])
    expect(cluster.settings.routingMode.source).toEqual({
      file: 'paste.txt',
      line: session.split('\n').findIndex((line) => line.startsWith('routing-mode')) + 1,
    })
  })

  test('a helm command behind a prompt is an input itself', () => {
    expect(
      clusterFrom('$ helm install cilium cilium/cilium --set bpf.masquerade=true\nNAME: cilium\n').settings,
    ).toMatchObject({
      enableBpfMasquerade: { value: true, origin: 'helm-values' },
    })
  })

  test('errors of commands are listed, not taken for metadata', () => {
    const { inputs } = clusterFrom('$ kubectl get cn\nerror: the server doesn\'t have a resource type "cn"\n')
    expect(inputs).toMatchObject([{ kind: 'kubectl-error' }])
  })
})

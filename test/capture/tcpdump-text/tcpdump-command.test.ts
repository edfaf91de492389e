import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../../src/capture/tcpdump-text/tcpdump-command.ts'

describe('parseCommandLine()', () => {
  test.each([
    [
      'root@kind-worker:/# tcpdump -i eth0 dst 172.17.0.4 and port 10248 -n',
      'kind-worker',
      'eth0',
      'dst 172.17.0.4 and port 10248',
    ],
    ['[user@node-2 ~]$ sudo tcpdump -nni ens3 -S -tttt tcp and host 1.1.1.1', 'node-2', 'ens3', 'tcp and host 1.1.1.1'],
    ['root@49b71dac045f:/# tcpdump -ieth0 -n port 80', '49b71dac045f', 'eth0', 'port 80'],
    ['# tcpdump --interface=eth0 -c 5', null, 'eth0', null],
    ['# tcpdump --interface eth0 -c 5 udp', null, 'eth0', 'udp'],
    [
      'tcpdump -r a.pcap "host 1.1.1.1 and (port 80 or port 443)"',
      null,
      null,
      'host 1.1.1.1 and (port 80 or port 443)',
    ],
    [
      "user@host:~$ sudo tcpdump -nvvei any 'tcp[tcpflags] & tcp-syn != 0' | tee out.txt",
      'host',
      'any',
      'tcp[tcpflags] & tcp-syn != 0',
    ],
    ['❯ tcpdump -ni eth0 > out.txt 2>&1', null, 'eth0', null],
    [
      'user@laptop:~$ kubectl exec -it -n kube-system cilium-7x2kq -- tcpdump -i eth0 -n port 80',
      null,
      'eth0',
      'port 80',
    ],
    ['user@laptop:~$ docker exec -it kind-worker tcpdump -nn -i eth0 tcp', 'kind-worker', 'eth0', 'tcp'],
    ['~ docker exec -e A=b kind-worker tcpdump -i eth0', 'kind-worker', 'eth0', null],
    ['root@node-1:~# ip netns exec cni-1234 tcpdump -i eth0', null, 'eth0', null],
    ['root@node-1:~# nsenter -t 4711 -n tcpdump -i eth0', null, 'eth0', null],
    ['root@debugger:~# nsenter -t 1 -n tcpdump -i eth0', 'debugger', 'eth0', null],
    ['user@laptop:~$ ssh root@node-3 tcpdump -i eth0 -U', 'node-3', 'eth0', null],
    [
      'user@laptop:~$ kubectl debug node/kind-worker2 -it --image=netshoot -- tcpdump -i eth0',
      'kind-worker2',
      'eth0',
      null,
    ],
    ['node-1:~ # tcpdump -i eth0', 'node-1', 'eth0', null],
    ['/ # tcpdump -i eth0', null, 'eth0', null],
    ['bash-5.1# tcpdump -i eth0', null, 'eth0', null],
    ['$ sudo timeout 30 /usr/sbin/tcpdump -i cilium_host', null, 'cilium_host', null],
  ])('%j', (line, host, name, filter) => {
    expect(parseCommandLine(line)).toMatchObject({ host, interface: name, filter })
  })

  test.each([
    ['$ kubectl exec p -- tcpdump -i eth0', 'kubectl exec p -- tcpdump -i eth0'],
    ['root@kind-worker:/# tcpdump -i eth0', 'tcpdump -i eth0'],
    ['~ docker exec n tcpdump -i eth0', 'docker exec n tcpdump -i eth0'],
    ['$ /usr/bin/tcpdump -i eth0', '/usr/bin/tcpdump -i eth0'],
  ])('the command of %j is %j', (line, text) => {
    expect(parseCommandLine(line)?.text).toBe(text)
  })

  test.each([
    ['# tcpdump -n', 0, false, 0],
    ['# tcpdump -nt', 1, false, 0],
    ['# tcpdump -tttt -S', 4, true, 0],
    ['# tcpdump -nnvvXSs 96 -ttt', 3, true, 96],
    ['# tcpdump -i eth0S -s0', 0, false, 0],
    ['# tcpdump -t -t -t -t -t -t', 5, false, 0],
    ['# tcpdump --absolute-tcp-sequence-numbers --snapshot-length=64', 0, true, 64],
  ])('%j: %i t, -S %j, snapshot length %i', (line, timeFlags, absoluteSequence, snapLength) => {
    expect(parseCommandLine(line)).toMatchObject({ timeFlags, absoluteSequence, snapLength })
  })

  test.each([
    'I ran tcpdump on the node:',
    'tcpdump shows nothing',
    'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
    'see tcpdump.org',
    '12:00:00.000000 IP 1.1.1.1 > 2.2.2.2: GET /tcpdump -i',
    '',
  ])('%j is no command', (line) => {
    expect(parseCommandLine(line)).toBeUndefined()
  })

  test('a line of repeated options costs no more than its length', () => {
    const started = performance.now()
    parseCommandLine(`# docker exec ${'-a=b '.repeat(700)}! tcpdump -i eth0`)
    parseCommandLine(`${'# '.repeat(2000)}tcpdump -i eth0`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

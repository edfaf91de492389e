import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'

/** An input form: a line of the table in `cluster-metadata-formats.md` §1. */
export interface Form {
  readonly row: string
  readonly text: string
  readonly kind: string
  /** What the reading must have brought. */
  readonly took?: (cluster: ClusterSnapshot) => unknown
}

const node1 = (cluster: ClusterSnapshot) => cluster.nodesByName.get('n1')

const NAT_KEY = {
  DestAddr: [192, 0, 2, 9],
  SourceAddr: [10, 0, 1, 5],
  DestPort: 20480,
  SourcePort: 4268,
  NextHeader: 6,
  Flags: 0,
}

/** One small input of every form; read beside two nodes, n1 and n2. */
export const FORMS: readonly Form[] = [
  {
    row: 'JSON object with apiVersion and kind',
    text: '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n9"},"status":{"addresses":[{"type":"InternalIP","address":"192.0.2.9"}]}}',
    kind: 'node',
    took: (c) => c.nodesByName.has('n9'),
  },
  {
    row: 'YAML mapping with apiVersion and kind',
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nstatus:\n  podIP: 10.0.1.7\n',
    kind: 'pod',
    took: (c) => c.addressBook.lookup('10.0.1.7').name === 'default/p',
  },
  {
    row: 'a List that mixes kinds',
    text: '{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"p"}},{"kind":"Service","metadata":{"name":"s"},"spec":{"clusterIP":"10.96.0.9"}}]}',
    kind: 'list',
    took: (c) => c.addressBook.lookup('10.96.0.9').kind === 'service' && c.pods.length === 1,
  },
  {
    row: 'several YAML documents',
    text: '---\nkind: Pod\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: b}\n',
    kind: 'pod',
    took: (c) => c.pods.map(({ name }) => name).join() === 'a,b',
  },
  {
    row: 'concatenated JSON objects',
    text: '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}\n{"kind":"Pod","apiVersion":"v1","metadata":{"name":"b"}}',
    kind: 'pod',
    took: (c) => c.pods.length === 2,
  },
  {
    row: 'bpf nat list -o json',
    text: JSON.stringify([{ Key: NAT_KEY, Value: { Addr: [192, 0, 2, 1], Port: 4268 } }]),
    kind: 'bpf-nat-list',
    took: (c) => c.translations[0]?.translatedSource === '192.0.2.1' && c.translations[0].destinationPort === 80,
  },
  {
    row: 'bpf ct list -o json',
    text: JSON.stringify([{ Key: NAT_KEY, Value: { Lifetime: 1, RevNAT: 0 } }]),
    kind: 'bpf-ct-list',
    took: (c) => c.connections[0]?.source === '192.0.2.9' && c.connections[0].destination === '10.0.1.5',
  },
  {
    row: 'cilium-dbg node list -o json',
    text: '[{"name":"n3","primary-address":{"ipv4":{"ip":"192.0.2.3","alloc-range":"10.0.3.0/24"}},"source":"local"}]',
    kind: 'agent-node-list',
    took: (c) => c.addressBook.lookup('10.0.3.9').node === 'n3',
  },
  {
    row: 'cilium-dbg ip list -o json',
    text: '[{"cidr":"10.0.1.5/32","identity":4711,"hostIP":"192.0.2.1","metadata":{"name":"p","namespace":"ns"}}]',
    kind: 'agent-ip-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').name === 'ns/p',
  },
  {
    row: 'cilium-dbg endpoint list -o json',
    text: '[{"id":1,"status":{"networking":{"addressing":[{"ipv4":"10.0.1.5"}],"host-addressing":{"ipv4":{"ip":"10.0.1.1"}}},"external-identifiers":{"k8s-namespace":"ns","k8s-pod-name":"p"}}}]',
    kind: 'agent-endpoint-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').name === 'ns/p',
  },
  {
    row: 'ip -j addr',
    text: '[{},{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"192.0.2.1","prefixlen":24,"scope":"global"}]}]',
    kind: 'ip-addr',
    took: (c) => node1(c)?.devices?.has('eth0'),
  },
  {
    row: 'ip -j route',
    text: '[{"dst":"default","gateway":"192.0.2.254","dev":"eth0","prefsrc":"192.0.2.1"}]',
    kind: 'ip-route',
    took: (c) => node1(c)?.routes?.[0]?.via === '192.0.2.254',
  },
  {
    row: 'bpf ipmasq list -o json, texts',
    text: '["10.0.0.0/8"]',
    kind: 'bpf-ipmasq-list',
    took: (c) => node1(c)?.installed.ipMasqCidrs?.cidrs[0]?.text === '10.0.0.0/8',
  },
  {
    row: 'bpf ipmasq list -o json, address and mask',
    text: '[{"IP":"172.16.0.0","Mask":"//AAAA=="}]',
    kind: 'bpf-ipmasq-list',
    took: (c) => node1(c)?.installed.ipMasqCidrs?.cidrs[0]?.text === '172.16.0.0/12',
  },
  {
    row: 'bpf egress list -o json',
    text: '[{"SourceIP":"10.0.1.5","DestCIDR":"0.0.0.0/0","EgressIP":"0.0.0.0","GatewayIP":"192.0.2.2"}]',
    kind: 'bpf-egress-list',
  },
  {
    row: 'cilium-dbg status -o json',
    text: '{"masquerading":{"enabled":true,"mode":"BPF","enabledProtocols":{"ipv4":true},"snat-exclusion-cidr-v4":"10.0.0.0/8"}}',
    kind: 'cilium-status',
    took: (c) => c.settings.enableBpfMasquerade.value && c.settings.ipv4NativeRoutingCidr.value?.text === '10.0.0.0/8',
  },
  {
    row: 'cilium-dbg config -a -o json',
    text: '{"EnableBPFMasquerade":true,"IPv4NativeRoutingCIDR":{"IP":"10.0.0.0","Mask":"/wAAAA=="}}',
    kind: 'agent-config',
    took: (c) => c.settings.ipv4NativeRoutingCidr.value?.text === '10.0.0.0/8',
  },
  {
    row: 'bpf ipcache list -o json',
    text: '{"10.0.1.5/32":["identity=4711 encryptkey=0 tunnelendpoint=192.0.2.1"]}',
    kind: 'bpf-ipcache-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').basis === 'ipcache identity=4711',
  },
  {
    row: 'bpf endpoint list -o json',
    text: '{"192.0.2.1:0":["(localhost)"],"10.0.1.5:0":["id=1 "]}',
    kind: 'bpf-endpoint-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').node === 'n1',
  },
  {
    row: 'Hubble flow under "flow"',
    text: '{"flow":{"IP":{"source":"10.0.1.5","source_xlated":"192.0.2.1","destination":"192.0.2.9"},"l4":{"TCP":{"source_port":1,"destination_port":2}}}}',
    kind: 'hubble-flows',
    took: (c) => c.translations.length === 1,
  },
  {
    row: 'Hubble flow at the root',
    text: '{"IP":{"source":"10.0.1.5","destination":"192.0.2.9"},"l4":{},"verdict":"FORWARDED","source":{"namespace":"ns","pod_name":"p"}}',
    kind: 'hubble-flows',
    took: (c) => c.addressBook.lookup('10.0.1.5').name === 'ns/p',
  },
  {
    row: 'raw ip-masq-agent file',
    text: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n',
    kind: 'ip-masq-agent',
    took: (c) => c.ipMasqAgent.state === 'content',
  },
  {
    row: 'USER-SUPPLIED VALUES:',
    text: 'USER-SUPPLIED VALUES:\nbpf:\n  masquerade: true\n',
    kind: 'helm-values',
    took: (c) => c.settings.enableBpfMasquerade.source?.line === 3,
  },
  { row: 'USER-SUPPLIED VALUES: null', text: 'USER-SUPPLIED VALUES:\nnull\n', kind: 'helm-values' },
  {
    row: 'COMPUTED VALUES:',
    text: 'COMPUTED VALUES:\nroutingMode: native\n',
    kind: 'helm-values',
    took: (c) => c.settings.routingMode.value === 'native',
  },
  {
    row: 'helm values without a header',
    text: 'kubeProxyReplacement: true\nipv4NativeRoutingCIDR: 10.0.0.0/8\n',
    kind: 'helm-values',
    took: (c) => c.settings.kubeProxyReplacement.value === 'true',
  },
  {
    row: 'helm command line',
    text: 'helm upgrade cilium cilium/cilium \\\n  --version 1.16.2 --set bpf.masquerade=true,devices={eth0,eth1}',
    kind: 'helm-command',
    took: (c) => c.settings.enableBpfMasquerade.value && c.settings.ciliumVersion.value === '1.16',
  },
  {
    row: 'cilium install command line',
    text: 'cilium install --set routingMode=native',
    kind: 'helm-command',
    took: (c) => c.settings.routingMode.value === 'native',
  },
  {
    row: 'iptables-save',
    text: '# Generated by iptables-save v1.8.9 (nf_tables) on Fri\n*nat\n:POSTROUTING ACCEPT [0:0]\n-A CILIUM_POST_nat -s 10.0.1.0/24 -j ACCEPT\nCOMMIT\n',
    kind: 'iptables-save',
    took: (c) => node1(c)?.installed.iptables?.tables[0]?.rules.length === 1,
  },
  {
    row: 'ip6tables-save',
    text: '# Generated by ip6tables-save v1.8.9 on Fri\n*nat\n-A CILIUM_POST_nat -j ACCEPT\nCOMMIT\n',
    kind: 'ip6tables-save',
  },
  {
    row: 'iptables -S',
    text: '-P POSTROUTING ACCEPT\n-N CILIUM_POST_nat\n-A CILIUM_POST_nat -s 127.0.0.1/32 -o lxc+ -j SNAT --to-source 10.0.1.1\n',
    kind: 'iptables-rules',
    took: (c) => node1(c)?.installed.iptables?.tables[0]?.name === 'nat',
  },
  {
    row: 'iptables -L',
    text: 'Chain POSTROUTING (policy ACCEPT)\ntarget prot opt source destination\n',
    kind: 'iptables-list',
  },
  { row: 'nft list ruleset', text: 'table ip nat {\n\tchain POSTROUTING {\n\t}\n}\n', kind: 'nft-ruleset' },
  {
    row: 'ipset list',
    text: 'Name: cilium_node_set_v4\nType: hash:ip\nHeader: family inet hashsize 1024\nMembers:\n192.0.2.1\n',
    kind: 'ipset-list',
    took: (c) => node1(c)?.installed.ipsets?.get('cilium_node_set_v4')?.members.length === 1,
  },
  {
    row: 'ipset save',
    text: 'create cilium_node_set_v4 hash:ip family inet hashsize 1024\nadd cilium_node_set_v4 192.0.2.1\n',
    kind: 'ipset-list',
    took: (c) => node1(c)?.installed.ipsets?.get('cilium_node_set_v4')?.members.length === 1,
  },
  {
    row: 'ip addr',
    text: '2: eth0@if9: <BROADCAST,UP> mtu 1500 qdisc noqueue\n    inet 192.0.2.1/24 scope global secondary eth0\n',
    kind: 'ip-addr',
    took: (c) => node1(c)?.devices?.get('eth0')?.addresses[0]?.secondary,
  },
  {
    row: 'ip -br addr',
    text: 'lo UNKNOWN 127.0.0.1/8 ::1/128\neth0@if9 UP 192.0.2.1/24 fe80::1/64\n',
    kind: 'ip-addr',
    took: (c) => node1(c)?.devices?.get('eth0')?.addresses.length === 2,
  },
  {
    row: 'ip route',
    text: 'default via 192.0.2.254 dev eth0 onlink\n192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.1 metric 100\n',
    kind: 'ip-route',
    took: (c) => node1(c)?.routes?.length === 2,
  },
  {
    row: 'conntrack -L',
    text: 'udp      17 21 src=10.0.1.5 dst=192.0.2.9 sport=41233 dport=53 src=192.0.2.9 dst=192.0.2.1 sport=53 dport=41233 mark=0 use=1\n',
    kind: 'conntrack-list',
    took: (c) => c.translations[0]?.node === 'n1',
  },
  {
    row: '/proc/net/nf_conntrack',
    text: 'ipv4     2 tcp      6 112 TIME_WAIT src=10.0.1.5 dst=192.0.2.9 sport=1 dport=2 packets=1 bytes=2 src=192.0.2.9 dst=192.0.2.1 sport=2 dport=3 [ASSURED] mark=0 zone=0 use=2\n',
    kind: 'conntrack-list',
    took: (c) => c.translations[0]?.translatedSourcePort === 3,
  },
  {
    row: 'bpf nat list',
    text: 'TCP OUT [fd00::5]:1 -> [2001:db8::9]:80 XLATE_SRC [2001:db8::1]:1 Created=? (raw 28) HostLocal=0\n',
    kind: 'bpf-nat-list',
    took: (c) => c.translations[0]?.originalSource === 'fd00::5',
  },
  {
    row: 'bpf ct list',
    text: 'TCP IN 192.0.2.9:1 -> 10.0.1.5:80 expires=1 RxPackets=0 RxFlagsSeen=0x1b\n',
    kind: 'bpf-ct-list',
    took: (c) => c.connections[0]?.direction === 'in',
  },
  {
    row: 'bpf ipcache list',
    text: 'IP PREFIX/ADDRESS   IDENTITY\n10.0.2.1/32         identity=6 encryptkey=0 tunnelendpoint=192.0.2.2\n10.0.1.77/32         identity=4711 tunnelendpoint=0.0.0.0 flags=<none>\n',
    kind: 'bpf-ipcache-list',
    took: (c) => c.addressBook.lookup('10.0.1.77').basis === 'ipcache identity=4711',
  },
  {
    row: 'bpf ipmasq list',
    text: 'IP PREFIX/ADDRESS   \n10.0.0.0/8          \n',
    kind: 'bpf-ipmasq-list',
    took: (c) => node1(c)?.installed.ipMasqCidrs?.cidrs.length === 1,
  },
  {
    row: 'bpf endpoint list',
    text: 'IP ADDRESS       LOCAL ENDPOINT INFO\n192.0.2.1:0      (localhost)\n10.0.1.5:0       id=1 sec_id=2 flags=0x0000\n',
    kind: 'bpf-endpoint-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').basis === 'bpf endpoint list',
  },
  {
    row: 'cilium-dbg node list',
    text: 'Name        IPv4 Address   Endpoint CIDR   IPv6 Address   Endpoint CIDR   Source\nn3          192.0.2.3      10.0.3.0/24                                    local\n',
    kind: 'agent-node-list',
    took: (c) => c.nodesByName.get('n3')?.podCidrs[0]?.text === '10.0.3.0/24',
  },
  {
    row: 'cilium-dbg ip list',
    text: 'IP             IDENTITY                     SOURCE\n10.0.1.5/32    k8s:app=web                  custom-resource\n               k8s:tier=front\n10.0.2.1/32    reserved:remote-node         custom-resource\n',
    kind: 'agent-ip-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').kind === 'pod',
  },
  {
    row: 'cilium-dbg endpoint list',
    text: 'ENDPOINT   POLICY (ingress)   POLICY (egress)   IDENTITY   LABELS (source:key[=value])   IPv6   IPv4         STATUS\n           ENFORCEMENT        ENFORCEMENT\n88         Disabled           Disabled          52790      k8s:app=web                          10.0.1.5     ready\n                                                           k8s:tier=front\n',
    kind: 'agent-endpoint-list',
    took: (c) => c.addressBook.lookup('10.0.1.5').basis === 'agent endpoint list',
  },
  {
    row: 'bpf egress list',
    text: 'Source IP     Destination CIDR   Egress IP     Gateway IP\n10.0.1.5      0.0.0.0/0          192.0.2.200   192.0.2.2\n10.0.1.5      10.0.0.0/8         0.0.0.0       Excluded CIDR\n',
    kind: 'bpf-egress-list',
  },
  {
    row: 'cilium-dbg map get',
    text: 'Key          Value   State   Error\n10.0.0.0             sync    \n',
    kind: 'cilium-map-get',
  },
  {
    row: 'cilium-dbg status, one grepped line',
    text: 'Masquerading:            BPF   [eth0]   10.0.0.0/8 [IPv4: Enabled, IPv6: Disabled]\n',
    kind: 'cilium-status',
    took: (c) => c.settings.ipv4NativeRoutingCidr.value?.text === '10.0.0.0/8',
  },
  {
    row: 'status of the cilium CLI',
    text: '    /¯¯\\\n /¯¯\\__/¯¯\\    Cilium:             OK\nDaemonSet              cilium                   Desired: 3\n',
    kind: 'cilium-cli-status',
  },
  {
    row: 'cilium-dbg config -a',
    text: '#### Read-only configurations ####\nEnableBPFMasquerade               : true\nIPv4NativeRoutingCIDR\n\tMask                      : //8AAA==\n\tIP                        : 10.1.0.0\nMasqueradeInterfaces              : [eth+ ens+]\n',
    kind: 'agent-config',
    took: (c) =>
      c.settings.ipv4NativeRoutingCidr.value?.text === '10.1.0.0/16' &&
      c.settings.egressMasqueradeInterfaces.value.length === 2,
  },
  {
    row: 'cilium-dbg config -a, grepped',
    text: 'EnableIPv4Masquerade              : true\n',
    kind: 'agent-config',
    took: (c) => c.settings.enableIpv4Masquerade.origin === 'agent-config',
  },
  {
    row: 'cilium config view, grepped',
    text: 'enable-ipv4-masquerade                            true\nenable-bpf-masquerade                             true\n',
    kind: 'cilium-config-view',
    took: (c) => c.settings.enableBpfMasquerade.source?.line === 2,
  },
  {
    row: 'cilium-config as plain YAML',
    text: 'enable-bpf-masquerade: "true"\nipam: kubernetes\n',
    kind: 'cilium-config',
    took: (c) => c.settings.enableBpfMasquerade.value,
  },
  {
    row: 'kubectl describe configmap',
    text: 'Name:         cilium-config\nNamespace:    kube-system\n\nData\n====\nenable-bpf-masquerade:\n----\ntrue\nipam:\n----\nkubernetes\n\nBinaryData\n====\n\nEvents:  <none>\n',
    kind: 'cilium-config',
    took: (c) => c.settings.enableBpfMasquerade.value && c.settings.ipam.value === 'kubernetes',
  },
  {
    row: 'kubectl get pods -o wide',
    text: 'NAMESPACE   NAME   READY   STATUS      RESTARTS        AGE   IP         NODE   NOMINATED NODE   READINESS GATES\nns          p      1/1     Running     1 (5m12s ago)   1m    10.0.1.5   n1     <none>           <none>\n',
    kind: 'pod-table',
    took: (c) => c.addressBook.lookup('10.0.1.5').name === 'ns/p',
  },
  {
    row: 'kubectl get pods',
    text: 'NAME   READY   STATUS    RESTARTS   AGE\np      1/1     Running   0          1m\n',
    kind: 'pod-table',
  },
  {
    row: 'kubectl get nodes -o wide',
    text: 'NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION\nn4     Ready    <none>   1m    v1.33.1   192.0.2.4     <none>        Debian GNU/Linux 12 (bookworm)   6.8.0\n',
    kind: 'node-table',
    took: (c) => c.addressBook.lookup('192.0.2.4').name === 'n4',
  },
  {
    row: 'kubectl get nodes',
    text: 'NAME   STATUS   ROLES    AGE   VERSION\nn4     Ready    <none>   1m    v1.33.1\n',
    kind: 'node-table',
  },
  {
    row: 'kubectl get ciliumnodes',
    text: 'NAME   CILIUMINTERNALIP   INTERNALIP   AGE\nn5     10.0.5.1           192.0.2.5    1m\n',
    kind: 'cilium-node-table',
    took: (c) => c.addressBook.lookup('10.0.5.1').kind === 'cilium_host',
  },
  {
    row: 'kubectl get cep -A',
    text: 'NAMESPACE   NAME   SECURITY IDENTITY   ENDPOINT STATE   IPV4       IPV6\nns          p      4711                ready            10.0.1.5   \n',
    kind: 'cilium-endpoint-table',
    took: (c) => c.addressBook.lookup('10.0.1.5').name === 'ns/p',
  },
  {
    row: 'kubectl get services -A',
    text: 'NAMESPACE   NAME   TYPE           CLUSTER-IP   EXTERNAL-IP                 PORT(S)                  AGE\nweb         shop   LoadBalancer   10.96.0.7    203.0.113.7,203.0.113.8     80:30080/TCP,443/TCP     1m\nweb         name   ExternalName   <none>       example.org                 <none>                   1m\n',
    kind: 'service-table',
    took: (c) => c.addressBook.lookup('203.0.113.8').name === 'web/shop' && c.services[0]?.ports[0]?.nodePort === 30080,
  },
  {
    row: 'cilium-helm-metadata of a sysdump',
    text: 'appVersion: 1.16.3\nchart: cilium\nname: cilium\nnamespace: kube-system\nrevision: 1\nstatus: deployed\nversion: 1.16.3\n',
    kind: 'helm-metadata',
    took: (c) => c.settings.ciliumVersion.value === '1.16',
  },
  {
    row: 'hubble observe, compact',
    text: 'Jul 31 11:56:28.960: default/net-client:53938 (ID:10553) -> 192.0.2.9:80 (world) to-network FORWARDED (TCP Flags: SYN)\n',
    kind: 'hubble-compact',
  },
  { row: 'ip rule', text: '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n', kind: 'ip-rule' },
  {
    row: 'service list',
    text: 'ID   Frontend        Service Type   Backend\n1    10.96.0.1:443   ClusterIP      1 => 192.0.2.1:6443\n',
    kind: 'cilium-service-list',
  },
  { row: 'a pasted capture', text: 'tcpdump: listening on eth0, link-type EN10MB\n', kind: 'capture-text' },
  { row: 'captures.yaml', text: 'captures:\n- file: a.pcap\n  at: node/n1\n', kind: 'captures-file' },
  { row: 'no known form', text: 'Dear reader,\nthese are not the facts you look for.\n', kind: 'unrecognised' },
]

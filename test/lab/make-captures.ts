// Makes the lab's folders in captures/ anew: `npx tsx test/lab/make-captures.ts` as root. The output is committed, so that
// the examples can be tried without root; run again only when a scenario changes.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FAULTS } from './scenarios.ts'
import { capturePcap, capturePcapng, captureText } from './support/captures.ts'
import { forgetMachine } from './support/forget-machine.ts'
import { installIptables } from './support/masquerading.ts'
import { writeMetadata } from './support/metadata.ts'
import { Namespaces } from './support/namespaces.ts'
import { play, type Scenario } from './support/scenario.ts'
import { buildCluster, type LabCluster } from './support/topology.ts'

const FOLDER = join(import.meta.dirname, '../../captures/lab-iptables')

const CAPTURES_YAML = `# Real packets through the kernel's own iptables MASQUERADE, in network namespaces; see ../README.md.
cluster: cluster
captures:
  - file: n1-p1-lxc.pcap
    point: node/n1:lxcn1p1
    description: Before translation, the first pod's side
  - file: n1-eth0.pcap
    point: node/n1:eth0
    description: After translation, the node's native device
  - file: n1-three-devices.pcapng
    point: node/n1
    description: Both sides in one file, two pods and the native device, each interface with its name
  - file: outside1-eth0.txt
    point: external/outside1
    description: The far end, as printed
`

async function record(cluster: LabCluster): Promise<void> {
  const [n1, n2] = cluster.nodes
  const [outside] = cluster.outside
  const [client, second] = n1?.pods ?? []
  const server = n2?.pods[0]
  if (!n1 || !n2 || !outside || !client || !second || !server) throw new Error('the lab lacks a host')
  for (const node of cluster.nodes) installIptables(node, { nodeSet: cluster.nodes.map((other) => other.ip) })
  await outside.namespace.agent('listen', { port: 80 })
  await n2.namespace.agent('listen', { port: 10250 })
  await server.namespace.agent('listen', { port: 8080 })

  const file = (name: string): string => join(FOLDER, name)
  const captures = [
    await capturePcap(n1.namespace, client.lxc, file('n1-p1-lxc.pcap')),
    await capturePcap(n1.namespace, 'eth0', file('n1-eth0.pcap')),
    await capturePcapng(n1.namespace, [client.lxc, second.lxc, 'eth0'], file('n1-three-devices.pcapng')),
    await captureText(outside.namespace, 'outside1', 'eth0', file('outside1-eth0.txt'), { filter: 'tcp' }),
  ]
  await client.namespace.agent('connect', { host: outside.ip, port: 80, localPort: 40001 })
  // The same source port from a second pod: the kernel must give it another.
  await second.namespace.agent('connect', { host: outside.ip, port: 80, localPort: 40001 })
  await second.namespace.agent('connect', { host: n2.ip, port: 10250, localPort: 40002 })
  await client.namespace.agent('connect', { host: server.ip, port: 8080, localPort: 40003 })
  await n1.namespace.agent('connect', { host: outside.ip, port: 80, localPort: 40004 })
  for (const capture of captures) await capture.stop()
  for (const capture of captures) chmodSync(capture.file, 0o644)
  const pcapng = file('n1-three-devices.pcapng')
  writeFileSync(pcapng, forgetMachine(readFileSync(pcapng)))
  writeMetadata(cluster, join(FOLDER, 'cluster'), { installed: true })
  writeFileSync(join(FOLDER, 'captures.yaml'), CAPTURES_YAML)
}

/** Faults of the lab that are kept as examples. */
const EXAMPLES = ['forgotten-node', 'rule-missing', 'cilium-host-address', 'reply-not-translated-back']

/** Keeps what a person would have of a fault: one capture of the node's interfaces, one of the far end, the metadata. */
async function keepExample(scenario: Scenario): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'masqcheck-example-'))
  const folder = join(FOLDER, `../lab-${scenario.name}`)
  try {
    const played = await play(scenario, scratch, { installed: true })
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    cpSync(played.files['n1-any'], join(folder, 'n1-any.pcap'))
    cpSync(played.files['outside-text'], join(folder, 'outside1-eth0.txt'))
    cpSync(played.cluster, join(folder, 'cluster'), { recursive: true })
    writeFileSync(
      join(folder, 'captures.yaml'),
      `# ${scenario.story}; see ../README.md.
cluster: cluster
captures:
  - file: n1-any.pcap
    point: node/n1
    description: All interfaces of the node (tcpdump -i any)
  - file: outside1-eth0.txt
    point: external/outside1
    description: The far end, as printed
`,
    )
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

mkdirSync(FOLDER, { recursive: true })
const namespaces = new Namespaces()
try {
  await record(buildCluster(namespaces))
} finally {
  await namespaces.cleanUp()
}
for (const scenario of FAULTS.filter(({ name }) => EXAMPLES.includes(name))) await keepExample(scenario)

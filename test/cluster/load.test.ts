import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCluster } from '../../src/cluster/load.ts'
import { ClusterMetadataError, MasqcheckError } from '../../src/core/errors.ts'
import { makeTar, makeZip } from '../support/cluster-archives.ts'
import { ciliumNode, list, pod, TWO_NODES } from '../support/cluster-pieces.ts'

const STATUS = 'Masquerading:            IPTables [IPv4: Enabled, IPv6: Disabled]\n'
const AGENT_PODS = list(
  pod({ name: 'cilium-abc12', namespace: 'kube-system', node: 'n1', ip: '192.0.2.1', hostNetwork: true }),
)
const BUGTOOL = 'cilium-bugtool-cilium-abc12-20250801-125841'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'masqcheck-load-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, data: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, data)
  return path
}

async function errorOf(paths: string[]): Promise<MasqcheckError> {
  const error = await loadCluster({ paths }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MasqcheckError)) throw new Error(`Expected a MasqcheckError, got ${String(error)}`)
  return error
}

describe('loadCluster() reads', () => {
  test('files and folders, hidden files left out', async () => {
    file('mixed/deep/nodes.json', TWO_NODES)
    file('mixed/.git/config', 'nonsense')
    const { nodes, inputs, warnings } = await loadCluster({ paths: [join(folder, 'mixed')] })
    expect(nodes).toHaveLength(2)
    expect(inputs.map(({ file: path }) => path)).toEqual([join(folder, 'mixed/deep/nodes.json')])
    expect(warnings).toEqual([])
  })

  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TWO_NODES}`)],
    ['UTF-16 little endian with a mark', Buffer.from(`\ufeff${TWO_NODES}`, 'utf16le')],
    ['UTF-16 little endian without a mark', Buffer.from(TWO_NODES, 'utf16le')],
    ['UTF-16 big endian with a mark', Buffer.from(`\ufeff${TWO_NODES}`, 'utf16le').swap16()],
    ['gzip', gzipSync(TWO_NODES)],
    ['gzip of gzip', gzipSync(gzipSync(TWO_NODES))],
    ['CRLF', Buffer.from(TWO_NODES.replaceAll('\n', '\r\n'))],
  ])('%s', async (name, data) => {
    const { nodes } = await loadCluster({ paths: [file(`encoded-${name}.bin`, data)] })
    expect(nodes.map((node) => node.name)).toEqual(['n1', 'n2'])
  })

  test('a tar and a tar.gz of a bugtool, placed by hostname.md', async () => {
    const tar = await makeTar([
      { name: 'cilium-bugtool-20250801-125841/cmd/cilium-dbg-status.md', data: STATUS },
      { name: 'cilium-bugtool-20250801-125841/cmd/hostname.md', data: 'n2\n' },
    ])
    for (const data of [tar, gzipSync(tar)]) {
      const archive = file('bugtool.bin', data)
      const { nodesByName, inputs } = await loadCluster({ paths: [archive, file('tar-nodes.json', TWO_NODES)] })
      expect(nodesByName.get('n2')?.status?.masquerading?.mode).toBe('iptables')
      expect(inputs[0]?.file).toBe(`${archive}:cilium-bugtool-20250801-125841/cmd/cilium-dbg-status.md`)
    }
  })

  test('a sysdump zip, with bugtool folders unpacked and bugtool archives packed', async () => {
    const inner = await makeTar([{ name: 'cmd/cilium-dbg-status---verbose.md', data: STATUS }])
    for (const entry of [
      { name: `cilium-sysdump-x/${BUGTOOL}/cmd/cilium-dbg-status---verbose.md`, data: STATUS },
      { name: `cilium-sysdump-x/${BUGTOOL}.tar.gz`, data: gzipSync(inner) },
      { name: `cilium-sysdump-x/${BUGTOOL}.tar`, data: inner },
    ]) {
      const zip = makeZip([
        entry,
        { name: 'cilium-sysdump-x/ciliumnodes-x.yaml', data: TWO_NODES },
        { name: 'cilium-sysdump-x/k8s-pods-x.yaml', data: AGENT_PODS },
        { name: 'cilium-sysdump-x/cilium-sysdump.log', data: 'log line' },
      ])
      const { nodesByName, warnings } = await loadCluster({ paths: [file('sysdump.zip', zip)] })
      expect(nodesByName.get('n1')?.status?.masquerading?.text).toMatch(/^IPTables/)
      expect(nodesByName.get('n2')?.status).toBeNull()
      expect(warnings).toEqual([])
    }
  })

  test('an unpacked sysdump as a folder just so', async () => {
    file(`unpacked/${BUGTOOL}/cmd/cilium-dbg-status.md`, STATUS)
    file(`unpacked/${BUGTOOL}/cmd/hostname.md`, 'n2\n')
    file('unpacked/nodes.yaml', TWO_NODES)
    const { nodesByName } = await loadCluster({ paths: [join(folder, 'unpacked')] })
    expect(nodesByName.get('n2')?.status).not.toBeNull()
  })

  test('node=path says whose a dump is, over what its content says', async () => {
    const route = file('route.txt', 'default via 192.0.2.254 dev eth0 src 192.0.2.1\n')
    const nodes = file('nodes-for-route.json', TWO_NODES)
    const byContent = await loadCluster({ paths: [route, nodes] })
    expect(byContent.nodesByName.get('n1')?.routes).toHaveLength(1)
    const byHand = await loadCluster({ paths: [`n2=${route}`, nodes] })
    expect(byHand.nodesByName.get('n1')?.routes).toBeNull()
    expect(byHand.nodesByName.get('n2')?.routes).toHaveLength(1)
  })

  test('a path that holds = and exists is a path', async () => {
    const { nodes } = await loadCluster({ paths: [file('a=b.json', TWO_NODES)] })
    expect(nodes).toHaveLength(2)
  })

  test('a large list in chunks as it reads it whole', async () => {
    const many = list(
      ciliumNode({ name: 'n1', ip: '192.0.2.1', podCidr: '10.0.0.0/16' }),
      ...Array.from({ length: 1000 }, (_, i) => ({
        ...pod({ name: `p${i}`, node: 'n1', ip: `10.0.${i >> 8}.${i & 255}` }),
        filler: { managedFields: ['x'.repeat(70_000)] },
      })),
    )
    const { pods, inputs } = await loadCluster({ paths: [file('large.json', many)] })
    expect(pods).toHaveLength(1000)
    expect(pods.at(-1)).toMatchObject({ name: 'p999', ips: ['10.0.3.231'] })
    expect(inputs[0]?.note).toBe('1 CiliumNode, 1000 pods')
  })

  test('nothing at all, and hand-given facts alone', async () => {
    expect((await loadCluster({})).nodes).toEqual([])
    const { addressBook } = await loadCluster({ given: { nodes: ['n1=192.0.2.1'] } })
    expect(addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'node', name: 'n1', basis: '--node' })
  })

  test('a pipe, as the shell makes one of <(kubectl …)', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const writer = spawn('sh', ['-c', `cat > '${pipe}'`], { stdio: ['pipe', 'ignore', 'ignore'] })
    writer.stdin.end(TWO_NODES)
    const { nodes } = await loadCluster({ paths: [pipe] })
    expect(nodes).toHaveLength(2)
  })

  test('links to files, and does not follow links to folders', async () => {
    file('linked/sub/nodes.json', TWO_NODES)
    symlinkSync(join(folder, 'linked/sub/nodes.json'), join(folder, 'linked/link.json'))
    symlinkSync(join(folder, 'linked'), join(folder, 'linked/sub/up'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'linked/dangling'))
    const { inputs, warnings } = await loadCluster({ paths: [join(folder, 'linked')] })
    expect(inputs).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  test('captures beside metadata are told, without a warning', async () => {
    file('example/capture.pcap', Buffer.from('d4c3b2a1020004000000000000000000', 'hex'))
    file('example/capture.pcapng.gz', gzipSync(Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000', 'hex')))
    file('example/paste.txt', '12:18:02.187353 IP 10.244.0.101.52844 > 172.17.0.4.10248: Flags [S], length 0\n')
    file('example/captures.yaml', 'captures:\n- file: capture.pcap\n')
    file('example/nodes.json', TWO_NODES)
    const { inputs, warnings } = await loadCluster({ paths: [join(folder, 'example')] })
    expect(inputs.map(({ kind }) => kind).sort()).toEqual([
      'capture',
      'capture',
      'capture-text',
      'captures-file',
      'cilium-node-list',
    ])
    expect(warnings).toEqual([])
  })

  test('what an archive holds beside metadata is listed, not warned of', async () => {
    const zip = makeZip([
      { name: 'cilium-sysdump-x/nodes.yaml', data: TWO_NODES },
      { name: 'cilium-sysdump-x/notes.txt', data: 'nothing of interest' },
      { name: 'cilium-sysdump-x/empty.txt', data: '' },
      { name: 'cilium-sysdump-x/core', data: Buffer.from([0, 1, 2, 3, 0, 9]) },
    ])
    const { inputs, warnings } = await loadCluster({ paths: [file('beside.zip', zip)] })
    expect(inputs.map(({ kind }) => kind)).toEqual(['cilium-node-list', 'unrecognised', 'empty', 'unrecognised'])
    expect(warnings).toEqual([])
  })

  test('inputs in the order given, whatever order they are read in', async () => {
    const paths = ['z.txt', 'a.txt', 'm.txt'].map((name) => file(name, STATUS))
    const { inputs } = await loadCluster({ paths })
    expect(inputs.map(({ file: path }) => path)).toEqual(paths)
  })
})

describe('loadCluster() refuses', () => {
  test('a path that is not there', async () => {
    const error = await errorOf([join(folder, 'missing.json')])
    expect(error.code).toBe('CLUSTER_NOT_FOUND')
    expect(error.message).toContain('missing.json')
  })

  test('JSON that is cut off, with file and line', async () => {
    const error = await errorOf([file('cut.json', TWO_NODES.slice(0, 300))])
    expect(error).toBeInstanceOf(ClusterMetadataError)
    expect(error.message).toMatch(/cut\.json: line \d+: JSON ends inside a value/)
  })

  test('broken YAML that begins as a manifest, with the line', async () => {
    const error = await errorOf([file('broken.yaml', 'apiVersion: v1\nkind: Node\nmetadata:\n  name: [n1\nspec: {}\n')])
    expect(error.message).toMatch(/broken\.yaml: line \d: Cannot read YAML/)
  })

  test('a single object of the wrong shape, with path, found and wanted', async () => {
    const node = '{\n "apiVersion": "v1",\n "kind": "Node",\n "metadata": {\n  "name": 7\n }\n}'
    const error = await errorOf([file('shape.json', node)])
    expect(error.message).toMatch(/shape\.json: metadata\.name \(line 5\): Found number 7, wanted string$/)
  })

  test('a list none of whose items can be read', async () => {
    const error = await errorOf([file('all-bad.json', list({ kind: 'Pod', metadata: {} }, { kind: 'Pod' }))])
    expect(error.message).toMatch(/items\[0\]\.metadata\.name .*: Found nothing, wanted string/)
  })

  test('a zip that unpacks a thousandfold', async () => {
    const zip = makeZip([{ name: 'a.yaml', data: Buffer.alloc(8 * 1024 * 1024) }])
    expect(await errorOf([file('bomb.zip', zip)])).toMatchObject({ code: 'CLUSTER_LIMIT' })
  })

  test.each([
    ['../../etc/cilium.yaml', 'climbs out'],
    ['/etc/cilium.yaml', 'is absolute'],
  ])('a zip with an entry %s, which %s', async (name) => {
    const zip = makeZip([{ name, data: TWO_NODES }])
    expect(await errorOf([file('path.zip', zip)])).toMatchObject({ code: 'CLUSTER_UNREADABLE' })
  })

  test('a zip cut anywhere', async () => {
    const zip = makeZip([{ name: 'a.yaml', data: TWO_NODES }])
    for (let end = 4; end < zip.length; end += 23) {
      expect(await errorOf([file('cut.zip', zip.subarray(0, end))])).toMatchObject({ code: 'CLUSTER_UNREADABLE' })
    }
  })

  test('a gzip that is damaged', async () => {
    const damaged = gzipSync(TWO_NODES).subarray(0, 60)
    expect(await errorOf([file('cut.gz', damaged)])).toMatchObject({ code: 'CLUSTER_UNREADABLE' })
  })
})

describe('loadCluster() survives, and warns of', () => {
  test('one bad item of a list', async () => {
    const text = list(pod({ name: 'good', ip: '10.0.0.1' }), { kind: 'Pod', metadata: { name: {} } }, 17, null)
    const { pods, warnings, inputs } = await loadCluster({ paths: [file('one-bad.json', text)] })
    expect(pods.map(({ name }) => name)).toEqual(['good'])
    expect(warnings.map(({ message }) => message.replace(/^.*one-bad\.json: /, ''))).toEqual([
      expect.stringMatching(/^items\[1\]\.metadata\.name \(line \d+\): Found object, wanted string; item left out$/),
      expect.stringMatching(/^items\[2\] \(line \d+\): Found number 17, wanted object; item left out$/),
      expect.stringMatching(/^items\[3\] \(line \d+\): Found null, wanted object; item left out$/),
    ])
    expect(inputs[0]?.note).toBe('1 pod; 3 items could not be read')
  })

  test('one bad value of an object', async () => {
    const node = ciliumNode({ name: 'n1', ip: 'not an address', podCidr: '10.0.0.0/33' })
    const { nodes, warnings } = await loadCluster({ paths: [file('bad-values.json', list(node))] })
    expect(nodes[0]?.addresses).toEqual([])
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^items\[0\]\.spec\.addresses\[0\]\.ip \(line \d+\): Found "not an address", wanted an IP address/,
      ),
      expect.stringMatching(/^items\[0\]\.spec\.ipam\.podCIDRs\[0\] \(line \d+\): Found "10.0.0.0\/33", wanted a CIDR/),
    ])
  })

  test('a broken file inside an archive', async () => {
    const zip = makeZip([
      { name: 'cilium-sysdump-x/nodes.yaml', data: TWO_NODES },
      { name: 'cilium-sysdump-x/pods.json', data: '{"kind": "PodList", "items": [' },
    ])
    const { nodes, warnings, inputs } = await loadCluster({ paths: [file('one-broken.zip', zip)] })
    expect(nodes).toHaveLength(2)
    expect(warnings).toMatchObject([{ code: 'metadata-unreadable' }])
    expect(inputs.map(({ kind }) => kind)).toContain('unreadable')
  })

  test('an empty file, by name', async () => {
    const { warnings, inputs } = await loadCluster({ paths: [file('ciliumnodes.json', '')] })
    expect(warnings).toMatchObject([{ code: 'metadata-empty', message: expect.stringContaining('ciliumnodes.json') }])
    expect(inputs).toMatchObject([{ kind: 'empty' }])
  })

  test('a file that is no text', async () => {
    const { warnings } = await loadCluster({
      paths: [file('random.bin', Buffer.from([0, 1, 2, 3, 0, 0, 7, 9, 200, 0]))],
    })
    expect(warnings).toMatchObject([{ code: 'metadata-unrecognised' }])
  })
})

test('an empty ip-masq-agent file is a state of its own', async () => {
  const { ipMasqAgent } = await loadCluster({ paths: [file('ip-masq-agent', '')] })
  expect(ipMasqAgent.state).toBe('empty')
  expect(ipMasqAgent.effective).toHaveLength(13)
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { PACKED_NAMES, packedOctets } from '../support/capture-packed.ts'
import { SAMPLE_TEXT } from '../support/capture-sample.ts'
import { zip } from '../support/capture-zip.ts'
import {
  concat,
  esp,
  ethernet,
  extension,
  fragments,
  geneve,
  gre,
  icmpEcho,
  icmpError,
  ipInIp,
  mpls,
  pppoe,
  sctp,
  sll,
  sll2,
  snap,
  tcp,
  udp,
  vxlan,
  wireguard,
} from '../support/packet-builder.ts'
import { toOctets } from '../support/packet-octets.ts'
import { pcap, pcapng, type WrittenPacket } from '../support/pcap-writer.ts'

/** An input to start from. */
export interface Seed {
  readonly name: string
  readonly octets: Uint8Array
}

const ROOT = resolve(import.meta.dirname, '../..')
const SHARED = resolve(ROOT, '../shared/corpus')

/** Captures made here, those of the repository, and the shared ones where they are. */
export function allSeeds(): Seed[] {
  return [...builtSeeds(), ...capturesUnder(join(ROOT, 'captures')), ...sharedSeeds()]
}

/** Captures of the shared corpora; none where they are absent. */
export function sharedSeeds(): Seed[] {
  return existsSync(SHARED) ? capturesUnder(SHARED) : []
}

function capturesUnder(folder: string): Seed[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:pcap|pcapng|txt)$/.test(name) && !/(?:^|\/)cluster/.test(name))
    .sort()
    .map((name) => ({ name, octets: new Uint8Array(readFileSync(join(folder, name))) }))
}

const POD = '10.244.0.101:53938'
const SERVER = '172.17.0.6:80'
const NODES = { src: '172.18.0.2', dst: '172.18.0.3' }
const SYN_OPTIONS = { mss: 1460, sackPermitted: true, timestamps: [1, 0] as const, windowScale: 7 }

/** A connection from SYN to FIN. */
function connection(src: string, dst: string): Uint8Array[] {
  const up = { src, dst }
  const down = { src: dst, dst: src }
  return [
    tcp({ ...up, flags: 'S', seq: 1000, options: SYN_OPTIONS }),
    tcp({ ...down, flags: 'S.', seq: 5000, ack: 1001, options: SYN_OPTIONS }),
    tcp({ ...up, seq: 1001, ack: 5001 }),
    tcp({ ...up, flags: 'P.', seq: 1001, ack: 5001, payload: 'GET / HTTP/1.1\r\n\r\n' }),
    tcp({ ...down, flags: 'P.', seq: 5001, ack: 1019, payload: 100 }),
    tcp({ ...up, flags: 'F.', seq: 1019, ack: 5101 }),
    tcp({ ...down, flags: 'F.', seq: 5101, ack: 1020 }),
    tcp({ ...up, seq: 1020, ack: 5102 }),
  ]
}

function everyKind(): Uint8Array[] {
  const segment = tcp({ src: POD, dst: SERVER, flags: 'P.', payload: 40, options: { timestamps: [7, 8] } })
  const v6 = { src: '[fd00::1]:4000', dst: '[fd00::2]:53' }
  return [
    ...connection(POD, SERVER).map((packet) => ethernet(packet, { minimum: 60 })),
    ethernet(udp({ ...v6, payload: 30 }), { vlans: [{ id: 5, type: 0x88a8 }, { id: 6 }] }),
    ethernet(tcp({ ...v6, extensions: [extension.hopByHop(), extension.routing(), extension.authentication()] })),
    ...fragments(udp({ src: POD, dst: SERVER, payload: 100 }), 48).map((piece) => ethernet(piece)),
    ...fragments(tcp({ ...v6, payload: 100 }), 48).map((piece) => ethernet(piece)),
    ethernet(icmpEcho({ src: '10.244.0.101', dst: '172.17.0.6' })),
    ethernet(icmpError({ src: '172.17.0.1', dst: '10.244.0.101', type: 3, code: 4, mtu: 1400, quoted: segment })),
    ethernet(sctp({ src: POD, dst: SERVER, payload: 16 })),
    ethernet(vxlan({ ...NODES, vni: 4711 }, ethernet(segment))),
    ethernet(geneve({ ...NODES, options: new Uint8Array(8) }, ethernet(segment))),
    ethernet(
      gre({ ...NODES, key: 7, sequence: 1, checksum: true }, ipInIp({ src: 'fd18::1', dst: 'fd18::2' }, segment)),
    ),
    ethernet(esp(NODES)),
    ethernet(wireguard(NODES)),
    ethernet(mpls([16, 17], segment), { etherType: 0x8847 }),
    ethernet(pppoe(segment), { etherType: 0x8864 }),
    snap(segment),
  ]
}

const timed = (frames: readonly Uint8Array[]): WrittenPacket[] =>
  frames.map((frame, i) => ({ time: [1_700_000_000 + i, 123_456_789], frame }))

function builtSeeds(): Seed[] {
  const kinds = timed(everyKind())
  const anyDevice = connection(POD, SERVER).flatMap((packet) => [
    sll2(packet, { ifindex: 15 }),
    sll2(packet, { ifindex: 2, packetType: 4 }),
  ])
  const interfaces = [
    { name: 'lxc4f2a1b6c0', linkType: 1, timeResolution: 9 },
    { name: 'any', linkType: 276, filter: 'tcp' },
  ]
  const both = [
    ...kinds,
    ...timed(anyDevice).map((packet) => ({ ...packet, interface: 1, direction: 'out' as const, comment: 'seen' })),
  ]
  const plain = pcap(kinds)
  return [
    { name: 'built.pcap', octets: plain },
    { name: 'built-nano-big-endian.pcap', octets: pcap(kinds, { nano: true, bigEndian: true }) },
    { name: 'built-cut.pcap', octets: pcap(kinds, { snapLength: 60 }) },
    { name: 'built-sll2.pcap', octets: pcap(timed(anyDevice), { linkType: 276 }) },
    {
      name: 'built-sll.pcap',
      octets: pcap(timed(connection(POD, SERVER).map((each) => sll(each))), { linkType: 113 }),
    },
    { name: 'built-raw.pcap', octets: pcap(timed(connection(POD, SERVER)), { linkType: 101 }) },
    { name: 'built.pcapng', octets: pcapng({ interfaces, packets: both }) },
    {
      name: 'built-two-sections.pcapng',
      octets: concat(pcapng({ packets: kinds }, { bigEndian: true }), pcapng({ interfaces, packets: both })),
    },
    ...packedSeeds(plain),
    ...textSeeds(),
  ]
}

/** Every compression, and archives. */
function packedSeeds(plain: Uint8Array): Seed[] {
  const members = [
    { name: 'a.pcap', content: plain, deflated: true },
    { name: 'b.pcap', content: plain },
    { name: 'c.txt', content: toOctets(SAMPLE_TEXT), deflated: true },
  ]
  return [
    { name: 'built.pcap.gz', octets: new Uint8Array(gzipSync(plain)) },
    { name: 'built.pcap.gz.gz', octets: new Uint8Array(gzipSync(gzipSync(plain))) },
    {
      name: 'built.pcap.frame.lz4',
      octets: new Uint8Array(compressFrameSync(Buffer.from(plain), { blockChecksums: true })),
    },
    ...PACKED_NAMES.map((name) => ({ name: `built.pcap.${name}`, octets: packedOctets(name) })),
    { name: 'built.zip', octets: zip(members) },
    { name: 'built.tar', octets: ustar(members) },
    { name: 'built.tar.gz', octets: new Uint8Array(gzipSync(ustar(members))) },
  ]
}

/** Lines in what logs put around them. */
function textSeeds(): Seed[] {
  const lines = SAMPLE_TEXT.trim().split('\n')
  const time = '2025-08-01T11:56:28.961Z'
  const wraps: readonly (readonly [string, (line: string) => string])[] = [
    ['docker', (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time })],
    ['containerd', (line) => `${time} stdout F ${line}`],
    ['kubectl', (line) => `[pod/curl/tcpdump] ${line}`],
    ['syslog', (line) => `Aug 01 11:56:28 kind-worker tcpdump[4711]: ${line}`],
    ['quoted', (line) => `> ${line}`],
    ['wrapped', (line) => line.replace(/(.{80})/g, '$1\n')],
    ['reversed', (line) => line],
  ]
  return wraps.map(([name, wrap]) => {
    const wrapped = lines.map(wrap)
    return {
      name: `built-${name}.txt`,
      octets: toOctets(`${(name === 'reversed' ? wrapped.reverse() : wrapped).join('\n')}\n`),
    }
  })
}

/** A tar archive, POSIX.1-1988. */
function ustar(members: readonly { readonly name: string; readonly content: Uint8Array }[]): Uint8Array {
  const blocks = members.flatMap(({ name, content }) => {
    const header = new Uint8Array(512)
    const put = (at: number, text: string): void => header.set(toOctets(text), at)
    put(0, name)
    put(100, '0000644\0')
    put(124, content.length.toString(8).padStart(11, '0'))
    put(148, '        ')
    put(156, '0')
    put(257, 'ustar\0' + '00')
    put(
      148,
      `${header
        .reduce((sum, octet) => sum + octet, 0)
        .toString(8)
        .padStart(6, '0')}\0`,
    )
    return [header, content, new Uint8Array(-content.length & 511)]
  })
  return concat(...blocks, new Uint8Array(1024))
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
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
    { name: 'built.pcap.gz', octets: new Uint8Array(gzipSync(plain)) },
  ]
}

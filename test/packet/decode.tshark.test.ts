import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { formatIp } from '../../src/core/ip.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import { type PacketView, Tunnel } from '../../src/packet/packet-view.ts'
import { Random } from '../fuzz/random.ts'
import { randomFrame } from '../support/packet-random.ts'
import { recordOf } from '../support/packet-record.ts'
import { pcap } from '../support/pcap-writer.ts'
import { hasProgram } from '../support/programs.ts'

const SEED = 20250801
const FRAMES = 1500

/** What tshark prints, one column a field; a packet in a tunnel has one value a level. */
const FIELDS = [
  ...['ip.src', 'ip.dst', 'ip.len', 'ip.id', 'ip.ttl', 'ipv6.src', 'ipv6.dst', 'ipv6.plen', 'ipv6.hlim'],
  ...['tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.hdr_len', 'tcp.len', 'tcp.flags'],
  ...['tcp.window_size_value', 'tcp.checksum', 'tcp.urgent_pointer', 'tcp.options.mss_val'],
  ...['tcp.options.wscale.shift', 'tcp.options.timestamp.tsval', 'tcp.options.timestamp.tsecr'],
  ...['udp.srcport', 'udp.dstport', 'sctp.srcport', 'sctp.dstport', 'vxlan.vni', 'geneve.vni', 'gre.key'],
  ...['icmp.type', 'icmp.ident', 'icmp.seq'],
  ...['icmpv6.type', 'icmpv6.echo.identifier', 'icmpv6.echo.sequence_number'],
] as const
type Row = Partial<Record<(typeof FIELDS)[number], (string | number)[]>>

/** Rows of tshark; numbers in decimal, the three reserved bits of the TCP flags left out. */
function rowsOfTshark(frames: readonly Uint8Array[]): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'masqcheck-tshark-'))
  const file = join(folder, 'frames.pcap')
  writeFileSync(file, pcap(frames.map((frame, i) => ({ time: i, frame }))))
  const columns = FIELDS.flatMap((field) => ['-e', field])
  const format = ['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=;', ...columns]
  const args = ['-n', '-r', file, '-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE', ...format]
  const text = execFileSync('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 }).toString()
  rmSync(folder, { recursive: true })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => rowOfLine(line.split('\t')))
}

function rowOfLine(cells: readonly string[]): Row {
  const row: Row = {}
  FIELDS.forEach((field, i) => {
    const cell = cells[i] ?? ''
    if (cell !== '') row[field] = valuesOf(field, cell)
  })
  return row
}

function valuesOf(field: string, cell: string): (string | number)[] {
  const values = cell.split(';')
  if (/\.(?:src|dst)$/.test(field)) return values
  return values.map((value) => (field === 'tcp.flags' ? Number(value) & 0x1ff : Number(value)))
}

/** The same row from the views of a frame, outermost first. */
function rowOf(views: readonly PacketView[]): Row {
  const row: Row = {}
  const add = (values: Partial<Record<keyof Row, string | number>>): void => {
    for (const [field, value] of Object.entries(values) as [keyof Row, string | number][]) {
      if (value !== -1) row[field] = [...(row[field] ?? []), value]
    }
  }
  for (const view of views) {
    add(ipOf(view))
    add(transportOf(view))
    if (view.depth === 0) continue
    if (view.tunnel === Tunnel.Vxlan) add({ 'vxlan.vni': view.vni })
    if (view.tunnel === Tunnel.Geneve) add({ 'geneve.vni': view.vni })
    if (view.tunnel === Tunnel.Gre) add({ 'gre.key': view.vni })
  }
  return row
}

function ipOf(view: PacketView): Partial<Record<keyof Row, string | number>> {
  const src = formatIp(view.ipVersion, view.src0, view.src1, view.src2, view.src3)
  const dst = formatIp(view.ipVersion, view.dst0, view.dst1, view.dst2, view.dst3)
  return view.ipVersion === 4
    ? { 'ip.src': src, 'ip.dst': dst, 'ip.len': view.ipLength, 'ip.id': view.ipId, 'ip.ttl': view.ttl }
    : { 'ipv6.src': src, 'ipv6.dst': dst, 'ipv6.plen': view.ipLength - 40, 'ipv6.hlim': view.ttl }
}

function transportOf(view: PacketView): Partial<Record<keyof Row, string | number>> {
  const { srcPort, dstPort, icmpType, icmpId, icmpSeq } = view
  switch (view.protocol) {
    case IpProtocol.Tcp:
      return tcpOf(view)
    case IpProtocol.Udp:
      return { 'udp.srcport': srcPort, 'udp.dstport': dstPort }
    case IpProtocol.Sctp:
      return { 'sctp.srcport': srcPort, 'sctp.dstport': dstPort }
    case IpProtocol.Icmp:
      return { 'icmp.type': icmpType, 'icmp.ident': icmpId, 'icmp.seq': icmpSeq }
    case IpProtocol.Icmpv6:
      return {
        'icmpv6.type': icmpType,
        'icmpv6.echo.identifier': icmpId,
        'icmpv6.echo.sequence_number': icmpSeq,
      }
    default:
      return {}
  }
}

function tcpOf(view: PacketView): Partial<Record<keyof Row, string | number>> {
  return {
    'tcp.srcport': view.srcPort,
    'tcp.dstport': view.dstPort,
    'tcp.seq_raw': view.seq,
    'tcp.ack_raw': view.ack,
    'tcp.hdr_len': view.tcpHeaderLength,
    'tcp.len': view.payloadLength,
    'tcp.flags': view.flags,
    'tcp.window_size_value': view.window,
    'tcp.checksum': view.checksum,
    'tcp.urgent_pointer': view.urgentPointer,
    'tcp.options.mss_val': view.mss,
    'tcp.options.wscale.shift': view.windowScale,
    'tcp.options.timestamp.tsval': view.hasTimestamps === 1 ? view.tsVal : -1,
    'tcp.options.timestamp.tsecr': view.hasTimestamps === 1 ? view.tsEcr : -1,
  }
}

describe.skipIf(!hasProgram('tshark'))('random frames (needs tshark)', () => {
  test('are to us what they are to tshark', { timeout: 60_000 }, () => {
    const random = new Random(SEED)
    const frames = Array.from({ length: FRAMES }, () => randomFrame(random))
    const rows = rowsOfTshark(frames)
    expect(rows.length).toBe(FRAMES)
    const decoder = new FrameDecoder()
    const kinds = new Set<string>()
    const differences: string[] = []
    frames.forEach((frame, i) => {
      const views = decoder.views.slice(0, decoder.decode(recordOf(frame)))
      kinds.add(views.map(({ protocol, tunnel, ipVersion }) => `${protocol} ${tunnel} ${ipVersion}`).join('>'))
      const ours = views.every(({ status }) => status === DecodeStatus.Ok) ? rowOf(views) : {}
      for (const field of FIELDS) {
        const [mine, theirs] = [String(ours[field]), String(rows[i]?.[field])]
        if (mine !== theirs) differences.push(`#${i + 1} ${field}: ${mine} instead of ${theirs}`)
      }
    })
    expect(differences).toEqual([])
    expect(kinds.size).toBeGreaterThan(200)
  })
})

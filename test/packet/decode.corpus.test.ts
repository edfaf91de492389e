import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatIp } from '../../src/core/ip.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { framesOf } from '../support/packet-capture-file.ts'

/** Captures of the tcpdump project and what tshark says of every TCP header in them; see the folder's README. */
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/tcpdump-text')

/** Frames whose TCP header is not to be decoded, and why. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  // 16 of the TCP header's 20 octets were captured; tshark shows them all the same.
  'syn-short-snaplen': ['41', '42', '43', '44', '45', '46', '47', '48', '49', '50'],
}

interface IndexEntry {
  readonly name: string
  readonly file: string
  readonly tcpPackets: number
}

type Row = Readonly<Record<string, string>>

/**
 * Payload of the frames that are shorter than their IP length: tshark goes by the frame, tcpdump and we by the IP header.
 */
const TCP_LENGTH: Readonly<Record<string, Readonly<Record<string, string>>>> = { kday4: { '10': '768' } }

function readTable(name: string): Row[] {
  const [head = '', ...lines] = readFileSync(`${CORPUS}/${name}.tcp.tsv`, 'utf8').trim().split('\n')
  const columns = head.split('\t')
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(columns.map((column, i) => [column, values[i] ?? '']))
  })
}

/** What tshark's columns say of the innermost TCP header, from the views of one frame. */
function rowOf(frame: number, views: readonly PacketView[]): Row {
  const view = views.at(-1)
  const outermost = views[0]
  if (view === undefined || outermost === undefined) throw new Error('No views')
  return {
    frame: String(frame),
    depth: String(view.depth + 1),
    src: formatIp(view.ipVersion, view.src0, view.src1, view.src2, view.src3),
    sport: String(view.srcPort),
    dst: formatIp(view.ipVersion, view.dst0, view.dst1, view.dst2, view.dst3),
    dport: String(view.dstPort),
    flags: hexOf(view.flags),
    seq_raw: String(view.seq),
    ack_raw: String(view.ack),
    window: String(view.window),
    tcp_len: view.moreFragments === 1 ? '' : String(view.payloadLength),
    hdr_len: String(view.tcpHeaderLength),
    ip_len: view.ipVersion === 4 ? String(view.ipLength) : '',
    ipv6_plen: view.ipVersion === 6 ? String(view.ipLength - 40) : '',
    ip_id: view.ipVersion === 4 ? hexOf(view.ipId) : '',
    ttl: String(view.ttl),
    outer_src: formatIp(outermost.ipVersion, outermost.src0, outermost.src1, outermost.src2, outermost.src3),
    outer_dst: formatIp(outermost.ipVersion, outermost.dst0, outermost.dst1, outermost.dst2, outermost.dst3),
    outer_ip_len: String(outermost.ipVersion === 4 ? outermost.ipLength : outermost.ipLength - 40),
  }
}

const hexOf = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`

/** Rows of all TCP headers we decode, in file order. */
function decodeCapture(file: string): Row[] {
  const decoder = new FrameDecoder()
  const rows: Row[] = []
  for (const record of framesOf(readFileSync(`${CORPUS}/${file}`))) {
    const views = decoder.views.slice(0, decoder.decode(record))
    const innermost = views.findLast((view) => view.status === 0)
    if (innermost?.protocol !== IpProtocol.Tcp || innermost.fragmentOffset !== 0) continue
    rows.push(rowOf(record.number, views))
  }
  return rows
}

/** Rows of tshark whose whole TCP header (options aside) was captured; flags without the three reserved bits. */
function expectedRows(name: string): Row[] {
  const leftOut = LEFT_OUT[name] ?? []
  return readTable(name)
    .filter((row) => row.hdr_len !== '' && !leftOut.includes(row.frame ?? ''))
    .map(({ time_epoch: _time, stream: _stream, frame_len: _frame, cap_len: _captured, ...row }) => ({
      ...row,
      tcp_len: TCP_LENGTH[name]?.[row.frame ?? ''] ?? row.tcp_len ?? '',
      flags: hexOf(Number(row.flags) & 0x1ff),
    }))
}

describe.skipIf(!existsSync(CORPUS))('the corpus of captures with ground truth (../shared)', () => {
  const index: readonly IndexEntry[] = existsSync(CORPUS)
    ? JSON.parse(readFileSync(`${CORPUS}/index.json`, 'utf8'))
    : []

  test('is there', () => {
    expect(index.length).toBeGreaterThan(70)
    expect(index.reduce((sum, entry) => sum + expectedRows(entry.name).length, 0)).toBeGreaterThan(1200)
  })

  test.each(index)('$name', ({ name, file }) => {
    expect(decodeCapture(file)).toEqual(expectedRows(name))
  })
})

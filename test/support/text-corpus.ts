import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { formatIp } from '../../src/core/ip.ts'

/** Captures beside what tcpdump prints of them; outside the repository, so that tests skip where it is absent. */
export const TEXT_CORPUS: string = resolve(import.meta.dirname, '../../../shared/corpus/tcpdump-text')
export const HAS_TEXT_CORPUS: boolean = existsSync(TEXT_CORPUS)

/** One capture of the corpus. */
export interface CorpusCapture {
  readonly name: string
  readonly file: string
  /** TCP packets of its texts where they are not all of the capture, by flag set. */
  readonly tcpInText: Readonly<Record<string, number>>
  readonly tcpPackets: number
}

/** One text of a capture. */
export interface Rendering {
  readonly capture: string
  /** File name, such as `syn-tunnels.n.v3.8.3.txt`. */
  readonly file: string
  /** Flag set, such as `n` or `nn-tt`. */
  readonly flags: string
  /** Version of tcpdump; 4.99.3 where the name carries none. */
  readonly version: string
}

/** A TCP packet as tshark tells it. */
export interface TrueSegment {
  readonly time: string
  readonly src: string
  readonly srcPort: number
  readonly dst: string
  readonly dstPort: number
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly payloadLength: number | null
  readonly headerLength: number | null
  readonly ipLength: number | null
  readonly ipId: number | null
  readonly ttl: number
  readonly depth: number
  readonly outerSrc: string
  readonly outerDst: string
}

export function readCorpus(): CorpusCapture[] {
  return JSON.parse(readFileSync(join(TEXT_CORPUS, 'index.json'), 'utf8'))
}

export function readText(file: string): Uint8Array {
  return readFileSync(join(TEXT_CORPUS, file))
}

/** All texts of a capture. */
export function renderingsOf(capture: string): Rendering[] {
  return readdirSync(TEXT_CORPUS)
    .filter((file) => file.startsWith(`${capture}.`) && file.endsWith('.txt'))
    .map((file) => {
      const rest = file.slice(capture.length + 1, -'.txt'.length)
      const version = /\.v([\d.]+(?:-pre)?)$/.exec(rest)
      const flags = version === null ? rest : rest.slice(0, version.index)
      return { capture, file, flags, version: version?.[1] ?? '4.99.3' }
    })
}

/** The truth of a capture, one entry a TCP header. */
export function readTruth(capture: string): TrueSegment[] {
  const [header = '', ...rows] = readFileSync(join(TEXT_CORPUS, `${capture}.tcp.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
  const columns = header.split('\t')
  return rows.map((row) => {
    const cells = row.split('\t')
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? ''
    const number = (name: string): number | null => (cell(name) === '' ? null : Number(cell(name)))
    const payload6 = number('ipv6_plen')
    return {
      time: cell('time_epoch'),
      src: cell('src'),
      srcPort: number('sport') ?? -1,
      dst: cell('dst'),
      dstPort: number('dport') ?? -1,
      flags: Number.parseInt(cell('flags'), 16),
      seq: number('seq_raw') ?? -1,
      ack: number('ack_raw') ?? -1,
      window: number('window') ?? -1,
      payloadLength: number('tcp_len'),
      headerLength: number('hdr_len'),
      ipLength: number('ip_len') ?? (payload6 === null ? null : payload6 + 40),
      ipId: cell('ip_id') === '' ? null : Number(cell('ip_id')),
      ttl: number('ttl') ?? -1,
      depth: number('depth') ?? 1,
      outerSrc: cell('outer_src'),
      outerDst: cell('outer_dst'),
    }
  })
}

/** Canonical text of four words. */
export function wordsToText(version: 4 | 6, w0: number, w1: number, w2: number, w3: number): string {
  return formatIp(version, w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0)
}

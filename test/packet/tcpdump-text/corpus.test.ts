import { describe, expect, test } from 'vitest'
import type { PacketView } from '../../../src/packet/packet-view.ts'
import {
  HAS_TEXT_CORPUS,
  type Rendering,
  readCorpus,
  readText,
  readTruth,
  renderingsOf,
  type TrueSegment,
  wordsToText,
} from '../../support/text-corpus.ts'
import { decodeText, segmentsOf } from '../../support/text-decode.ts'

type Field =
  | 'src'
  | 'dst'
  | 'srcPort'
  | 'dstPort'
  | 'flags'
  | 'seq'
  | 'ack'
  | 'window'
  | 'headerLength'
  | 'payloadLength'
  | 'ipLength'
  | 'depth'
  | 'ttl'
  | 'ipId'

/** A difference between a text and its capture that is the text's, with the reason. */
interface Exception {
  readonly capture: RegExp
  /** Flag set and version, such as `n 4.99.3`. */
  readonly rendering: RegExp
  /** Segments in the text where they are fewer than in the capture; they are the first ones unless `rows` says which. */
  readonly count?: number
  readonly rows?: (segment: TrueSegment, index: number) => boolean
  readonly fields?: readonly Field[]
  readonly reason: string
}

const BEFORE_TUNNELS = /(3\.8\.3|3\.9\.8|4\.0\.0|4\.3\.0)$/
const NO_DUMP = /^(?!X |xx |evXX ).*$/
const NO_LENGTH = /^(?!v|K|t-v|X|xx|evXX)/

const EXCEPTIONS: readonly Exception[] = [
  {
    capture: /^(bigtcp-ipv4|ipv4_tcp_http_xml_tso)$/,
    rendering: /^(?!X ).* (3\.8\.3|3\.9\.8|4\.[0-3]\.0|4\.9\.3|4\.99\.3)$/,
    count: 0,
    reason: 'IP total length 0: printed as "bad-len 0" and nothing more before 4.99.5; a dump still shows the packet',
  },
  {
    capture: /^(geneve|geneve-gcp|gso-ipv[46]-(geneve|vxlan)-ipv[46])$/,
    rendering: /^e?q /,
    count: 0,
    reason: '-q decodes no UDP tunnel',
  },
  { capture: /^geneve$/, rendering: BEFORE_TUNNELS, count: 0, reason: 'Geneve is decoded since 4.5' },
  {
    capture: /^syn-vxlan-/,
    rendering: /^e?q /,
    count: 10,
    rows: ({ depth }) => depth === 1,
    reason: '-q decodes no UDP tunnel',
  },
  {
    capture: /^syn-vxlan-8472$/,
    rendering: BEFORE_TUNNELS,
    count: 10,
    rows: ({ depth }) => depth === 1,
    reason: 'port 8472 is decoded (as OTV) since 4.4',
  },
  {
    capture: /^syn-tunnels$/,
    rendering: /^q /,
    count: 50,
    rows: (_, i) => ![0, 1, 5, 6].includes(Math.floor(i / 10)),
    reason: '-q decodes no UDP tunnel',
  },
  {
    capture: /^syn-tunnels$/,
    rendering: /^n (3\.8\.3|3\.9\.8|4\.0\.0)$/,
    count: 40,
    rows: (_, i) => ![0, 1, 5, 6, 8].includes(Math.floor(i / 10)),
    reason: 'no UDP tunnels, and MPLS payload is not printed without -v',
  },
  {
    capture: /^syn-tunnels$/,
    rendering: /^(v (3\.8\.3|3\.9\.8|4\.0\.0|4\.3\.0)|n 4\.3\.0)$/,
    count: 50,
    rows: (_, i) => ![0, 1, 5, 6].includes(Math.floor(i / 10)),
    reason: 'no UDP tunnels before 4.4',
  },
  {
    capture: /^tcp_header_heapoverflow$/,
    rendering: /./,
    count: 0,
    reason: 'the TCP header is cut before its flags',
  },
  {
    capture: /^wccp_redirect_gre$/,
    rendering: NO_DUMP,
    count: 0,
    reason: 'tcpdump does not know the WCCP redirect header; a dump shows what is behind it',
  },
  {
    capture: /^syn-short-snaplen$/,
    rendering: /./,
    count: 40,
    reason: 'below 54 octets only ports or addresses remain of a segment',
  },
  {
    capture: /^syn-short-snaplen$/,
    rendering: NO_LENGTH,
    fields: ['headerLength', 'ipLength'],
    reason: 'the options are cut, and with them the length of the header',
  },
  {
    capture: /^accecn_handshake$/,
    rendering: /^(?!X ).* (?!5\.0)/,
    fields: ['flags'],
    reason: 'the AE bit is printed since 5.0',
  },
  {
    capture: /^accecn_handshake$/,
    rendering: /^(n|nn-tt|e|S) (4|5)/,
    fields: ['headerLength', 'ipLength'],
    reason: 'the AccECN option is printed without its length',
  },
  {
    capture: /^(beep-oobr|bgp-bgp_capabilities_print-oobr-1|heapoverflow-tcp_print)$/,
    rendering: /^(?!q )/,
    fields: ['flags'],
    reason: 'reserved header bits are not printed',
  },
  {
    capture: /^(beep-oobr|bgp-bgp_capabilities_print-oobr-1|heapoverflow-tcp_print)$/,
    rendering: /^(n|nn-tt|e|S|v) /,
    fields: ['headerLength', 'ipLength'],
    reason: 'corrupt options; padding behind "eol" is not printed',
  },
  {
    capture: /^kday4$/,
    rendering: /./,
    fields: ['payloadLength'],
    reason: 'a frame shorter than its IP length: tcpdump believes the IP header, tshark the frame',
  },
  {
    capture: /^syn-extension-headers$/,
    rendering: /^(n|nn-tt|S|names|e) /,
    fields: ['ipLength'],
    reason: 'extension headers and IP options are printed without their lengths unless with -v',
  },
  {
    capture: /^syn-extension-headers$/,
    rendering: /^X /,
    fields: ['ipId'],
    reason: 'the truth has no column for the identification of IPv6 fragment headers, which a dump shows',
  },
  {
    capture: /^syn-short-snaplen$/,
    rendering: /4\.0\.0$/,
    fields: ['headerLength', 'payloadLength'],
    reason: '4.0.0 prints no range of sequence numbers, and behind cut options no length either',
  },
  {
    capture: /^syn-midstream$/,
    rendering: /^(?!q |vv )/,
    fields: ['seq'],
    reason: 'the number of a pure ACK is not printed, so a keep-alive without data looks like any other',
  },
]

describe.skipIf(!HAS_TEXT_CORPUS)('every text of the corpus says what its capture says', () => {
  const captures = HAS_TEXT_CORPUS ? readCorpus() : []
  const used = new Set<Exception>()

  test.each(captures.map(({ name }) => name))('%s', (name) => {
    const truth = readTruth(name)
    const differences: string[] = []
    let compared = 0
    for (const rendering of renderingsOf(name)) {
      const exceptions = EXCEPTIONS.filter((exception) => applies(exception, rendering))
      const segments = segmentsOf(decodeText([readText(rendering.file)]))
      const expected = expectedRows(truth, exceptions, used)
      compared++
      if (segments.length !== expected.length) {
        differences.push(`${rendering.file}: ${segments.length} segments instead of ${expected.length}`)
        continue
      }
      segments.forEach((segment, i) => {
        const row = expected[i]
        if (!row) return
        for (const [field, found, wanted] of compare(segment, row)) {
          const excused = exceptions.find(({ fields }) => fields?.includes(field))
          if (excused) used.add(excused)
          else differences.push(`${rendering.file} #${i}: ${field} ${found} instead of ${wanted}`)
        }
      })
    }
    expect(compared).toBeGreaterThan(5)
    expect(differences.slice(0, 20)).toEqual([])
  })

  test('every exception is needed', () => {
    expect(EXCEPTIONS.filter((exception) => !used.has(exception)).map(({ reason }) => reason)).toEqual([])
  })
})

function applies({ capture, rendering }: Exception, text: Rendering): boolean {
  return capture.test(text.capture) && rendering.test(`${text.flags} ${text.version}`)
}

function expectedRows(
  truth: readonly TrueSegment[],
  exceptions: readonly Exception[],
  used: Set<Exception>,
): readonly TrueSegment[] {
  const fewer = exceptions.find(({ count }) => count !== undefined)
  if (fewer?.count === undefined) return truth
  used.add(fewer)
  return fewer.rows === undefined ? truth.slice(0, fewer.count) : truth.filter(fewer.rows)
}

/** Fields that the text carries and that differ. */
function compare(view: PacketView, row: TrueSegment): [Field, unknown, unknown][] {
  const both: [Field, unknown, unknown][] = [
    ['srcPort', view.srcPort, row.srcPort],
    ['dstPort', view.dstPort, row.dstPort],
    ['depth', view.depth + 1, row.depth],
  ]
  if (view.srcName < 0)
    both.push(['src', wordsToText(view.ipVersion, view.src0, view.src1, view.src2, view.src3), row.src])
  if (view.dstName < 0)
    both.push(['dst', wordsToText(view.ipVersion, view.dst0, view.dst1, view.dst2, view.dst3), row.dst])
  if (row.payloadLength !== null) both.push(['payloadLength', view.payloadLength, row.payloadLength])
  if (view.ttl >= 0) both.push(['ttl', view.ttl, row.ttl])
  if (view.ipId >= 0) both.push(['ipId', view.ipId, row.ipId])
  if (view.hasSeq === 1) both.push(...compareSegment(view, row))
  return both.filter(([, found, wanted]) => found !== wanted)
}

function compareSegment(view: PacketView, row: TrueSegment): [Field, unknown, unknown][] {
  const both: [Field, unknown, unknown][] = [
    ['flags', view.flags, row.flags],
    ['window', view.window, row.window],
  ]
  if (view.seqIsRelative === 0) both.push(['seq', view.seq, row.seq])
  if (view.ackIsRelative === 0 && (row.flags & 0x10) !== 0) both.push(['ack', view.ack, row.ack])
  if (row.headerLength !== null) both.push(['headerLength', view.tcpHeaderLength, row.headerLength])
  if (row.ipLength !== null) both.push(['ipLength', view.ipLength, row.ipLength])
  return both
}

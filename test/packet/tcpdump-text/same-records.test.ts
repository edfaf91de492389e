import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PcapReader } from '../../../src/capture/pcap.ts'
import { PcapngReader } from '../../../src/capture/pcapng.ts'
import { DecodeStatus } from '../../../src/core/decode-status.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { FrameDecoder } from '../../../src/packet/decode.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { HAS_TEXT_CORPUS, readCorpus, readText, renderingsOf, TEXT_CORPUS } from '../../support/text-corpus.ts'
import { decodeText } from '../../support/text-decode.ts'

type Field = keyof PacketView

const ADDRESSES: readonly Field[] = ['src0', 'src1', 'src2', 'src3', 'dst0', 'dst1', 'dst2', 'dst3']
/** In every text. */
const ALWAYS: readonly Field[] = ['protocol', 'ipVersion', 'fragmentOffset', 'depth', 'tunnel', 'vni', ...ADDRESSES]
const TRANSPORT: readonly Field[] = ['srcPort', 'dstPort']
const OPTIONS: readonly Field[] = ['mss', 'windowScale', 'sackPermitted', 'hasTimestamps', 'urgentPointer']
const ICMP: readonly Field[] = ['icmpType', 'icmpCode', 'icmpId', 'icmpSeq', 'icmpMtu']
const VERBOSE: readonly Field[] = ['ttl', 'ipLength', 'payloadLength', 'moreFragments']
const QUOTED: readonly Field[] = ['quotedProtocol', 'quotedSrc3', 'quotedDst3', 'quotedSrcPort', 'quotedDstPort']
/** In a hex dump as well. */
const DUMPED: readonly Field[] = ['ipId', 'dnsId', 'checksum', 'hasQuoted', 'quotedSeq']

interface Exception {
  readonly text: RegExp
  /** Fields that may differ; all records of the text where left out. */
  readonly fields?: readonly Field[]
  readonly reason: string
}

/** Versions before 4.99 print less of some protocols; of those only the TCP segments are compared, in corpus.test.ts. */
const VERSION = '4.99.3'
const EXCEPTIONS: readonly Exception[] = [
  { text: /^(bigtcp-ipv4|ipv4_tcp_http_xml_tso)\./, reason: 'IP total length 0 is printed as "bad-len 0" alone' },
  { text: /^wccp_redirect_gre\./, reason: 'tcpdump does not know the WCCP redirect header' },
  {
    text: /^syn-fragments\.(?!v\.|X\.)/,
    reason: 'later fragments show nothing to be joined by unless with -v',
  },
  {
    text: /^arcnet-rfc1201-arp-icmp-http\.e\./,
    reason: 'behind link headers that are not known only TCP is looked for',
  },
]

describe.skipIf(!HAS_TEXT_CORPUS)('every record of a text is the packet of its capture', () => {
  const captures = HAS_TEXT_CORPUS ? readCorpus() : []
  const used = new Set<string>()
  let compared = 0

  test.each(captures.map(({ name, file }) => [name, file]))('%s', (name, file) => {
    const frames = framesOf(file)
    const differences: string[] = []
    for (const { file: text, flags, version } of renderingsOf(name)) {
      if (version !== VERSION || /^(?:q|eq|names|N)$/.test(flags)) continue
      const exception = EXCEPTIONS.find((candidate) => candidate.text.test(text))
      const records = decodeText([readText(text)]).records.map(okViews)
      for (const difference of compare(records, frames, flags, exception?.fields ?? [])) {
        if (exception !== undefined && exception.fields === undefined) used.add(exception.reason)
        else differences.push(`${text} ${difference}`)
      }
      if (exception?.fields !== undefined && compare(records, frames, flags, []).length > 0) used.add(exception.reason)
      compared += records.length
    }
    expect(differences.slice(0, 20)).toEqual([])
  })

  test('many were compared, and every exception is needed', () => {
    expect(compared).toBeGreaterThan(10_000)
    expect(EXCEPTIONS.filter(({ reason }) => !used.has(reason)).map(({ reason }) => reason)).toEqual([])
  })
})

function compare(
  texts: readonly (readonly PacketView[])[],
  frames: readonly (readonly PacketView[])[],
  flags: string,
  ignored: readonly Field[],
): string[] {
  if (texts.length !== frames.length) return [`${texts.length} records instead of ${frames.length}`]
  return texts.flatMap((views, i) => {
    const packets = frames[i] ?? []
    if (views.length !== packets.length) return [`#${i + 1}: ${views.length} packets instead of ${packets.length}`]
    return views.flatMap((view, k) => {
      const packet = packets[k]
      if (packet === undefined) return []
      return fieldsOf(view, flags)
        .filter((field) => !ignored.includes(field) && view[field] !== packet[field])
        .map((field) => `#${i + 1}: ${field} ${view[field]} instead of ${packet[field]}`)
    })
  })
}

/** What a text with these flags carries of such a packet. */
function fieldsOf(view: PacketView, flags: string): Field[] {
  const fields = [...ALWAYS]
  const isVerbose = /^(?:v|vv|evXX|t-v)$/.test(flags)
  const isDump = /x/i.test(flags)
  if (view.depth === 0) fields.splice(fields.indexOf('tunnel'), 1)
  if (/^(?:nn-tt|e|S)$/.test(flags) && view.hasTime) fields.push('timeSec')
  if (/^e/.test(flags)) fields.push('vlan')
  if (view.ifindex > 0) fields.push('ifindex')
  if (view.sllPacketType >= 0) fields.push('sllPacketType', 'direction')
  if (isVerbose || isDump) fields.push(...VERBOSE)
  if (view.fragmentOffset > 0) return fields.filter((field) => field !== 'payloadLength')
  if (view.protocol === IpProtocol.Tcp) fields.push(...OPTIONS)
  if (view.protocol === IpProtocol.Icmp || view.protocol === IpProtocol.Icmpv6) fields.push(...ICMP)
  if (view.hasQuoted === 1) fields.push(...QUOTED)
  if (isDump) fields.push(...DUMPED.filter((field) => isValid(view, field)))
  return [...fields, ...TRANSPORT]
}

function isValid(view: PacketView, field: Field): boolean {
  if (field === 'checksum') return view.protocol === IpProtocol.Tcp
  if (field === 'hasQuoted') return view.protocol === IpProtocol.Icmp || view.protocol === IpProtocol.Icmpv6
  if (field === 'quotedSeq') return view.hasQuoted === 1
  return true
}

function okViews(views: readonly PacketView[]): PacketView[] {
  return views.filter(({ status }) => status === DecodeStatus.Ok)
}

function framesOf(file: string): PacketView[][] {
  const reader = file.endsWith('ng') ? new PcapngReader(file) : new PcapReader(file)
  const decoder = new FrameDecoder()
  reader.push(readFileSync(join(TEXT_CORPUS, file)))
  reader.end()
  const frames: PacketView[][] = []
  while (reader.next()) {
    const count = decoder.decode(reader.record)
    frames.push(okViews(decoder.views.slice(0, count).map((view) => Object.assign(new PacketView(), view))))
  }
  return frames
}

import { learnHead } from './calibration.ts'
import { undoDamage } from './damage.ts'
import { unwrapDockerLog } from './docker-log.ts'
import { HeadLine } from './head-line.ts'
import { LinePrefix } from './line-prefix.ts'
import { looksLikeTimedPacket } from './packet-start.ts'
import { parseSectionLine } from './section-line.ts'
import { TextEncodingFilter } from './text-encoding.ts'

/** Lines looked at; prose in front of a paste is rarely longer. */
const MAX_LINES = 400
const MAX_LINE = 8192

/**
 * Whether octets from the start of a file are tcpdump text: one of the first lines, whatever is in front of them, is a
 * packet or a banner of tcpdump's.
 *
 * @param start - The first octets of the file; 64 KiB are plenty, fewer do where the file is shorter.
 */
export function sniffTcpdumpText(start: Uint8Array): boolean {
  const filter = new TextEncodingFilter()
  const head = filter.push(start)
  const octets = head.length > 0 ? head : filter.finish()
  // Captures hold payload, which may imitate text; no text holds a zero octet.
  if (octets.includes(0)) return false
  const text = new TextDecoder().decode(octets)
  const reader = new HeadLine()
  for (const raw of text.split('\n', MAX_LINES)) {
    if (raw.length < MAX_LINE && isTcpdumpLine(undoDamage(unwrapDockerLog(raw.replace(/\r+$/, ''))), reader))
      return true
  }
  return false
}

function isTcpdumpLine(line: string, head: HeadLine): boolean {
  for (const { prefix, at } of LinePrefix.candidates(line)) {
    const rest = line.slice(at)
    const frame = parseSectionLine(rest)
    if (frame !== undefined && frame.kind !== 'banner') return true
    if (learnHead(head, rest, prefix, null) && looksLikeTimedPacket(rest.slice(head.body))) return true
  }
  return false
}

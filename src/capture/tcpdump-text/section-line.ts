import { parseCommandLine, type TcpdumpCommand } from './tcpdump-command.ts'

/** A line of tcpdump's own around the packets: what it says of the section. */
export type SectionLine =
  | { readonly kind: 'command'; readonly command: TcpdumpCommand }
  /** `listening on …`; `reading from file …` has no interface. */
  | {
      readonly kind: 'start'
      readonly interface: string | null
      readonly linkType: string | null
      readonly snapLength: number
    }
  /** A counter of the closing statistics. */
  | { readonly kind: 'trailer'; readonly dropped: number }
  /** Statistics asked for by a signal, on one line; the capture goes on. */
  | { readonly kind: 'statistics'; readonly dropped: number }
  /** tcpdump stopped because of an error. */
  | { readonly kind: 'error'; readonly message: string }
  /** Anything else it says of itself. */
  | { readonly kind: 'banner' }

const START = /^(?:tcpdump: )?(?<verb>listening on|reading from file) (?<rest>\S+|\S.*, link-type .*)$/
const INTERFACE = /^\S+?(?=,|\s|$)/
const LINK_TYPE = /, link-type (?<name>\w+)/
const SNAP_LENGTH = /, (?:snapshot length|capture size) (?<octets>\d+)/
const COUNTER =
  /^(?:tcpdump: )?(?<count>\d+) packets? (?:captured|received by filter|dropped by (?:kernel|interface))\s*$/
const STATISTICS = /^tcpdump: \d+ packets? captured, .*$/
const DROPPED = /(\d+) packets? dropped by (?:kernel|interface)/g
const ERROR =
  /^tcpdump: (?:pcap_loop|pcap_dispatch|pcap_next_ex|pcap_activate|.*truncated dump file|.*bogus savefile|.*an interface has a)/
const BANNER =
  /^(?:tcpdump: .*|dropped privs to \S+|Warning: interface names might be incorrect|Defaulted container .*|\^C|\d+ packets? skipped by count)\s*$/

/** Tells a line that frames packets from one that is neither; `undefined` for the latter. */
export function parseSectionLine(line: string): SectionLine | undefined {
  // One test that nearly every other line fails.
  if (!/tcpdump|listening on|reading from|packets? |dropped privs|Warning: int|Defaulted|\^C/.test(line))
    return undefined
  const start = START.exec(line.replace(/^\^C/, ''))?.groups
  if (start) return readStart(start.verb === 'listening on', start.rest ?? '')
  const text = line.replace(/^\^C(?=\S)/, '')
  if (STATISTICS.test(text)) return { kind: 'statistics', dropped: droppedPackets(text) }
  if (COUNTER.test(text)) return { kind: 'trailer', dropped: droppedPackets(text) }
  if (ERROR.test(text)) return { kind: 'error', message: text.slice(0, 200) }
  if (BANNER.test(text)) return { kind: 'banner' }
  const command = parseCommandLine(text)
  return command === undefined ? undefined : { kind: 'command', command }
}

function readStart(isLive: boolean, rest: string): SectionLine {
  return {
    kind: 'start',
    interface: isLive ? (INTERFACE.exec(rest)?.[0] ?? null) : null,
    linkType: LINK_TYPE.exec(rest)?.groups?.name ?? null,
    snapLength: Number(SNAP_LENGTH.exec(rest)?.groups?.octets ?? 0),
  }
}

function droppedPackets(line: string): number {
  let dropped = 0
  for (const match of line.matchAll(DROPPED)) dropped += Number(match[1])
  return dropped
}

import { printedOptionsLength, splitOptions } from '../../capture/tcpdump-text/tcp-options-length.ts'
import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { PacketView } from '../packet-view.ts'
import { FAILURE, type Failure } from './outcome.ts'

const BASE_HEADER_LENGTH = 20

/** What a printed TCP header says beyond the fields of the view. */
export interface TcpText {
  readonly failure: Failure | undefined
  /** Whether `view.seq` was printed. */
  readonly seqPrinted: boolean
  /** Octets of payload; `undefined` where the line does not say. */
  readonly payload: number | undefined
  /** False where the header length in the view is only a lower bound. */
  readonly headerExact: boolean
  /** tcpdump took this segment as a base without printing its numbers. */
  readonly spoilsBase: boolean
}

const FLAG_LETTERS: Readonly<Record<string, number>> = {
  F: TcpFlag.Fin,
  S: TcpFlag.Syn,
  R: TcpFlag.Rst,
  P: TcpFlag.Psh,
  '.': TcpFlag.Ack,
  U: TcpFlag.Urg,
  E: TcpFlag.Ece,
  W: TcpFlag.Cwr,
  e: TcpFlag.Ae,
}

const QUICK = /^ ?tcp (?<length>\d+)/
const FIELDS = /^Flags \[(?<flags>[A-Za-z.]*)\]/
const OLD_CHECKSUM =
  '(?: \\[(?:tcp sum ok|bad tcp cksum [^\\]]*)\\]|, cksum 0x[0-9a-f]+ \\((?:correct|incorrect \\(-> 0x[0-9a-f]+)\\)+,?)'
const OLD = new RegExp(
  `^(?<flags>\\.|[SFRPWE]+)${OLD_CHECKSUM}*(?: (?<from>\\d+):(?<to>\\d+)\\((?<length>\\d+)\\))?(?: ack (?<ack>\\d+))?(?: win (?<win>\\d+))?(?: urg (?<urg>\\d+))?(?: <(?<options>[^>]*)>?)?`,
)

/** Whether what follows the addresses is TCP. `Flags [` alone proves nothing, but behind ports it does. */
export function isTcpText(text: string): boolean {
  if (text.startsWith('Flags [') || QUICK.test(text) || /^ ?\[\|tcp\]/.test(text)) return true
  const old = OLD.exec(text)?.groups
  return old !== undefined && (old.win !== undefined || old.from !== undefined || old.ack !== undefined)
}

/**
 * Fills the TCP fields of a blank view from what stands behind the addresses; numbers as printed.
 *
 * @param text - From `Flags [`, `tcp N` or the flag letters of tcpdump 3 to the end of the line.
 */
export function readTcpText(text: string, view: PacketView): TcpText {
  view.protocol = IpProtocol.Tcp
  view.status = DecodeStatus.Ok
  view.tcpHeaderLength = BASE_HEADER_LENGTH
  if (/^ ?\[\|tcp\]/.test(text)) return broken(FAILURE.tcpTruncated)
  if (text.startsWith('Flags [')) return readFields(text, view)
  const quick = QUICK.exec(text)
  if (quick === null) return readOld(text, view)
  if (text.includes('[bad hdr length')) return broken(FAILURE.tcpDataOffset)
  view.hasSeq = 0
  return {
    failure: undefined,
    seqPrinted: false,
    payload: Number(quick.groups?.length),
    headerExact: false,
    spoilsBase: false,
  }
}

function broken(failure: Failure, spoilsBase = false): TcpText {
  return { failure, seqPrinted: false, payload: undefined, headerExact: false, spoilsBase }
}

// "Flags [P.], cksum 0x1421 (correct), seq 1:203, ack 1, win 8192, options [nop,nop,TS val 1 ecr 2], length 202: HTTP"
function readFields(text: string, view: PacketView): TcpText {
  const flags = FIELDS.exec(text)
  if (flags === null) return broken(FAILURE.lineCut)
  view.flags = readFlags(flags.groups?.flags ?? '')
  const [head, options, tail] = splitAtOptions(text.slice(flags[0].length))
  if (/^ \[bad hdr length/.test(head)) return broken(FAILURE.tcpHeaderLength, true)
  const checksum = /^, cksum 0x([0-9a-f]+)/.exec(head)
  if (checksum) view.checksum = Number.parseInt(checksum[1] ?? '0', 16)
  const seq = /, seq (\d+)(?::(\d+))?/.exec(head)
  const window = /, win (\d+)/.exec(head)
  // Every version prints the number of a SYN.
  if (seq === null && (view.flags & TcpFlag.Syn) !== 0 && !/\[\|tcp\]/.test(head)) return broken(FAILURE.lineCut)
  if (window === null) return broken(/\[\|tcp\]/.test(head) ? FAILURE.tcpTruncated : FAILURE.lineCut)
  view.seq = uint32(seq?.[1])
  view.ack = uint32(/, ack (\d+)/.exec(head)?.[1])
  view.window = Number(window[1])
  view.urgentPointer = uint32(/, urg (\d+)/.exec(head)?.[1])
  const headerExact = options === undefined || readOptions(options, view)
  const isCut = options !== undefined && /\[\|tcp\]/.test(text)
  const range = seq?.[2] === undefined ? undefined : (uint32(seq[2]) - view.seq) >>> 0
  const payload = range ?? printedLength(options === undefined ? head : tail)
  if (payload === undefined && !isCut && !/\[bad opt\]/.test(text)) return broken(FAILURE.lineCut)
  // Only segments with payload print a range; a cut line without one had none (print-tcp.c `tcp_print()`).
  return { failure: undefined, seqPrinted: seq !== null, payload: payload ?? 0, headerExact, spoilsBase: false }
}

/** Fields before the options, the options without their brackets, and what follows them. */
function splitAtOptions(text: string): [string, string | undefined, string] {
  const start = text.indexOf(', options [')
  // Payload text may hold the word; the fields end at the length.
  const length = /, length \d/.exec(text)
  if (start < 0 || (length !== null && length.index < start)) return [text, undefined, '']
  const list = text.slice(start + ', options ['.length)
  const end = /\](?=, length \d)/.exec(list)
  if (end !== null) return [text.slice(0, start), list.slice(0, end.index), list.slice(end.index + 1)]
  return [text.slice(0, start), list.replace(/[\]>]*$/, ''), '']
}

// Up to 4.9.0 the text of DNS follows the length without a separator; it ends with the message's length, which is two
// octets less (RFC 1035 §4.2.2).
function printedLength(text: string): number | undefined {
  const length = /, length (\d+)/.exec(text)?.[1]
  if (length === undefined) return undefined
  const dns = /\((\d+)\)$/.exec(text.slice(-12))?.[1]
  const byDns = dns === undefined ? undefined : String(Number(dns) + 2)
  return byDns !== undefined && length.length > byDns.length && length.startsWith(byDns)
    ? Number(byDns)
    : Number(length)
}

function readFlags(letters: string): number {
  if (letters === 'none') return 0
  let flags = 0
  for (const letter of letters) flags |= FLAG_LETTERS[letter] ?? 0
  return flags
}

// "P 1:203(202) ack 1 win 8192 <nop,nop,timestamp 1306300951 1306300950>"
function readOld(text: string, view: PacketView): TcpText {
  const match = OLD.exec(text)
  const fields = match?.groups
  if (match === null || fields === undefined) return broken(FAILURE.unreadable)
  if (fields.win === undefined) return broken(/\[\|tcp\]/.test(text) ? FAILURE.tcpTruncated : FAILURE.lineCut)
  view.flags = fields.flags === '.' ? 0 : readFlags(fields.flags ?? '')
  if (fields.ack !== undefined) view.flags |= TcpFlag.Ack
  if (fields.urg !== undefined) view.flags |= TcpFlag.Urg
  const checksum = /, cksum 0x([0-9a-f]+)/.exec(match[0])
  if (checksum) view.checksum = Number.parseInt(checksum[1] ?? '0', 16)
  view.seq = uint32(fields.from)
  view.ack = uint32(fields.ack)
  view.window = oldWindow(fields.win)
  view.urgentPointer = uint32(fields.urg)
  const headerExact = fields.options === undefined || readOptions(fields.options, view)
  const payload = fields.length === undefined ? 0 : Number(fields.length)
  return { failure: undefined, seqPrinted: fields.from !== undefined, payload, headerExact, spoilsBase: false }
}

// Text of DNS runs into the window: "win 6424017177+" is window 64240 and DNS id 17177. The longest window that fits.
function oldWindow(digits: string): number {
  for (let length = Math.min(5, digits.length); length > 0; length--) {
    const window = Number(digits.slice(0, length))
    if (window <= 0xffff) return window
  }
  return 0
}

const WRONG_LENGTH = /\[len \d+\]$/

/** @returns Whether the header length is exact. */
function readOptions(text: string, view: PacketView): boolean {
  for (const option of splitOptions(text)) {
    // Receivers go on where the option says that it ends, tcpdump where it should (print-tcp.c `tcp_print()`): what it
    // prints from there on is not what was sent.
    if (WRONG_LENGTH.test(option)) break
    const number = (pattern: RegExp): number => Number(pattern.exec(option)?.[1] ?? 0)
    if (/^mss \d/.test(option)) view.mss = number(/^mss (\d+)/)
    else if (/^wscale \d/.test(option)) view.windowScale = number(/^wscale (\d+)/)
    else if (option.startsWith('sackOK')) view.sackPermitted = 1
    else readTimestamps(option, view)
  }
  const length = printedOptionsLength(text)
  view.tcpHeaderLength = Math.min(60, BASE_HEADER_LENGTH + 4 * Math.ceil(length.octets / 4))
  return length.exact && !/(?:^|,)eol/.test(text) && !/\[\|tcp|\[bad opt/.test(text)
}

// "TS val 1 ecr 2"; before 4.0 "timestamp 1 2"
function readTimestamps(option: string, view: PacketView): void {
  const match = /^(?:TS val|timestamp) (\d+) (?:ecr )?(\d+)/.exec(option)
  if (match === null) return
  view.hasTimestamps = 1
  view.tsVal = uint32(match[1])
  view.tsEcr = uint32(match[2])
}

function uint32(digits: string | undefined): number {
  return Number(digits ?? 0) >>> 0
}

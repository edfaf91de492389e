import { port, readIpv4, readIpv6 } from './text-address'
import { digitsOf, numberAt, valueIn } from './text-numbers'

// Texts as a little-endian machine reads them.
/** "IP " and "IP6 ". */
const IPV4_LABEL: u32 = 0x205049
const IPV6_LABEL: u32 = 0x20365049
/** " > " */
const ARROW: u32 = 0x203e20
/** ": Flags " */
const FLAGS: u64 = (0x20736761 << 32) | 0x6c46203a
/** "[.]" and "[P.]" */
const ACK_ALONE: u32 = 0x5d2e5b
const PUSH: u32 = 0x5d2e505b
/** ", seq ", ", ack ", ", win " */
const SEQ: u64 = 0x20716573202c
const ACK: u64 = 0x206b6361202c
const WIN: u64 = 0x206e6977202c
/** ", length", ", option" */
const LENGTH: u64 = (0x6874676e << 32) | 0x656c202c
const OPTION: u64 = (0x6e6f6974 << 32) | 0x706f202c
/** "s [nop,n", "op,TS va", " ecr " */
const NOP: u64 = (0x6e2c706f << 32) | 0x6e5b2073
const TS_VAL: u64 = (0x61762053 << 32) | 0x542c706f
const ECR: u64 = 0x2072636520
const SIX: u64 = 0xffffffffffff
const FIVE: u64 = 0xffffffffff
const THREE: u32 = 0xffffff

const SPACE: u32 = 0x20
const COLON: u32 = 0x3a
const LOWER_L: u32 = 0x6c
const CLOSING_BRACKET: u32 = 0x5d

const FLAG_ACK: u32 = 0x10
const FLAG_PUSH: u32 = 0x08
const TCP_LENGTH: u32 = 20
/** Of NOP, NOP and timestamps. */
const TIMESTAMPS_LENGTH: u32 = 12
/** Lengths and windows of more digits are no such thing. */
const MAX_DIGITS: u32 = 9

/** Of the line last read. Octets of an address: 4 or 16. */
export let addressOctets: usize = 0
/** Source port in the upper half, destination port in the lower. */
export let ports: u32 = 0
export let flags: u32 = 0
export let isSeqPrinted: bool = false
export let seqShown: u32 = 0
export let ackShown: u32 = 0
export let window: u32 = 0
export let payload: u32 = 0
export let headerLength: u32 = 0
/** TSval, 0 without timestamps. */
export let tsVal: u32 = 0

/**
 * Reads what `PlainLineScanner` makes of a TCP segment with ACK and perhaps PSH, whose options are none or timestamps:
 * `IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [P.], seq 1:76, ack 1, win 502, options [nop,nop,TS val 1 ecr 2], length 75`.
 *
 * @param start - First octet of the label.
 * @param source - Where the two addresses are put, one behind the other.
 * @returns First octet behind the length, 0 for every other line.
 */
export function readLine(start: usize, source: usize): usize {
  let at = readEndpoints(start, source)
  if (at === 0 || load<u64>(at) !== FLAGS) return 0
  at = readFlags(at + 8)
  if (at === 0) return 0
  at = readSeq(at)
  if (at === 0 || (load<u64>(at) & SIX) !== ACK) return 0
  const ack = numberAt(at + 6)
  if (ack === 0) return 0
  ackShown = valueIn(ack)
  at += 6 + digitsOf(ack)
  if ((load<u64>(at) & SIX) !== WIN) return 0
  const win = numberAt(at + 6)
  if (win === 0 || digitsOf(win) > MAX_DIGITS) return 0
  window = valueIn(win)
  at = readOptions(at + 6 + digitsOf(win))
  if (at === 0 || load<u64>(at) !== LENGTH || load<u8>(at + 8) !== SPACE) return 0
  const length = numberAt(at + 9)
  if (length === 0 || digitsOf(length) > MAX_DIGITS || valueIn(length) !== payload) return 0
  return at + 9 + digitsOf(length)
}

/** "IP 10.0.0.1.40000 > 10.0.0.2.80" */
function readEndpoints(start: usize, source: usize): usize {
  const label = load<u32>(start)
  const isIpv6 = label === IPV6_LABEL
  if (!isIpv6 && (label & THREE) !== IPV4_LABEL) return 0
  addressOctets = isIpv6 ? 16 : 4
  let at = isIpv6 ? readIpv6(start + 4, source) : readIpv4(start + 3, source)
  if (at === 0 || (load<u32>(at) & THREE) !== ARROW) return 0
  const sourcePort = port
  at = isIpv6 ? readIpv6(at + 3, source + 16) : readIpv4(at + 3, source + 4)
  ports = (sourcePort << 16) | port
  return at
}

/** "[.]" or "[P.]" */
function readFlags(at: usize): usize {
  const brackets = load<u32>(at)
  if (brackets === PUSH) {
    flags = FLAG_ACK | FLAG_PUSH
    return at + 4
  }
  flags = FLAG_ACK
  return (brackets & THREE) === ACK_ALONE ? at + 3 : 0
}

/** ", seq 1:76", ", seq 1" or nothing */
function readSeq(at: usize): usize {
  payload = 0
  isSeqPrinted = (load<u64>(at) & SIX) === SEQ
  if (!isSeqPrinted) return at
  const from = numberAt(at + 6)
  if (from === 0) return 0
  seqShown = valueIn(from)
  at += 6 + digitsOf(from)
  if (load<u8>(at) !== COLON) return at
  const to = numberAt(at + 1)
  if (to === 0) return 0
  payload = valueIn(to) - seqShown
  return at + 1 + digitsOf(to)
}

/** ", options [nop,nop,TS val 1 ecr 2]" or nothing */
function readOptions(at: usize): usize {
  headerLength = TCP_LENGTH
  tsVal = 0
  if (load<u64>(at) !== OPTION) return at
  if (load<u64>(at + 8) !== NOP || load<u64>(at + 16) !== TS_VAL) return 0
  if (load<u8>(at + 24) !== LOWER_L || load<u8>(at + 25) !== SPACE) return 0
  const value = numberAt(at + 26)
  if (value === 0) return 0
  at += 26 + digitsOf(value)
  if ((load<u64>(at) & FIVE) !== ECR) return 0
  const echo = numberAt(at + 5)
  if (echo === 0) return 0
  at += 5 + digitsOf(echo)
  if (load<u8>(at) !== CLOSING_BRACKET) return 0
  tsVal = valueIn(value)
  headerLength = TCP_LENGTH + TIMESTAMPS_LENGTH
  return at + 1
}

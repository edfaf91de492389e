import { applyInOrder, tcpDigest } from './in-order'
import { be32 } from './octets'
import { findIpv4, findIpv6, foundFlow, foundSide, hashIpv4, hashIpv6 } from './table'
import { ack, noteProgress, restore, seq, useConversations } from './text-conversations'
import {
  ackShown,
  addressOctets,
  flags,
  headerLength,
  isSeqPrinted,
  payload,
  ports,
  readLine,
  seqShown,
  tsVal,
  window,
} from './text-line'
import { fractionAt } from './text-numbers'

export { setSamples, unsampled } from './in-order'
export { setSeed, useTable } from './table'

const LINE_FEED: u32 = 0x0a
const CARRIAGE_RETURN: u32 = 0x0d
const SPACE: u32 = 0x20
const COLON: u32 = 0x3a
const IPV4_LENGTH: u32 = 20
const IPV6_LENGTH: u32 = 40
/** Octets of a line's remarks that are searched for its end. */
const MAX_REMARK: usize = 16 * 1024
/** What a text does not print. */
const UNKNOWN: u32 = 0xffffffff

/** Of the last call: lines taken, and the nanoseconds of the last of them. */
export let taken: u32 = 0
export let takenNsec: u32 = 0

/** Where the addresses of the line at hand lie. */
let addresses: usize = 0
// Octets that lines begin with up to the fraction of the second, in three words that may overlap.
let secondLength: usize = 0
let secondStart: u64 = 0
let secondMiddle: u64 = 0
let secondEnd: u64 = 0

/** @param address - Room for two addresses. */
export function setAddresses(address: usize): void {
  addresses = address
}

/**
 * Takes lines of plain tcpdump text, packets of TCP in order, one after the other, up to the first that is anything else,
 * that is of another second, or that the head of another packet of the same second does not follow.
 *
 * @param at - First octet of a packet's line, `end` one past the last octet at hand.
 * @param second - Octets of a line up to the fraction of the second, 8 to 24, which all lines must share.
 * @param digits - Of the fraction, 6 or 9.
 * @param start - When that second begins, from the table's first second, in nanoseconds.
 * @param conversations - Roots of the section's conversations.
 * @returns First octet not taken.
 */
export function takeText(
  at: usize,
  end: usize,
  second: usize,
  digits: u32,
  start: f64,
  vantage: u32,
  conversations: usize,
): usize {
  useConversations(conversations)
  setSecond(at, second)
  taken = 0
  const headLength = second + digits + 1
  let nsec = at + headLength <= end ? fractionAt(at + second, digits) : -1
  while (nsec >= 0) {
    const behind = readLine(at + headLength, addresses)
    if (behind === 0) break
    const next = endOfLine(behind, end)
    if (next === 0 || next + headLength > end || !isSameSecond(next)) break
    const nextNsec = fractionAt(next + second, digits)
    if (nextNsec < 0 || !takeSegment(vantage, start + f64(nsec))) break
    takenNsec = nsec
    nsec = nextNsec
    at = next
    taken++
  }
  return at
}

function takeSegment(vantage: u32, t: f64): bool {
  if (window === 0) return false
  if (!restore(addresses, addressOctets, ports, isSeqPrinted, seqShown, ackShown)) return false
  const isIpv6 = addressOctets === 16
  if (!(isIpv6 ? findFlowIpv6() : findFlowIpv4())) return false
  const ipLength = (isIpv6 ? IPV6_LENGTH : IPV4_LENGTH) + headerLength + payload
  const digest = tcpDigest(seq, ack, payload, UNKNOWN, tsVal, flags, window)
  if (!applyInOrder(foundFlow, foundSide, seq, ack, payload, ipLength, UNKNOWN, digest, vantage, t)) return false
  noteProgress(payload)
  return true
}

function findFlowIpv4(): bool {
  const source = be32(addresses)
  const destination = be32(addresses + 4)
  return findIpv4(hashIpv4(source, destination, ports), source, destination, ports)
}

function findFlowIpv6(): bool {
  return findIpv6(hashIpv6(addresses, ports), addresses, ports)
}

/** @returns First octet of the next line, 0 where that is not at hand or the line goes on otherwise than a plain one. */
function endOfLine(at: usize, end: usize): usize {
  const octet: u32 = load<u8>(at)
  if (octet === LINE_FEED) return at + 1
  if (octet === CARRIAGE_RETURN) {
    while (load<u8>(at) === CARRIAGE_RETURN && at < end) at++
    return load<u8>(at) === LINE_FEED ? at + 1 : 0
  }
  if (octet !== COLON && octet !== SPACE) return 0
  const limit = min<usize>(end, at + MAX_REMARK)
  while (++at < limit) if (load<u8>(at) === LINE_FEED) return at + 1
  return 0
}

function setSecond(at: usize, length: usize): void {
  secondLength = length
  secondStart = load<u64>(at)
  secondMiddle = load<u64>(at + middle())
  secondEnd = load<u64>(at + length - 8)
}

function isSameSecond(at: usize): bool {
  return (
    load<u64>(at + secondLength - 8) === secondEnd &&
    load<u64>(at) === secondStart &&
    load<u64>(at + middle()) === secondMiddle
  )
}

/** Where the middle word begins: of a short start, in it. */
function middle(): usize {
  return secondLength < 16 ? 0 : 8
}

import { be32, isIpv6 } from './octets'

// Offsets in octets into the roots of a table: `Root` in conversation-table.ts.
const SLOTS: usize = 0
const SLOT_MASK: usize = 4
const WORDS: usize = 8
const SEED: usize = 12
const PRINTED: usize = 16

// Offsets in octets into an entry: conversation-table.ts.
const HIGHER: usize = 16
const PORTS: usize = 32
const BASE: usize = 36
const NEXT: usize = 44
const STATE: usize = 60

/** `ESTABLISHED` and `ESTABLISHED_KNOWN` of sequence-bases.ts. */
const DECISIVE: u32 = 0x7f
const ESTABLISHED: u32 = 0x07
const EMPTY: u32 = 0xffffffff
const MAPPED: u32 = 0xffff

const RELATIVE: u32 = 1

let slots: usize = 0
let slotMask: u32 = 0
let words: usize = 0
let seed: u32 = 0
let printed: u32 = 0
let entry: usize = 0
/** 0 when the sender is the lower endpoint, 4 when it is the higher one. */
let sender: usize = 0

/** Numbers of the segment last restored. */
export let seq: u32 = 0
export let ack: u32 = 0

/** Turns to the conversations of a section. @param roots - Address of their roots. */
export function useConversations(roots: usize): void {
  slots = load<u32>(roots + SLOTS)
  slotMask = load<u32>(roots + SLOT_MASK)
  words = load<u32>(roots + WORDS)
  seed = load<u32>(roots + SEED)
  printed = load<u32>(roots + PRINTED)
}

/**
 * Makes the numbers of a segment with ACK, but without SYN, FIN or RST, absolute where both bases are known: what
 * `SequenceBases.#restoreKnown()` does, but for {@link noteProgress}.
 *
 * @param source - Address of the source, in network order; the destination lies behind it.
 * @param octets - Octets of an address, 4 or 16.
 * @param isPrinted - Whether `seqShown` was printed; a pure ACK has none.
 */
export function restore(source: usize, octets: usize, ports: u32, isPrinted: bool, seqShown: u32, ackShown: u32): bool {
  if (!(octets === 4 ? findIpv4(source, ports) : findIpv6(source, ports))) return false
  if ((load<u32>(entry + STATE) & DECISIVE) !== ESTABLISHED) return false
  const isRelative = printed === RELATIVE
  const own = entry + sender
  const peer = entry + 4 - sender
  ack = isRelative ? ackShown + load<u32>(peer + BASE) : ackShown
  if (!isPrinted) seq = load<u32>(own + NEXT)
  else seq = isRelative ? seqShown + load<u32>(own + BASE) : seqShown
  return true
}

/** Notes where the data of both sides of the conversation last restored ends. */
export function noteProgress(payload: u32): void {
  const own = entry + sender + NEXT
  const peer = entry + 4 - sender + NEXT
  const end = seq + payload
  if (i32(end - load<u32>(own)) > 0) store<u32>(own, end)
  if (i32(ack - load<u32>(peer)) > 0) store<u32>(peer, ack)
}

function findIpv4(source: usize, ports: u32): bool {
  const src = be32(source)
  const dst = be32(source + 4)
  const isHigher = src !== dst ? dst < src : (ports & 0xffff) < ports >> 16
  const low = isHigher ? dst : src
  const high = isHigher ? src : dst
  const key = isHigher ? rotl<u32>(ports, 16) : ports
  sender = isHigher ? 4 : 0
  const h = mix(mix(mix(seed, low), high), key)
  let slot = (h ^ (h >> 16)) & slotMask
  for (let at = slotAt(slot); at !== EMPTY; at = slotAt(slot)) {
    slot = (slot + 1) & slotMask
    entry = words + (usize(at) << 2)
    if (load<u32>(entry + PORTS) === key && isMapped(entry, low) && isMapped(entry + HIGHER, high)) return true
  }
  return false
}

function findIpv6(source: usize, ports: u32): bool {
  const destination = source + 16
  const isHigher = comesBefore(destination, source, ports)
  const low = isHigher ? destination : source
  const high = isHigher ? source : destination
  const key = isHigher ? rotl<u32>(ports, 16) : ports
  sender = isHigher ? 4 : 0
  let h = mix(mix(mix(seed, be32(low + 12)), be32(high + 12)), key)
  if (be32(low + 8) !== MAPPED) {
    h = mix(mix(mix(h, be32(low)), be32(low + 4)), be32(low + 8))
    h = mix(mix(mix(h, be32(high)), be32(high + 4)), be32(high + 8))
  }
  let slot = (h ^ (h >> 16)) & slotMask
  for (let at = slotAt(slot); at !== EMPTY; at = slotAt(slot)) {
    slot = (slot + 1) & slotMask
    entry = words + (usize(at) << 2)
    if (load<u32>(entry + PORTS) === key && isIpv6(entry, low) && isIpv6(entry + HIGHER, high)) return true
  }
  return false
}

function slotAt(slot: u32): u32 {
  return load<u32>(slots + (usize(slot) << 2))
}

/** Whether the destination is the lower endpoint. */
function comesBefore(destination: usize, source: usize, ports: u32): bool {
  for (let word: i32 = 12; word >= 0; word -= 4) {
    const dst = be32(destination + word)
    const src = be32(source + word)
    if (dst !== src) return dst < src
  }
  return (ports & 0xffff) < ports >> 16
}

/** Whether four words of an entry are an IPv4 address. */
function isMapped(at: usize, address: u32): bool {
  return load<u32>(at + 12) === address && load<u32>(at + 8) === MAPPED && load<u64>(at) === 0
}

// The hash of conversation-table.ts.
function mix(h: u32, word: u32): u32 {
  const product = (h ^ word) * 0x85ebca6b
  return product ^ (product >> 13)
}

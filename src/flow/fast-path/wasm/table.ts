import {
  ENTRY_BITS,
  FLOW_OCTETS,
  IPV6,
  KEY_A,
  KEY_B,
  KEY_MASK,
  KIND,
  PORTS,
  SEGMENT_SHIFT,
  SIDE_OCTETS,
  SIDES,
} from './layout'
import { be32, isIpv6 } from './octets'

/** IANA protocol number. */
export const TCP: u32 = 6

// Offsets in octets into the roots of a table: `Root` in flow-roots.ts.
const SLOTS: usize = 0
const SLOT_MASK: usize = 4
const ADDRESSES: usize = 8
const SEGMENTS: usize = 12

let seed: u32 = 0
let slots: usize = 0
let slotMask: u32 = 0
let addresses: usize = 0
let segments: usize = 0

/** Of the flow last found: its first octet, and 1 when the packet runs from the responder to the originator. */
export let foundFlow: usize = 0
export let foundSide: u32 = 0

/** Sets the secret start of all hashes, `SEED` in packet-key.ts. */
export function setSeed(value: u32): void {
  seed = value
}

/** Turns to a flow table. @param roots - Address of its roots. */
export function useTable(roots: usize): void {
  slots = load<u32>(roots + SLOTS)
  slotMask = load<u32>(roots + SLOT_MASK)
  addresses = load<u32>(roots + ADDRESSES)
  segments = roots + SEGMENTS
}

/**
 * Hash of a TCP segment over IPv4.
 *
 * @param ports - Source port in the upper half, destination port in the lower.
 */
export function hashIpv4(source: u32, destination: u32, ports: u32): u32 {
  return mixEndpoints(mixEndpoint(source, ports >> 16), mixEndpoint(destination, ports & 0xffff), TCP)
}

/** The same over IPv6. @param source - Where the source address lies; the destination follows. */
export function hashIpv6(source: usize, ports: u32): u32 {
  const destination = source + 16
  const src = mixIpv6(mixEndpoint(be32(source + 12), ports >> 16), source)
  const dst = mixIpv6(mixEndpoint(be32(destination + 12), ports & 0xffff), destination)
  return mixEndpoints(src, dst, TCP | IPV6)
}

/** What stands at the place of the index that a hash belongs to: nearly always its flow, see {@link touchFlow}. */
export function firstEntry(hash: u32): u32 {
  return slotAt(hash & slotMask)
}

/** Reads from every cache line of a flow, so that it is at hand when it is needed. @returns Nothing of meaning. */
export function touchFlow(entry: u32): u32 {
  if (entry === 0) return 0
  const flow = flowOf(entry)
  return load<u32>(flow) ^ load<u32>(flow + SIDES) ^ load<u32>(flow + SIDES + SIDE_OCTETS)
}

/**
 * Finds the flow of a TCP segment over IPv4: `FlowIndex.findPorts()`.
 *
 * @param hash - {@link hashIpv4} of the same.
 */
export function findIpv4(hash: u32, source: u32, destination: u32, ports: u32): bool {
  let slot = hash & slotMask
  for (let entry = slotAt(slot); entry !== 0; entry = slotAt(slot)) {
    slot = (slot + 1) & slotMask
    if ((entry ^ hash) >> ENTRY_BITS !== 0) continue
    const flow = flowOf(entry)
    if ((load<u32>(flow + KIND) & KEY_MASK) !== TCP) continue
    const a = load<u32>(flow + KEY_A)
    const b = load<u32>(flow + KEY_B)
    const known = load<u32>(flow + PORTS)
    foundFlow = flow
    foundSide = 0
    if (a === source && b === destination && known === ports) return true
    foundSide = 1
    if (a === destination && b === source && known === rotl<u32>(ports, 16)) return true
  }
  return false
}

/** The same over IPv6: `FlowIndex.find()`. */
export function findIpv6(hash: u32, source: usize, ports: u32): bool {
  const destination = source + 16
  let slot = hash & slotMask
  for (let entry = slotAt(slot); entry !== 0; entry = slotAt(slot)) {
    slot = (slot + 1) & slotMask
    if ((entry ^ hash) >> ENTRY_BITS !== 0) continue
    const flow = flowOf(entry)
    if ((load<u32>(flow + KIND) & KEY_MASK) !== (TCP | IPV6)) continue
    const a = load<u32>(flow + KEY_A)
    const b = load<u32>(flow + KEY_B)
    const known = load<u32>(flow + PORTS)
    foundFlow = flow
    foundSide = 0
    if (known === ports && isAddress(a, source) && isAddress(b, destination)) return true
    foundSide = 1
    if (known === rotl<u32>(ports, 16) && isAddress(a, destination) && isAddress(b, source)) return true
  }
  return false
}

function slotAt(slot: u32): u32 {
  return load<u32>(slots + (usize(slot) << 2))
}

function flowOf(entry: u32): usize {
  const flow = (entry & ((1 << ENTRY_BITS) - 1)) - 1
  const segment: usize = load<u32>(segments + ((flow >> SEGMENT_SHIFT) << 2))
  return segment + usize(flow & ((1 << SEGMENT_SHIFT) - 1)) * FLOW_OCTETS
}

/** Whether an entry of the address table is the address at `at`. */
function isAddress(id: u32, at: usize): bool {
  return isIpv6(addresses + (usize(id) << 4), at)
}

// The hash of packet-key.ts.
function mixEndpoint(word: u32, port: u32): u32 {
  const h = (word ^ seed) * 0x9e3779b1
  return (h ^ (h >> 15) ^ port) * 0xc2b2ae35
}

function mixEndpoints(src: u32, dst: u32, kind: u32): u32 {
  const h = src + dst + kind
  const mixed = (h ^ (h >> 16)) * 0x85ebca6b
  return mixed ^ (mixed >> 13)
}

function mixIpv6(start: u32, address: usize): u32 {
  let h = (start ^ (start >> 13) ^ be32(address + 8)) * 0x85ebca6b
  h = (h ^ (h >> 16) ^ be32(address + 4)) * 0x27d4eb2f
  return (h ^ (h >> 15) ^ be32(address)) * 0x165667b1
}

import { concat } from '../support/packet-octets.ts'
import type { Random } from './random.ts'

/** One way to damage an input. */
type Mutation = (octets: Uint8Array, random: Random) => Uint8Array

/** Values that lengths, counts and versions fail on. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 19, 20, 27, 28, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000]
const WIDE_EDGES = [...EDGES, 0x3ffff, 0x40000, 0x40001, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff]

const MUTATIONS: readonly Mutation[] = [
  function flipBit(octets, random) {
    const at = random.below(octets.length)
    octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8))
    return octets
  },
  function overwrite(octets, random) {
    octets[random.below(octets.length)] = random.below(256)
    return octets
  },
  function writeEdge(octets, random) {
    const size = random.pick([1, 2, 4])
    if (octets.length < size) return octets
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
    const at = random.below(octets.length - size + 1)
    const little = random.chance(50)
    if (size === 1) view.setUint8(at, random.pick(EDGES))
    else if (size === 2) view.setUint16(at, random.pick(EDGES), little)
    else view.setUint32(at, random.pick(WIDE_EDGES), little)
    return octets
  },
  function nudge(octets, random) {
    const at = random.below(octets.length)
    octets[at] = (octets[at] ?? 0) + random.pick([-4, -1, 1, 4])
    return octets
  },
  function fill(octets, random) {
    const at = random.below(octets.length)
    return octets.fill(random.pick([0, 0x20, 0xff]), at, at + 1 + random.below(32))
  },
  function cut(octets, random) {
    return octets.slice(0, random.below(octets.length + 1))
  },
  function remove(octets, random) {
    const at = random.below(octets.length)
    return concat(octets.subarray(0, at), octets.subarray(at + 1 + random.below(40)))
  },
  function insert(octets, random) {
    const at = random.below(octets.length + 1)
    const noise = Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256))
    return concat(octets.subarray(0, at), noise, octets.subarray(at))
  },
  function repeat(octets, random) {
    const from = random.below(octets.length)
    const part = octets.subarray(from, from + 1 + random.below(400))
    const at = random.below(octets.length + 1)
    return concat(octets.subarray(0, at), part, octets.subarray(at))
  },
]

/** A damaged copy: one to eight mutations, now and then the tail of another input behind it. */
export function mutate(octets: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let damaged: Uint8Array = octets.slice()
  if (random.chance(5)) {
    const other = random.pick(others)
    damaged = concat(
      damaged.subarray(0, random.below(damaged.length + 1)),
      other.subarray(random.below(other.length + 1)),
    )
  }
  for (let i = 1 + random.below(8); i > 0 && damaged.length > 0; i--) damaged = random.pick(MUTATIONS)(damaged, random)
  return damaged
}

import { DecodeStatus } from '../core/decode-status.ts'
import { PacketView } from '../packet/packet-view.ts'

const MAX_RANGES = 64
const MAX_DATAGRAMS = 4096
/** Nanoseconds of capture time after which an incomplete datagram is forgotten; RFC 8200 §4.5 names 60 seconds. */
const TIMEOUT = 60e9
const IPV6_FRAGMENT_HEADER = 8

class Datagram {
  /** The first fragment, whose header the whole packet has; valid iff `hasFirst`. */
  readonly first: PacketView = new PacketView()
  hasFirst = false
  /** Fragments taken in. */
  fragments = 0
  started = 0
  /** Octets of the whole IP payload, −1 until the last fragment is seen. */
  total = -1
  /** Ranges of IP payload seen, in order, apart from each other. */
  readonly ranges: [number, number][] = []
}

/**
 * Puts fragments together by length alone: a datagram whose octets have all been seen is delivered as one packet with
 * the first fragment's header, at the time of the fragment that completed it. No octets are kept.
 */
export class FragmentTable {
  /** Fragments given up because their datagram stayed incomplete or went past a limit. */
  incomplete = 0
  readonly #datagrams: Map<string, Datagram> = new Map()

  /**
   * Takes a fragment in.
   *
   * @param vantage - Copies of a fragment seen at other places make a datagram of their own there.
   * @returns The whole packet, valid until the next call, or `null` while something is missing.
   */
  add(view: PacketView, vantage: number, t: number): PacketView | null {
    const key = `${vantage},${view.protocol},${view.fragmentId},${view.ipVersion},${view.src0},${view.src1},${view.src2},${view.src3},${view.dst0},${view.dst1},${view.dst2},${view.dst3}`
    const datagram = this.#datagrams.get(key) ?? this.#begin(key, t)
    datagram.fragments++
    const end = view.fragmentOffset + view.fragmentLength
    if (view.moreFragments === 0) datagram.total = end
    if (view.fragmentOffset === 0) {
      datagram.hasFirst = true
      Object.assign(datagram.first, view)
    }
    if (!addRange(datagram.ranges, view.fragmentOffset, end)) {
      this.#drop(key, datagram)
      return null
    }
    if (!isComplete(datagram)) return null
    this.#datagrams.delete(key)
    return whole(datagram, view)
  }

  /** Gives up what is incomplete; called once nothing follows. */
  end(): void {
    for (const [key, datagram] of this.#datagrams) this.#drop(key, datagram)
  }

  #begin(key: string, t: number): Datagram {
    // Entries stand in the order they began, so that the oldest is the first.
    for (const [oldKey, old] of this.#datagrams) {
      if (t - old.started <= TIMEOUT && this.#datagrams.size < MAX_DATAGRAMS) break
      this.#drop(oldKey, old)
    }
    const datagram = new Datagram()
    datagram.started = t
    this.#datagrams.set(key, datagram)
    return datagram
  }

  #drop(key: string, datagram: Datagram): void {
    this.#datagrams.delete(key)
    this.incomplete += datagram.fragments
  }
}

/** Adds a range, merging what it touches. @returns False when there are too many. */
function addRange(ranges: [number, number][], from: number, to: number): boolean {
  let at = 0
  while (at < ranges.length && (ranges[at] as [number, number])[1] < from) at++
  let last = at
  let low = from
  let high = to
  for (; last < ranges.length && (ranges[last] as [number, number])[0] <= to; last++) {
    low = Math.min(low, (ranges[last] as [number, number])[0])
    high = Math.max(high, (ranges[last] as [number, number])[1])
  }
  ranges.splice(at, last - at, [low, high])
  return ranges.length <= MAX_RANGES
}

function isComplete(datagram: Datagram): boolean {
  const [range] = datagram.ranges
  return datagram.hasFirst && datagram.total >= 0 && range?.[0] === 0 && range[1] >= datagram.total
}

function whole(datagram: Datagram, last: PacketView): PacketView {
  const packet = datagram.first
  // A last fragment that ends inside the first is a lie.
  const more = Math.max(0, datagram.total - packet.fragmentLength)
  packet.status = DecodeStatus.Ok
  packet.recordNumber = last.recordNumber
  packet.timeSec = last.timeSec
  packet.timeNsec = last.timeNsec
  packet.hasTime = last.hasTime
  packet.payloadLength += more
  packet.ipLength += more - (packet.ipVersion === 6 ? IPV6_FRAGMENT_HEADER : 0)
  packet.moreFragments = 0
  return packet
}

import type { RecordStretch } from '../capture/record-stretch.ts'
import { DecodeStatus } from '../core/decode-status.ts'
import type { IpText } from '../core/ip.ts'
import { formatIp } from '../core/ip.ts'
import { IpProtocol } from '../core/protocol.ts'
import { TableMemory } from '../core/table-memory.ts'
import { TcpFlag } from '../core/tcp-flags.ts'
import type { TimeKind } from '../core/time.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { AddressTable } from './address-table.ts'
import { homeOf, isDatagramCopy, isTcpCopy } from './copies.ts'
import { applyDatagram } from './datagram.ts'
import { findOpening, type Opening } from './direction.ts'
import { IdleFlows } from './eviction.ts'
import type { FastPath } from './fast-path/fast-path.ts'
import type { Flow } from './flow.ts'
import { FlowBuilder, type FlowParts } from './flow-builder.ts'
import { ExtraPool, extraOf } from './flow-extra.ts'
import { FlowIndex, MAX_FLOWS } from './flow-index.ts'
import * as layout from './flow-record.ts'
import { ROOT_WORDS } from './flow-roots.ts'
import { FlowStore } from './flow-store.ts'
import { FlowClock, isExpired, SHORTEST_IDLE } from './flow-times.ts'
import { FragmentTable } from './fragments.ts'
import { addLetter, Letter } from './history.ts'
import { attachIcmpError } from './icmp-errors.ts'
import { PacketKey } from './packet-key.ts'
import { RecordPositions } from './record-positions.ts'
import { SamplePool } from './samples.ts'
import { ServerPortTable } from './server-ports.ts'
import { packSynOptions } from './syn-options.ts'
import { startsAnew } from './tcp-reuse.ts'
import { TcpSegments } from './tcp-segment.ts'
import { TunnelTable } from './tunnels.ts'
import { VantageTallies, widenTtl } from './vantage-tally.ts'
import { VantageTable } from './vantages.ts'

const {
  EXTRA,
  HASH,
  ID,
  IP_BYTES,
  KEY_A,
  KEY_B,
  KIND,
  Kind,
  LAST_TIME,
  PACKETS,
  PORTS,
  SAMPLES,
  SIDE_WORDS,
  SIDES,
  START_TIME,
  SYN_OPTIONS,
  TTL_HOME,
} = layout
const { Ipv6, OriginKnown, Tunnelled } = Kind
const { Tcp, Udp, Icmp, Icmpv6 } = IpProtocol

/** Concurrent flows beyond which the longest idle one has to leave, unless told otherwise. */
export const DEFAULT_MAX_FLOWS = 2_000_000
/** Step from one id to the next where an id and a flow's number share one double. */
const ID_STEP = MAX_FLOWS + 1
/** Packets, short cuts left out, between two looks at flows that may have ended by time. */
const SWEEP_PACKETS = 4096

/** See {@link FlowTable}. */
export interface FlowTableOptions {
  /** Index of the capture, for {@link Flow.capture}. */
  readonly capture: number
  readonly timeKind: TimeKind
  /** Called with each flow when it ends; those still open come from {@link FlowTable.end}. */
  onFlow(flow: Flow): void
  /** Concurrent flows at most; default {@link DEFAULT_MAX_FLOWS}. */
  readonly maxFlows?: number
  /** Tells servers by their ports; the usual ones where left out. */
  readonly serverPorts?: ServerPortTable
  /** Counts flow ids through the captures of a run; overwritten. Left out, ids begin with 1. */
  readonly ids?: { next: number }
  /** Takes what is in order out of stretches of records. */
  readonly fastPath?: FastPath | undefined
  /** Packets kept of each direction of a flow; as many as a flow can keep where left out. */
  readonly samples?: number | undefined
}

/**
 * Makes flows of packets (flow reference, part 3). One table a capture; packets in the order of the file.
 *
 * A flow is words in typed arrays while it lives; a packet allocates nothing, and a {@link Flow} is made when it ends.
 * Flows that have ended by time leave in a sweep, so that memory follows the flows alive and not the capture's length.
 */
export class FlowTable {
  /** Packets that are in no flow, by reason. */
  readonly skipped: Record<string, number> = {}
  /** Flows that left before their end because the table was full. */
  evicted = 0
  readonly #options: FlowTableOptions
  readonly #maxFlows: number
  readonly #memory: TableMemory
  readonly #store: FlowStore
  readonly #addresses: AddressTable
  readonly #index: FlowIndex
  readonly #extras: ExtraPool = new ExtraPool()
  readonly #samples: SamplePool
  readonly #tunnels: TunnelTable = new TunnelTable()
  readonly #vantages: VantageTable = new VantageTable()
  readonly #tallies: VantageTallies
  readonly #clock: FlowClock = new FlowClock()
  readonly #positions: RecordPositions = new RecordPositions()
  readonly #fragments: FragmentTable = new FragmentTable()
  readonly #idle: IdleFlows = new IdleFlows()
  readonly #key: PacketKey = new PacketKey()
  readonly #opening: Opening = { flipped: false, known: false }
  readonly #names: Map<IpText, string> = new Map()
  readonly #tcp: TcpSegments
  readonly #ports: ServerPortTable
  readonly #ids: { next: number }
  readonly #builder: FlowBuilder
  /** Flows still to hand over at the end, as numbers of {@link FlowTable.#liveFlows}; and how many have been. */
  #ending: Float64Array | undefined
  #ended = 0
  #packetsToSweep = SWEEP_PACKETS
  #sweepTime: number = Number.NEGATIVE_INFINITY
  #lastSweep: number = Number.NEGATIVE_INFINITY

  constructor(options: FlowTableOptions) {
    this.#options = options
    this.#maxFlows = Math.min(MAX_FLOWS, Math.max(1, options.maxFlows ?? DEFAULT_MAX_FLOWS))
    this.#ports = options.serverPorts ?? new ServerPortTable()
    this.#ids = options.ids ?? { next: 1 }
    this.#memory = new TableMemory(options.fastPath?.memory, ROOT_WORDS)
    this.#store = new FlowStore(this.#memory)
    this.#addresses = new AddressTable(this.#memory)
    this.#index = new FlowIndex(this.#store, this.#addresses, this.#memory)
    this.#samples = new SamplePool(options.samples)
    this.#tallies = new VantageTallies(this.#store, this.#extras, this.#samples)
    this.#tcp = new TcpSegments(this.#store, this.#extras)
    const parts: FlowParts = {
      store: this.#store,
      extras: this.#extras,
      addresses: this.#addresses,
      samples: this.#samples,
      tunnels: this.#tunnels,
      vantages: this.#vantages,
      tallies: this.#tallies,
      clock: this.#clock,
      positions: this.#positions,
      names: this.#names,
    }
    this.#builder = new FlowBuilder(parts, options.capture, options.timeKind)
  }

  /** Flows alive. */
  get size(): number {
    return this.#store.size
  }

  /** Some flows have fewer packets kept as samples, because very many were alive at once. */
  get samplesReduced(): boolean {
    return this.#samples.reduced
  }

  /**
   * The next file of the capture begins: its records count from 1 again.
   *
   * @param interfaceMap - Interfaces of the file as indices into the capture's; may grow while the file is read.
   */
  startFile(interfaceMap: readonly number[] | null = null): void {
    this.#positions.startFile()
    this.#vantages.interfaceMap = interfaceMap
  }

  /**
   * Takes in one packet. The view is only read, and not kept.
   *
   * @param names - The decoder's name table, for text captures printed with names.
   */
  add(view: PacketView, names: readonly string[] = NO_NAMES): void {
    if (view.status !== DecodeStatus.Ok) {
      this.#skip(view.reason, 1)
      return
    }
    const t = this.#clock.read(view)
    const vantage = this.#vantages.idOf(view)
    let whole: PacketView | null = view
    if (view.fragmentOffset !== 0 || view.moreFragments !== 0) whole = this.#fragments.add(view, vantage, t)
    if (whole === null) return
    let known = this.#find(whole)
    if (known && whole.protocol === Tcp && this.#applyInOrder(whole, vantage, t)) return
    // Only packets that take the long way make the table grow.
    if (--this.#packetsToSweep === 0) {
      this.#sweep(t)
      known = this.#find(whole)
    }
    this.#addWhole(whole, names, known, vantage, t)
  }

  /**
   * Takes in, without a view of each, the segments in order that a stretch of records begins with.
   *
   * @param decoded - Roots of what the decoder of a text remembers.
   * @returns False where there are none.
   */
  take(stretch: RecordStretch, decoded: Int32Array | null = null): boolean {
    const { fastPath } = this.#options
    const { roots } = this.#memory
    const vantage = this.#vantages.plainId(stretch.interfaceIndex)
    if (fastPath === undefined || roots === null || vantage < 0) return false
    const start = this.#clock.startOf(stretch.timeSec)
    return fastPath.take(stretch, roots, start, vantage, this.#samples, decoded)
  }

  /**
   * Ends flows still open, in the order they began. The table takes in no more packets.
   *
   * @param most - Flows at most.
   * @returns Whether all have ended.
   */
  end(most: number = Number.POSITIVE_INFINITY): boolean {
    if (this.#ending === undefined) {
      this.#fragments.end()
      this.#skip('fragment-incomplete', this.#fragments.incomplete)
      this.#ending = this.#liveFlows()
    }
    const keys = this.#ending
    const until = Math.min(keys.length, this.#ended + most)
    while (this.#ended < until) {
      // As an integer, for V8: a double in the store's fields would make it compile everything anew.
      this.#store.seek(((keys[this.#ended++] as number) % ID_STEP) | 0)
      this.#options.onFlow(this.#builder.build(false))
    }
    if (until < keys.length) return false
    this.#memory.dispose()
    return true
  }

  /** Takes in a segment in order, of the flow the cursor is on, that was no part of a stretch: one in a tunnel, say. */
  #applyInOrder(view: PacketView, vantage: number, t: number): boolean {
    const { fastPath } = this.#options
    const { words, base } = this.#store
    const { side } = this.#index
    const packets = words[base + SIDES + side * SIDE_WORDS + PACKETS] as number
    if (fastPath === undefined || this.#memory.roots === null || packets < this.#samples.wanted) return false
    return fastPath.applyInOrder(words.byteOffset + base * 4, view, side, vantage, t)
  }

  /** Puts the cursor on the packet's flow. @returns False where the table has none. */
  #find(view: PacketView): boolean {
    if (view.ipVersion === 4 && (view.protocol === Tcp || view.protocol === Udp))
      return this.#index.findPorts(view) >= 0
    this.#key.ofPacket(view)
    return this.#index.find(this.#key) >= 0
  }

  /** @param known - The table holds a flow with the packet's key, and the store's cursor is on it. */
  #addWhole(view: PacketView, names: readonly string[], known: boolean, vantage: number, t: number): void {
    let side: 0 | 1 = this.#index.side
    let isOpen = known
    if (known && isExpired(this.#store, t)) {
      this.#emit(false)
      isOpen = false
    } else if (known) {
      if (this.#isCopy(view, side, vantage, t)) return
      if (view.protocol === Tcp && startsAnew(this.#store, view, side, t)) {
        this.#emit(false)
        isOpen = false
      }
    }
    if (!isOpen) side = this.#open(view, names, t)
    this.#count(view, side, vantage, t)
    if (view.protocol === Tcp) this.#tcp.apply(view, side, t)
    else applyDatagram(this.#store, this.#extras, view, side, t)
    if (view.hasQuoted === 1 && (view.protocol === Icmp || view.protocol === Icmpv6)) this.#attachError(view, t)
  }

  /** Sets copies aside. */
  #isCopy(view: PacketView, side: 0 | 1, vantage: number, t: number): boolean {
    const store = this.#store
    const e = store.base + SIDES + side * SIDE_WORDS
    const p = store.base + SIDES + (1 - side) * SIDE_WORDS
    const isCopy =
      view.protocol === Tcp ? isTcpCopy(store, e, p, view, vantage, t) : isDatagramCopy(store, e, view, vantage, t)
    if (!isCopy) return false
    if (vantage !== homeOf(store, e) || this.#tallies.isCounting()) this.#tallies.count(side, vantage, view.ttl, t)
    extraOf(store, this.#extras).sides[side].duplicates++
    return true
  }

  /** Puts a new flow into the table, the cursor on it. @returns The side that sent the packet. */
  #open(view: PacketView, names: readonly string[], t: number): 0 | 1 {
    if (this.#store.size >= this.#maxFlows) this.#evict()
    const store = this.#store
    const key = this.#key
    const opening = this.#opening
    key.ofPacket(view)
    findOpening(view, this.#ports, t - this.#clock.first > SHORTEST_IDLE, opening)
    const flow = store.allocate()
    const base = store.base
    const src = this.#addressWord(key.src0, key.src1, key.src2, key.src3)
    const dst = this.#addressWord(key.dst0, key.dst1, key.dst2, key.dst3)
    store.setInt(base + KEY_A, opening.flipped ? dst : src)
    store.setInt(base + KEY_B, opening.flipped ? src : dst)
    store.setInt(base + PORTS, opening.flipped ? key.portsReversed : key.ports)
    store.setInt(base + KIND, key.kind | (opening.known ? OriginKnown : 0))
    store.setInt(base + HASH, key.hash)
    store.setDouble(base + START_TIME, t)
    store.setDouble(base + LAST_TIME, t)
    store.setColdInt(ID, this.#ids.next++)
    this.#index.insert()
    if (opening.flipped) addLetter(store, this.#extras, Letter.Flipped, 0)
    if (view.depth > 0) {
      store.mark(base + KIND, Tunnelled)
      this.#tunnels.note(flow, view)
    }
    if (view.srcName >= 0 || view.dstName >= 0) this.#noteNames(view, names)
    return opening.flipped ? 1 : 0
  }

  /** Counts what every protocol has. */
  #count(view: PacketView, side: 0 | 1, vantage: number, t: number): void {
    const store = this.#store
    const base = store.base
    const e = base + SIDES + side * SIDE_WORDS
    const packets = store.int(e + PACKETS)
    if (this.#samples.wants(packets, side)) {
      const record = this.#positions.through(view.recordNumber)
      store.setColdInt(SAMPLES, this.#samples.add(store.coldInt(SAMPLES), view, side, t, record))
    }
    if ((packets > 0 && vantage !== homeOf(store, e)) || this.#hasTallies())
      this.#tallies.count(side, vantage, view.ttl, t)
    if (t > store.double(base + LAST_TIME)) store.setDouble(base + LAST_TIME, t)
    store.setInt(e + PACKETS, packets + 1)
    store.addDouble(e + IP_BYTES, view.ipLength)
    store.setInt(e + TTL_HOME, (widenTtl(store.int(e + TTL_HOME), view.ttl) & 0xffff) | (vantage << 16))
    if (view.protocol === Tcp && (view.flags & TcpFlag.Syn) !== 0 && store.coldInt(SYN_OPTIONS + side) === 0) {
      store.setColdInt(SYN_OPTIONS + side, packSynOptions(view))
    }
  }

  #hasTallies(): boolean {
    return this.#store.int(this.#store.base + EXTRA) !== 0 && this.#tallies.isCounting()
  }

  #attachError(view: PacketView, t: number): void {
    this.#key.ofQuoted(view)
    if (this.#index.find(this.#key) < 0 || isExpired(this.#store, t)) return
    attachIcmpError(this.#store, this.#extras, view, this.#index.side)
  }

  /** Hands over the flow the cursor is on, and takes it out of the table. */
  #emit(evicted: boolean): void {
    const store = this.#store
    const { flow } = store
    this.#options.onFlow(this.#builder.build(evicted))
    // The callback may not touch the table, so the cursor has not moved.
    this.#index.remove()
    this.#samples.release(store.coldInt(SAMPLES))
    this.#extras.release(store.int(store.base + EXTRA))
    if ((store.int(store.base + KIND) & Ipv6) !== 0) {
      this.#addresses.release(store.int(store.base + KEY_A))
      this.#addresses.release(store.int(store.base + KEY_B))
    }
    store.release(flow)
  }

  #evict(): void {
    this.#store.seek(this.#idle.take(this.#store))
    this.evicted++
    this.#emit(true)
  }

  /**
   * Ends flows by time. Does so only once enough time has passed for any to have ended, and at most once every few
   * packets a flow, so that a look at all of them stays cheap. The time before one interval counts, so that a single
   * wrong time ends nothing.
   */
  #sweep(t: number): void {
    const store = this.#store
    const horizon = Math.min(t, this.#sweepTime)
    this.#packetsToSweep = Math.max(SWEEP_PACKETS, store.size >> 2)
    this.#sweepTime = t
    if (horizon - this.#lastSweep < SHORTEST_IDLE / 2) return
    this.#lastSweep = horizon
    for (let flow = 0; flow < store.limit; flow++) {
      if (!store.isLive(flow)) continue
      store.seek(flow)
      if (isExpired(store, horizon)) this.#emit(false)
    }
  }

  /** Numbers of the flows alive in order of their ids: both numbers in one double, so that millions sort quickly. */
  #liveFlows(): Float64Array {
    const store = this.#store
    const keys = new Float64Array(store.size)
    let count = 0
    for (let flow = 0; flow < store.limit; flow++) {
      if (!store.isLive(flow)) continue
      store.seek(flow)
      keys[count++] = (store.coldInt(ID) >>> 0) * ID_STEP + flow
    }
    return keys.sort()
  }

  #addressWord(w0: number, w1: number, w2: number, w3: number): number {
    return (this.#key.kind & Ipv6) !== 0 ? this.#addresses.acquire(w0, w1, w2, w3) : w3
  }

  #noteNames(view: PacketView, names: readonly string[]): void {
    const { ipVersion: family } = view
    const src = names[view.srcName]
    const dst = names[view.dstName]
    if (src !== undefined) this.#names.set(formatIp(family, view.src0, view.src1, view.src2, view.src3), src)
    if (dst !== undefined) this.#names.set(formatIp(family, view.dst0, view.dst1, view.dst2, view.dst3), dst)
  }

  #skip(reason: string, packets: number): void {
    if (packets > 0) this.skipped[reason] = (this.skipped[reason] ?? 0) + packets
  }
}

const NO_NAMES: readonly string[] = []

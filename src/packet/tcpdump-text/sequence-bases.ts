import type { SharedMemory } from '../../core/shared-memory.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import { seqDiff } from '../../core/tcp-seq.ts'
import type { PacketView } from '../packet-view.ts'
import { BASE, ConversationTable, Known, NEXT, STATE, SYN } from './conversation-table.ts'

/** Initial numbers this near to 0 look alike absolute and relative. */
const SMALL_BASE = 256

const { Syn, Fin, Rst, Ack } = TcpFlag

/** What {@link Known} says of a conversation both sides of which are in full swing. */
const ESTABLISHED_KNOWN = Known.Base | Known.Next | (Known.Next << 1)
const ESTABLISHED = ESTABLISHED_KNOWN | Known.Syn | (Known.Syn << 1) | Known.Unsaid | (Known.Unsaid << 1)

/**
 * Makes the sequence numbers of one section absolute, by keeping the table that tcpdump kept while it printed
 * (print-tcp.c `tcp_print()`): the first packet with ACK of an address and port pair, and every SYN-ACK, is the base
 * that later ones are printed relative to; packets without ACK neither use nor set it.
 */
export class SequenceBases {
  readonly #table: ConversationTable
  /** Whether the section was printed with `-S`; `undefined` until a packet tells. */
  #absolute: boolean | undefined

  /**
   * @param absolute - What the command line says of `-S`; `undefined` without one.
   * @param memory - To keep the table in.
   */
  constructor(absolute: boolean | undefined, memory: SharedMemory | null = null) {
    this.#absolute = absolute
    this.#table = new ConversationTable(memory)
  }

  /** Of the table, once it is known how numbers are printed; `null` before, and where it is not in shared memory. */
  get roots(): Int32Array | null {
    return this.#absolute === undefined ? null : this.#table.roots(this.#absolute)
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#table.dispose()
  }

  /**
   * Replaces the printed numbers of a TCP segment by absolute ones, and fills in the sequence number of a pure ACK,
   * which is not printed: it is where the sender's data so far ends.
   *
   * @param seqPrinted - Whether `view.seq` was printed.
   */
  restore(view: PacketView, seqPrinted: boolean): void {
    const table = this.#table
    // 0 when the sender is the lower of the two endpoints.
    const sender = table.find(view)
    const { flags } = view
    if ((flags & (Syn | Rst | Ack)) === Ack && this.#restoreKnown(view, seqPrinted, sender)) return
    const receiver = 1 - sender
    if ((flags & Ack) === 0) {
      if ((flags & Syn) !== 0) this.#noteSyn(view, sender)
      else if (!seqPrinted) this.#guess(view, sender)
      return
    }
    if ((flags & Syn) !== 0 || (table.get(STATE) & Known.Base) === 0) this.#setBase(view, seqPrinted, sender, receiver)
    else this.#apply(view, seqPrinted, sender, receiver)
    if (!seqPrinted) this.#guess(view, sender)
    this.#noteProgress(view, sender, receiver)
    // tcpdump 4.0.0 leaves the number of segments with payload out, too: lost or repeated ones cannot be told.
    view.seqIsRelative = table.has(Known.Unsaid, sender) || (!seqPrinted && view.payloadLength > 0) ? 1 : 0
    view.ackIsRelative = table.has(Known.Unsaid, receiver) ? 1 : 0
  }

  // The way of nearly every segment: both bases are known, and how numbers are printed. The same as below in fewer steps.
  #restoreKnown(view: PacketView, seqPrinted: boolean, sender: number): boolean {
    const { words, entry } = this.#table
    if (this.#absolute === undefined || ((words[entry + STATE] as number) & ESTABLISHED) !== ESTABLISHED_KNOWN)
      return false
    const receiver = entry + 1 - sender
    const own = entry + sender
    const next = words[own + NEXT] as number
    let seq = view.seq | 0
    let ack = view.ack | 0
    if (!this.#absolute) {
      seq = (seq + (words[own + BASE] as number)) | 0
      ack = (ack + (words[receiver + BASE] as number)) | 0
    }
    if (!seqPrinted) seq = next
    view.seq = seq >>> 0
    view.ack = ack >>> 0
    view.seqIsRelative = !seqPrinted && view.payloadLength > 0 ? 1 : 0
    view.ackIsRelative = 0
    const end = (seq + view.payloadLength + (view.flags & Fin)) | 0
    if (((end - next) | 0) > 0) words[own + NEXT] = end
    if (((ack - (words[receiver + NEXT] as number)) | 0) > 0) words[receiver + NEXT] = ack
    return true
  }

  /** A segment that tcpdump used as base without printing its numbers (`[bad hdr length …, too long]`). */
  spoil(view: PacketView): void {
    const table = this.#table
    table.find(view)
    if ((view.flags & Ack) === 0 || ((table.get(STATE) & Known.Base) !== 0 && (view.flags & Syn) === 0)) return
    for (const side of [0, 1]) {
      table.set(BASE + side, 0)
      table.mark(Known.Unsaid, side)
    }
    table.set(STATE, table.get(STATE) | Known.Base)
  }

  // A number that is not printed: where the sender's data so far ends.
  #guess(view: PacketView, sender: number): void {
    const table = this.#table
    const isKnown = table.has(Known.Next, sender)
    view.seq = (isKnown ? table.get(NEXT + sender) : table.get(BASE + sender)) >>> 0
    view.seqIsRelative = isKnown ? 0 : 1
  }

  // -S after a start that was not printed: the side began at 0 and goes on from there, whatever is printed.
  #keepRelative(view: PacketView, seqPrinted: boolean, sender: number, receiver: number): void {
    const table = this.#table
    if (seqPrinted && table.has(Known.Syn, sender)) table.clear(Known.Unsaid, sender)
    if (seqPrinted) table.clear(Known.Syn, sender)
    if (seqPrinted && table.has(Known.Unsaid, sender)) view.seq = (view.seq - this.#anchor(view.seq, sender)) >>> 0
    if (table.has(Known.Unsaid, receiver)) view.ack = (view.ack - this.#anchor(view.ack, receiver)) >>> 0
  }

  // What the first number printed of such a side has to be reduced by.
  #anchor(printed: number, side: number): number {
    const table = this.#table
    if (!table.has(Known.Anchor, side)) {
      table.set(BASE + side, printed - table.get(NEXT + side))
      table.mark(Known.Anchor, side)
    }
    return table.get(BASE + side)
  }

  #noteSyn(view: PacketView, sender: number): void {
    const table = this.#table
    table.set(SYN + sender, view.seq + 1)
    table.mark(Known.Syn, sender)
    table.set(NEXT + sender, view.seq + 1 + view.payloadLength)
    table.mark(Known.Next, sender)
  }

  // Printed absolute, whatever -S.
  #setBase(view: PacketView, seqPrinted: boolean, sender: number, receiver: number): void {
    const table = this.#table
    const isSyn = (view.flags & Syn) !== 0
    table.clear(Known.Unsaid, sender)
    table.clear(Known.Unsaid, receiver)
    table.clear(Known.Anchor, sender)
    table.set(BASE + receiver, view.ack - 1)
    if (seqPrinted) table.set(BASE + sender, view.seq)
    // The number of a pure ACK is not printed. One capture direction, SYN seen: it is the one behind the SYN.
    else if (table.has(Known.Syn, sender)) table.set(BASE + sender, table.get(SYN + sender))
    else {
      table.set(BASE + sender, 0)
      table.mark(Known.Unsaid, sender)
    }
    if (isSyn) table.clear(Known.Next, sender)
    if (isSyn || !table.has(Known.Next, sender)) {
      table.set(NEXT + sender, table.get(BASE + sender))
      table.mark(Known.Next, sender)
    }
    table.clear(Known.Syn, sender)
    table.set(STATE, table.get(STATE) | Known.Base)
  }

  #apply(view: PacketView, seqPrinted: boolean, sender: number, receiver: number): void {
    const table = this.#table
    if (this.#absolute === undefined) this.#absolute = this.#vote(view, seqPrinted, sender, receiver)
    if (this.#absolute === true) {
      this.#keepRelative(view, seqPrinted, sender, receiver)
      return
    }
    // Port reuse seen from one side: the new SYN is absolute, and tells the base that the first connection hid.
    if (seqPrinted && table.has(Known.Unsaid, sender) && table.has(Known.Syn, sender)) {
      table.set(BASE + sender, table.get(SYN + sender) - view.seq)
      table.clear(Known.Unsaid, sender)
    }
    if (seqPrinted) table.clear(Known.Syn, sender)
    view.seq = (view.seq + table.get(BASE + sender)) >>> 0
    view.ack = (view.ack + table.get(BASE + receiver)) >>> 0
  }

  // The acknowledgment is always printed; the sender's base may be unknown.
  #vote(view: PacketView, seqPrinted: boolean, sender: number, receiver: number): boolean | undefined {
    const byAck = nearerTo(this.#table.get(BASE + receiver), view.ack)
    if (byAck !== undefined || !seqPrinted || this.#table.has(Known.Unsaid, sender)) return byAck
    return nearerTo(this.#table.get(BASE + sender), view.seq)
  }

  // Where the sender's data ends: by what it sent, and by what the peer has acknowledged of it.
  #noteProgress(view: PacketView, sender: number, receiver: number): void {
    const table = this.#table
    const { flags } = view
    if ((flags & Rst) !== 0) return
    const length = view.payloadLength + ((flags & Syn) !== 0 ? 1 : 0) + ((flags & Fin) !== 0 ? 1 : 0)
    this.#raiseNext(sender, (view.seq + length) | 0)
    if ((flags & Syn) !== 0) table.clear(Known.Next, receiver)
    this.#raiseNext(receiver, view.ack | 0)
  }

  #raiseNext(side: number, to: number): void {
    const table = this.#table
    if (table.has(Known.Next, side) && seqDiff(to, table.get(NEXT + side)) <= 0) return
    table.set(NEXT + side, to)
    table.mark(Known.Next, side)
  }
}

/**
 * True when `printed` is nearer to `base` than to 0, false when nearer to 0, `undefined` where the base is too small to
 * tell; but the number behind the base itself, which ends a handshake, tells even then.
 */
function nearerTo(base: number, printed: number): boolean | undefined {
  if (base !== 0 && seqDiff(printed, base) === 1) return true
  if (base !== 0 && printed === 1) return false
  if (Math.abs(seqDiff(base, 0)) <= SMALL_BASE) return undefined
  return Math.abs(seqDiff(printed, base)) < Math.abs(seqDiff(printed, 0))
}

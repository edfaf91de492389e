import type { CaptureRecord } from '../capture/record.ts'
import { DecodeStatus } from '../core/decode-status.ts'

const { Ok, Truncated, Malformed } = DecodeStatus

/**
 * End of a layer whose real end nothing in the frame tells: a packet quoted in an ICMP error, or one that continues in
 * later fragments. Larger than any position in a buffer, and small enough that V8 keeps it and sums with it as small integers.
 */
export const UNKNOWN_END: number = 2 ** 30

/**
 * Where decoding stands inside one frame. Every protocol's decode function reads the header at `at`, checks it against
 * both ends, and moves the cursor to what the header carries.
 *
 * Two ends, because they mean different things: past `capturedEnd` the snap length cut (nothing is wrong), past
 * `wireEnd` a length field lies. With one buffer shared by all records a missed check would read the next record.
 */
export class Cursor {
  /** The reader's buffer; positions below count from its start. */
  octets: DataView = new DataView(new ArrayBuffer(0))
  /** Next octet to be read, the start of a header. */
  at = 0
  /** One past the last captured octet of the current layer; never more than `wireEnd`. */
  capturedEnd = 0
  /** One past the last octet the current layer had on the wire, by the length fields around it, or {@link UNKNOWN_END}. */
  wireEnd = 0
  /** Between link and IP layer: EtherType of what is at `at`. */
  etherType = 0
  /** Behind an IP header: IANA protocol number of what is at `at`. */
  protocol = 0

  /** Goes to the first octet of a record. */
  enter(record: CaptureRecord): void {
    this.octets = record.view
    this.at = record.start
    this.capturedEnd = record.end
    // A file may claim less on the wire than it holds; then what it holds counts.
    const captured = record.end - record.start
    this.wireEnd = record.start + Math.max(record.originalLength, captured)
  }

  /**
   * Whether `size` octets from `at` on can be read.
   *
   * @returns `Truncated` when the snap length cut them, `Malformed` when the lengths around them leave no room.
   */
  room(size: number): DecodeStatus {
    const end = this.at + size
    if (end <= this.capturedEnd) return Ok
    return end <= this.wireEnd ? Truncated : Malformed
  }

  /** Ends the current layer at `end`; what follows in the frame is padding or a trailer. */
  endAt(end: number): void {
    this.wireEnd = end
    if (end < this.capturedEnd) this.capturedEnd = end
  }
}

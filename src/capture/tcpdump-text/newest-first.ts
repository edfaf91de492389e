import type { CaptureRecord } from '../record.ts'
import type { SectionClock } from './section-clock.ts'
import { TimeForm, TimeStamp } from './time-stamp.ts'

/** Octets of text kept of a section that stands newest first; log viewers export a few megabytes at most. */
const MAX_HELD = 16 * 1024 * 1024

const HALF_DAY = 43_200

interface HeldPacket {
  readonly octets: Uint8Array
  readonly headLength: number
  readonly stamp: TimeStamp
  readonly interfaceIndex: number
  readonly direction: CaptureRecord['direction']
  readonly sllPacketType: number
}

/** Holds the packets of a section that was exported newest first, to hand them over in the order they were captured. */
export class NewestFirst {
  readonly #clock: SectionClock
  readonly #held: HeldPacket[] = []
  #octets = 0
  #next = 0
  #gaveUp = false
  #printed = new TimeStamp()

  constructor(clock: SectionClock) {
    this.#clock = clock
  }

  /** True once the section turned out too long, or not newest first after all: its packets then keep their order. */
  get gaveUp(): boolean {
    return this.#gaveUp
  }

  /** Remembers the printed time of the packet that {@link add} will set aside. */
  note(printed: TimeStamp): void {
    this.#printed = Object.assign(new TimeStamp(), printed)
  }

  /** Sets a copy of the packet aside. */
  add(record: CaptureRecord): void {
    const printed = this.#printed
    const before = this.#held.at(-1)?.stamp
    if (before?.valid && printed.valid && isLater(printed, before)) this.#gaveUp = true
    this.#octets += record.end - record.start + 100
    if (this.#octets > MAX_HELD) this.#gaveUp = true
    this.#held.push({
      octets: new Uint8Array(record.buffer.subarray(record.start, record.end)),
      headLength: record.headEnd - record.start,
      stamp: printed,
      interfaceIndex: record.interfaceIndex,
      direction: record.direction,
      sllPacketType: record.sllPacketType,
    })
  }

  /** Moves the next packet into `record`. @returns False when all are handed over. */
  take(record: CaptureRecord): boolean {
    const packet = this.#held[this.#gaveUp ? this.#next : this.#held.length - 1 - this.#next]
    if (packet === undefined) return false
    this.#next++
    this.#clock.advance(packet.stamp)
    record.timeSec = this.#clock.sec
    record.timeNsec = this.#clock.nsec
    record.hasTime = this.#clock.known
    record.interfaceIndex = packet.interfaceIndex
    record.direction = packet.direction
    record.sllPacketType = packet.sllPacketType
    record.buffer = packet.octets
    record.view = new DataView(packet.octets.buffer)
    record.start = 0
    record.headEnd = packet.headLength
    record.end = packet.octets.length
    record.originalLength = packet.octets.length
    return true
  }
}

// A time of day that is half a day later belongs to the day before.
function isLater(stamp: TimeStamp, before: TimeStamp): boolean {
  const step = stamp.sec - before.sec + (stamp.nsec - before.nsec) / 1e9
  return step > 0 && !(stamp.form === TimeForm.Clock && step > HALF_DAY)
}

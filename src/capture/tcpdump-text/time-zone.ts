import { UsageError } from '../../core/errors.ts'

/** Turns wall-clock times of one IANA zone into UTC; tcpdump's `-tttt` prints them without saying the zone. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat
  #hour = Number.NaN
  #offset = 0

  /** @throws {UsageError} when the runtime knows no zone of that name. */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch (cause) {
      throw new UsageError(`Unknown time zone "${name}": give an IANA name such as Europe/Berlin`, { cause })
    }
  }

  /**
   * @param localSec - Wall-clock time counted as if it were UTC, whole seconds since 1970.
   * @returns Seconds since 1970 UTC. Of a time that happens twice (clocks set back) the earlier, of one that never
   * happens the one an hour later.
   */
  toUtc(localSec: number): number {
    // Zones change on the hour or half-hour; one lookup for each half-hour of a capture is enough.
    const hour = Math.floor(localSec / 1800)
    if (hour !== this.#hour) {
      this.#hour = hour
      const before = this.#offsetAt(localSec - 86400)
      const first = localSec - before
      this.#offset = this.#offsetAt(first) === before ? before : this.#offsetAt(localSec - this.#offsetAt(first))
    }
    return localSec - this.#offset
  }

  // Local minus UTC, in seconds, at a UTC time.
  #offsetAt(utcSec: number): number {
    const date = new Date(utcSec * 1000)
    if (Number.isNaN(date.getTime())) return 0
    const part: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(date)) part[type] = Number(value)
    const local = Date.UTC(
      part.year ?? 1970,
      (part.month ?? 1) - 1,
      part.day ?? 1,
      part.hour ?? 0,
      part.minute ?? 0,
      part.second ?? 0,
    )
    return Math.round(local / 1000 - utcSec)
  }
}

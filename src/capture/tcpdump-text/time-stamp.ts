/** How tcpdump printed a time; what `-t` to `-ttttt` and the versions make of it. */
export const TimeForm = {
  /** `-t`, or no readable time. */
  None: 0,
  /** `11:56:28.960087`: time of day, and `-ttt`, `-ttttt` of versions that print nothing in front. */
  Clock: 1,
  /** `1754049388.960087`: `-tt`. */
  Epoch: 2,
  /** `2025-08-01 11:56:28.960087`: `-tttt`. */
  Dated: 3,
  /** ` 00:00:00.000123` or `-00:00:00.000123`: `-ttt` and `-ttttt` since 4.8. */
  Delta: 4,
  /** `000123` or `2. 000123`: `-ttt` before 4.0. */
  OldDelta: 5,
} as const
export type TimeForm = (typeof TimeForm)[keyof typeof TimeForm]

const SPACE = 0x20
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const OPENING_BRACKET = 0x5b

/** From 2001 to 2286. */
const EPOCH_DIGITS = 10

/** What tcpdump prints where it cannot format a time (util-print.c `ts_print()`). */
const UNPRINTABLE = ['[Error converting time]', '[timestamp overflow]']

/** Reusable reading of one printed time. */
export class TimeStamp {
  form: TimeForm = TimeForm.None
  /** False where the time is there but damaged; then `sec` and `nsec` mean nothing. */
  valid = false
  /** Epoch: since 1970. Clock: since midnight. Dated: since 1970 as if the time were UTC. Delta: since the reference. */
  sec = 0
  nsec = 0
  negative = false
  /** First octet after the time and the space behind it. */
  end = 0
  /** First digit of the fraction, and how many there are. */
  fraction = 0
  fractionDigits = 0
  // The clock time last read, to be recognised: nearly all lines share their second with the line before.
  // Begins as "00:00:00".
  #hoursMinutes = 0x30303a30
  #minutesSeconds = 0x303a3030
  #secOfDay = 0
  // The same of epoch times: the ten digits and the dot, in overlapping words. Begins as words that do not overlap so.
  #epochStart = 0
  #epochMiddle = 2
  #epochEnd = 3
  #epochSec = 0

  /** Reads an epoch time of the same second as the last one. @returns False where another stands there, or none. */
  readSameSecond(bytes: Uint8Array, at: number, end: number): boolean {
    if (
      fourOctets(bytes, at + 4) !== this.#epochMiddle ||
      fourOctets(bytes, at + 7) !== this.#epochEnd ||
      fourOctets(bytes, at) !== this.#epochStart ||
      at + 11 > end
    )
      return false
    this.valid = true
    this.negative = false
    this.form = TimeForm.Epoch
    this.sec = this.#epochSec
    return this.#readFraction(bytes, at + 11, end)
  }

  /** Reads a time at `at`. @returns False where none of the forms stands there. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.valid = true
    this.negative = false
    const first = at < end ? (bytes[at] ?? 0) : 0
    if (isDigit(first)) {
      if (at + 2 < end && bytes[at + 2] === COLON) return this.#readClock(bytes, at, end, TimeForm.Clock)
      if (at + 4 < end && bytes[at + 4] === MINUS) return this.#readDated(bytes, at, end)
      return this.#readSeconds(bytes, at, end)
    }
    if (first === SPACE || first === MINUS) {
      this.negative = first === MINUS
      return at + 3 < end && bytes[at + 3] === COLON && this.#readClock(bytes, at + 1, end, TimeForm.Delta)
    }
    return first === OPENING_BRACKET && this.#readUnprintable(bytes, at, end)
  }

  // hh:mm:ss.fraction; the hours of -ttttt stay two digits (tcpdump 4.99 wraps at 24).
  #readClock(bytes: Uint8Array, at: number, end: number, form: TimeForm): boolean {
    if (at + 10 > end || bytes[at + 8] !== DOT) return false
    this.form = form
    const hoursMinutes = fourOctets(bytes, at)
    const minutesSeconds = fourOctets(bytes, at + 4)
    if (hoursMinutes === this.#hoursMinutes && minutesSeconds === this.#minutesSeconds) {
      this.sec = this.#secOfDay
      return this.#readFraction(bytes, at + 9, end)
    }
    if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return false
    const hours = twoDigits(bytes, at)
    const minutes = twoDigits(bytes, at + 3)
    const seconds = twoDigits(bytes, at + 6)
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return false
    this.sec = hours * 3600 + minutes * 60 + seconds
    this.#hoursMinutes = hoursMinutes
    this.#minutesSeconds = minutesSeconds
    this.#secOfDay = this.sec
    return this.#readFraction(bytes, at + 9, end)
  }

  #readDated(bytes: Uint8Array, at: number, end: number): boolean {
    if (at + 21 > end || bytes[at + 7] !== MINUS || bytes[at + 10] !== SPACE || bytes[at + 13] !== COLON) return false
    const century = twoDigits(bytes, at)
    const year = twoDigits(bytes, at + 2)
    const month = twoDigits(bytes, at + 5)
    const day = twoDigits(bytes, at + 8)
    if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return false
    if (!this.#readClock(bytes, at + 11, end, TimeForm.Dated)) return false
    this.sec += Date.UTC(century * 100 + year, month - 1, day) / 1000
    return true
  }

  // Epoch seconds, or the two forms of -ttt before 4.0.
  #readSeconds(bytes: Uint8Array, at: number, end: number): boolean {
    let position = at
    let value = 0
    while (position < end && isDigit(bytes[position] ?? 0) && position - at < 12) {
      value = value * 10 + (bytes[position] ?? 0) - ZERO
      position++
    }
    const digits = position - at
    const next = position < end ? bytes[position] : 0
    if (next === DOT && bytes[position + 1] === SPACE && position + 8 < end) {
      return this.#readOldDelta(bytes, position + 2, end, value)
    }
    if (next === DOT) {
      this.form = TimeForm.Epoch
      this.sec = value
      if (digits === EPOCH_DIGITS) this.#rememberSecond(bytes, at, value)
      return this.#readFraction(bytes, position + 1, end)
    }
    return digits === 6 && next === SPACE && this.#readOldDelta(bytes, at, end, 0)
  }

  #rememberSecond(bytes: Uint8Array, at: number, value: number): void {
    this.#epochStart = fourOctets(bytes, at)
    this.#epochMiddle = fourOctets(bytes, at + 4)
    this.#epochEnd = fourOctets(bytes, at + 7)
    this.#epochSec = value
  }

  #readOldDelta(bytes: Uint8Array, at: number, end: number, seconds: number): boolean {
    this.form = TimeForm.OldDelta
    this.sec = seconds
    return this.#readFraction(bytes, at, end) && this.valid
  }

  // 6 or 9 digits; corrupt captures make tcpdump print 7, 8 or 10, of which no time can be made.
  #readFraction(bytes: Uint8Array, at: number, end: number): boolean {
    let position = at
    let value = 0
    while (position < end && position - at < 11) {
      const digit = (bytes[position] ?? 0) - ZERO
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      position++
    }
    const digits = position - at
    this.fraction = at
    this.fractionDigits = digits
    if (digits < 6 || digits > 10) return false
    if (position < end && bytes[position] !== SPACE) return false
    this.nsec = digits === 6 ? value * 1000 : value
    this.valid = digits === 6 || digits === 9
    this.end = position < end ? position + 1 : position
    if (!this.valid) this.#skipRemark(bytes, end)
    return true
  }

  // `10.1000000 [invalid …] IP …`
  #skipRemark(bytes: Uint8Array, end: number): void {
    if (!startsWith(bytes, this.end, end, '[invalid')) return
    const closing = bytes.subarray(this.end, end).indexOf(0x5d)
    if (closing >= 0) this.end = Math.min(end, this.end + closing + 2)
  }

  #readUnprintable(bytes: Uint8Array, at: number, end: number): boolean {
    const text = UNPRINTABLE.find((candidate) => startsWith(bytes, at, end, candidate))
    if (text === undefined) return false
    this.form = TimeForm.None
    this.valid = false
    this.end = Math.min(end, at + text.length + 1)
    return true
  }
}

function fourOctets(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

function isDigit(octet: number): boolean {
  return octet >= ZERO && octet <= 0x39
}

/** @returns −1 where the two octets are not both digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO
  const units = (bytes[at + 1] ?? 0) - ZERO
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : -1
}

/** Whether the ASCII `text` stands at `at` and ends before `end`. */
export function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

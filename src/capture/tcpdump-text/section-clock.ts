import type { TimeKind } from '../../core/time.ts'
import { TimeForm, type TimeStamp } from './time-stamp.ts'
import type { TimeZone } from './time-zone.ts'

/** What the times of a section count from. */
export type TimeMeaning = 'none' | 'time-of-day' | 'epoch' | 'dated' | 'since-previous' | 'since-first'

/** Time that a log collector put in front of a line; says the date and the zone of the printed time, not the time. */
export interface LogTime {
  /** Whole seconds since 1970, UTC. */
  readonly sec: number
  /** Local minus UTC, in seconds. */
  readonly offset: number
}

const DAY = 86_400
const HALF_DAY = 43_200
const BILLION = 1_000_000_000

/** Turns the printed times of one section, in order, into times of {@link SectionClock.kind}. */
export class SectionClock {
  readonly meaning: TimeMeaning
  readonly kind: TimeKind
  sec = 0
  nsec = 0
  /** Whether the last stamp was readable; without one `sec` and `nsec` repeat the time before. */
  known = false
  readonly #zone: TimeZone | undefined
  #day = 0
  #any = false

  constructor(meaning: TimeMeaning, options: { zone?: TimeZone | undefined; logged?: boolean } = {}) {
    this.meaning = meaning
    this.kind = timeKind(meaning, options.logged ?? false)
    this.#zone = options.zone
  }

  /** Takes the next stamp of the section. */
  advance(stamp: TimeStamp, logTime?: LogTime): void {
    this.known = stamp.valid && stamp.form !== TimeForm.None && this.meaning !== 'none'
    if (!this.known) return
    switch (this.meaning) {
      case 'since-previous':
        this.#add(stamp)
        break
      case 'since-first':
        this.#set(stamp.negative ? -stamp.sec : stamp.sec, stamp.negative ? -stamp.nsec : stamp.nsec)
        break
      case 'time-of-day':
        if (logTime !== undefined && this.kind === 'absolute') this.#set(onLoggedDate(stamp.sec, logTime), stamp.nsec)
        else this.#set(this.#unwrapDay(stamp.sec), stamp.nsec)
        break
      case 'dated':
        this.#set(this.#toUtc(stamp.sec, logTime), stamp.nsec)
        break
      default:
        this.#set(stamp.sec, stamp.nsec)
    }
    this.#any = true
  }

  #set(sec: number, nsec: number): void {
    this.sec = nsec < 0 ? sec - 1 : sec
    this.nsec = nsec < 0 ? nsec + BILLION : nsec
  }

  #add(stamp: TimeStamp): void {
    const sign = stamp.negative ? -1 : 1
    const nsec = this.nsec + sign * stamp.nsec
    const carry = Math.floor(nsec / BILLION)
    this.sec += sign * stamp.sec + carry
    this.nsec = nsec - carry * BILLION
  }

  // A step back of more than half a day is midnight; a step forward of as much behind midnight is a late packet of
  // the day before. Smaller steps back are reordering and stay.
  #unwrapDay(secOfDay: number): number {
    if (!this.#any) return secOfDay
    const sec = this.#day + secOfDay
    if (sec < this.sec - HALF_DAY) this.#day += DAY
    else if (sec > this.sec + HALF_DAY && this.#day > 0) return sec - DAY
    return this.#day + secOfDay
  }

  #toUtc(localSec: number, logTime: LogTime | undefined): number {
    if (this.#zone !== undefined) return this.#zone.toUtc(localSec)
    return logTime === undefined ? localSec : localSec - logTime.offset
  }
}

function timeKind(meaning: TimeMeaning, logged: boolean): TimeKind {
  if (meaning === 'none') return 'none'
  if (meaning === 'epoch' || meaning === 'dated') return 'absolute'
  if (meaning === 'time-of-day') return logged ? 'absolute' : 'time-of-day'
  return 'relative'
}

/** Time of day on the date of the log entry, or the day beside it where that is nearer. */
function onLoggedDate(secOfDay: number, logTime: LogTime): number {
  const local = logTime.sec + logTime.offset
  const midnight = Math.floor(local / DAY) * DAY
  const difference = midnight + secOfDay - local
  const days = difference > HALF_DAY ? -1 : difference < -HALF_DAY ? 1 : 0
  return midnight + days * DAY + secOfDay - logTime.offset
}

/**
 * What the times of a capture mean. Nanoseconds since 1970 do not fit a `number`, so a time is two integers
 * everywhere: whole seconds and nanoseconds 0 – 999 999 999.
 *
 * - `absolute`: seconds since 1970-01-01T00:00:00Z.
 * - `time-of-day`: seconds since the midnight before the capture's first packet; no date is known (tcpdump's default text).
 * - `relative`: seconds since the capture's first packet (`-ttt`, `-ttttt`).
 * - `none`: the capture carries no times (`-t`); all are 0 and only order counts.
 */
export type TimeKind = 'absolute' | 'time-of-day' | 'relative' | 'none'

/** Seconds from (sec0, nsec0) to (sec1, nsec1) as a double; exact to below a microsecond for spans under 100 days. */
export function secondsBetween(sec0: number, nsec0: number, sec1: number, nsec1: number): number {
  return sec1 - sec0 + (nsec1 - nsec0) / 1e9
}

/** The second formatted last: times that are shown together are often of one. */
const latest = { sec: Number.NaN, text: '' }

/**
 * RFC 3339 time in UTC with nine fractional digits.
 *
 * @param sec - Whole seconds since 1970, UTC. Outside the range of `Date` (±8.64e12 s) the result is `null`.
 * @param nsec - 0 to 999 999 999.
 */
export function formatTime(sec: number, nsec: number): string | null {
  if (sec !== latest.sec) {
    const date = new Date(sec * 1000)
    if (Number.isNaN(date.getTime())) return null
    latest.sec = sec
    latest.text = date.toISOString().slice(0, -5)
  }
  return `${latest.text}.${String(nsec).padStart(9, '0')}Z`
}

import { undoDamage } from './damage.ts'
import { unwrapDockerLog } from './docker-log.ts'
import { HeadLine } from './head-line.ts'
import type { LineBuffer } from './line-buffer.ts'
import type { LinePrefix } from './line-prefix.ts'
import { TimeForm } from './time-stamp.ts'

/** How far ahead of a section's first packet its times are looked at, in octets. */
export const SURVEY_LENGTH: number = 64 * 1024

const DECODER = new TextDecoder()
const ENCODER = new TextEncoder()

/** Times of a section's packets as far as {@link SURVEY_LENGTH} shows them, in seconds, the first packet's first. */
export function surveyTimes(lines: LineBuffer, prefix: LinePrefix): number[] {
  const head = new HeadLine()
  const times: number[] = []
  const limit = Math.min(lines.bytes.length, lines.start + SURVEY_LENGTH)
  for (let at = lines.start; at < limit; ) {
    const feed = lines.bytes.indexOf(0x0a, at)
    const end = feed < 0 ? lines.bytes.length : feed
    if (end > limit || (feed < 0 && !lines.ended)) break
    if (readHead(head, lines.bytes.subarray(at, end), prefix) && head.time.form !== TimeForm.None && head.time.valid) {
      const seconds = head.time.sec + head.time.nsec / 1e9
      times.push(head.time.negative ? -seconds : seconds)
    }
    at = end + 1
  }
  return times
}

function readHead(head: HeadLine, line: Uint8Array, prefix: LinePrefix): boolean {
  if (prefix.isNone) return head.read(line, 0, line.length) && head.timed
  const text = undoDamage(unwrapDockerLog(DECODER.decode(line)))
  const at = prefix.strip(text)
  if (at === undefined) return false
  const rest = ENCODER.encode(text.slice(at))
  return head.read(rest, 0, rest.length) && head.timed
}

/** Whether no packet is later than the one before it and one is earlier: as far as it goes, newest first. */
export function descends(times: readonly number[]): boolean {
  return times.every((time, i) => i === 0 || time <= (times[i - 1] ?? 0))
}

/** Whether the packets stand newest first, as log viewers export them: at least three, and none later than its predecessor. */
export function isNewestFirst(times: readonly number[]): boolean {
  return times.length >= 3 && descends(times) && (times.at(-1) ?? 0) < (times[0] ?? 0)
}

/**
 * Whether times near zero count from the previous packet (`-ttt`) rather than from the first (`-ttttt`): they step
 * back, or repeat more often than they grow.
 */
export function countsFromPrevious(times: readonly number[]): boolean {
  let growing = 0
  let equal = 0
  for (let i = 1; i < times.length; i++) {
    const difference = (times[i] ?? 0) - (times[i - 1] ?? 0)
    if (difference < 0) return true
    if (difference > 0) growing++
    else equal++
  }
  return equal > growing
}

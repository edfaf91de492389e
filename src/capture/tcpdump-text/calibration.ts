import type { HeadLine } from './head-line.ts'
import type { LineBuffer } from './line-buffer.ts'
import type { LinePrefix } from './line-prefix.ts'
import { NewestFirst } from './newest-first.ts'
import { looksLikePacket, looksLikeTimedPacket } from './packet-start.ts'
import { type LogTime, SectionClock, type TimeMeaning } from './section-clock.ts'
import type { TcpdumpCommand } from './tcpdump-command.ts'
import { TimeForm, type TimeStamp } from './time-stamp.ts'
import { countsFromPrevious, descends, isNewestFirst, SURVEY_LENGTH, surveyTimes } from './time-survey.ts'
import type { TimeZone } from './time-zone.ts'

const ENCODER = new TextEncoder()

/** How the times of a section are to be read. */
export interface Calibration {
  readonly clock: SectionClock
  /** Set where the packets stand newest first. */
  readonly reversed: NewestFirst | undefined
  /** Dated times without a zone from anywhere. */
  readonly zoneAssumed: boolean
}

/**
 * Decides from a section's first packet, the command if there is one, and the packets that follow, what the section's
 * times mean.
 *
 * @returns `wait` when more of the text must be buffered first.
 */
export function calibrate(
  head: HeadLine,
  prefix: LinePrefix,
  command: TcpdumpCommand | null,
  lines: LineBuffer,
  options: { zone: TimeZone | undefined; logTime: LogTime | undefined },
): Calibration | 'wait' {
  const times = head.timed && head.time.form !== TimeForm.OldDelta ? surveyTimes(lines, prefix) : []
  const surveyed = lines.hasAhead(SURVEY_LENGTH)
  const meaning = timeMeaning(head.time, command, times)
  const undecided = meaning === 'none' ? false : isRelative(meaning) || nearMidnight(head.time) || descends(times)
  if (undecided && head.timed && !surveyed) return 'wait'
  const { zone, logTime } = options
  const clock = new SectionClock(meaning, { zone, logged: logTime !== undefined })
  const newestFirst = !isRelative(meaning) && isNewestFirst(times)
  return {
    clock,
    reversed: newestFirst ? new NewestFirst(clock) : undefined,
    zoneAssumed: meaning === 'dated' && zone === undefined && logTime === undefined,
  }
}

function timeMeaning(time: TimeStamp, command: TcpdumpCommand | null, times: readonly number[]): TimeMeaning {
  switch (time.form) {
    case TimeForm.None:
      return 'none'
    case TimeForm.Epoch:
      return 'epoch'
    case TimeForm.Dated:
      return 'dated'
    case TimeForm.OldDelta:
      return 'since-previous'
    default:
      return clockMeaning(time, command, times)
  }
}

// The default and -ttt, -ttttt differ by a space in front, which versions before 4.8 do not print and pastes lose.
function clockMeaning(time: TimeStamp, command: TcpdumpCommand | null, times: readonly number[]): TimeMeaning {
  if (command?.timeFlags === 3) return 'since-previous'
  if (command?.timeFlags === 5) return 'since-first'
  if (command !== null && time.form === TimeForm.Clock) return 'time-of-day'
  const fromZero = time.sec === 0 && time.nsec === 0
  const stepsBack = nearMidnight(time) && countsFromPrevious(times)
  if (time.form === TimeForm.Clock && !fromZero && !stepsBack) return 'time-of-day'
  return countsFromPrevious(times) ? 'since-previous' : 'since-first'
}

function isRelative(meaning: TimeMeaning): boolean {
  return meaning === 'since-previous' || meaning === 'since-first'
}

function nearMidnight(time: TimeStamp): boolean {
  return time.form === TimeForm.Clock && time.sec === 0
}

/**
 * Reads the head of a line that may be a section's first packet.
 *
 * @param line - Prefix and damage removed.
 * @param command - Of the section it would belong to.
 * @returns Whether the line is believable as a packet; the more was stripped from it, the more it must look like one.
 */
export function learnHead(head: HeadLine, line: string, prefix: LinePrefix, command: TcpdumpCommand | null): boolean {
  const bytes = ENCODER.encode(line)
  const marked = head.read(bytes, 0, bytes.length)
  const body = new TextDecoder().decode(bytes.subarray(head.body))
  if (!marked) {
    if (prefix.isLoose || (command !== null && command.timeFlags !== 1)) return false
    // An indented line without a label is the second one of -v.
    return looksLikePacket(body) && (prefix.isNone || !/^[\d:]/.test(body))
  }
  if (isIndentedClock(head.time) && command === null) return false
  return (prefix.isNone && head.timed) || looksLikeTimedPacket(body)
}

/** Whether a time with a space in front is a time of day behind an indentation of one, rather than a difference. */
function isIndentedClock(time: TimeStamp): boolean {
  return time.form === TimeForm.Delta && !time.negative && time.sec >= 3600
}

import type { Calibration } from './calibration.ts'
import type { HeadLine } from './head-line.ts'
import type { LinePrefix, PrefixFacts } from './line-prefix.ts'
import type { NewestFirst } from './newest-first.ts'
import { OpenPacket } from './open-packet.ts'
import type { SectionClock } from './section-clock.ts'
import type { SectionLine } from './section-line.ts'
import type { TcpdumpCommand } from './tcpdump-command.ts'
import { TimeForm } from './time-stamp.ts'

/**
 * One capture inside a text: a pasted command, or what follows a banner. All that tcpdump remembers, the flags it ran
 * with and the place it ran at belong to a section.
 */
export class Section {
  /** 0-based among the captures of the text that have packets; −1 before the first. */
  index = -1
  /** Where its lines come from, see {@link PrefixFacts.source}. */
  readonly source: string
  readonly packet: OpenPacket = new OpenPacket()

  command: TcpdumpCommand | null = null
  /** Of the line `listening on …` or `reading from file …`. */
  started = false
  listeningOn: string | null = null
  linkType: string | null = null
  snapLength = 0
  /** Closing statistics were seen: whatever follows is another capture. */
  ended = false
  host: string | null = null
  pod: string | null = null

  // Learned from the first packet.
  prefix: LinePrefix | undefined
  numbered = false
  timeForm: TimeForm = TimeForm.None
  clock: SectionClock | undefined
  /** Packets set aside because the section stands newest first. */
  reversed: NewestFirst | undefined
  /** Whether the last line announced an inner packet at column 0; kept for sections without times. */
  opensEncapsulation = false
  /** Index of the interface of lines that name none, −1 before the first. */
  unnamedInterface = -1
  /** Interfaces that lines of the section name, in octets: looked up without making a string. */
  readonly namedInterfaces: { readonly name: Uint8Array; readonly index: number }[] = []

  constructor(source: string) {
    this.source = source
  }

  /** Whether packets are being read. */
  get isOpen(): boolean {
    return this.clock !== undefined && !this.ended
  }

  /** Whether packets are being read from lines without prefixes. */
  get isPlain(): boolean {
    return this.clock !== undefined && !this.ended && this.prefix?.isNone === true
  }

  /** Whether its packets have neither times nor numbers (`-t`). */
  get isUnmarked(): boolean {
    return this.timeForm === TimeForm.None && !this.numbered
  }

  /**
   * Whether packets are being read, oldest first, whose lines begin with a time that says its second by itself: lines that
   * begin alike are then of one second.
   */
  get sharesSeconds(): boolean {
    if (!this.isPlain || this.numbered || this.reversed !== undefined) return false
    return this.timeForm !== TimeForm.None && this.clock?.meaning !== 'since-previous'
  }

  /** Passes over the open packet and others of its second. @param nsec - Of the last of them. */
  passOver(nsec: number): void {
    this.packet.isOpen = false
    if (this.clock !== undefined) this.clock.nsec = nsec
  }

  /** Whether a command or starting banner belongs to this section; else it begins another one. */
  isBegunBy(line: SectionLine): boolean {
    if (this.clock !== undefined || this.ended || this.started) return false
    return line.kind === 'start' || this.command === null
  }

  /** Takes over the facts of a command or starting banner. */
  learn(line: SectionLine): void {
    if (line.kind === 'command') {
      this.command = line.command
      this.host = line.command.host
      this.snapLength = line.command.snapLength
    } else if (line.kind === 'start') {
      this.started = true
      this.listeningOn = line.interface
      this.linkType = line.linkType
      this.snapLength = line.snapLength
    }
  }

  /** Takes over what a log prefix says of the place. */
  learnPlace(facts: PrefixFacts): void {
    this.host = facts.host ?? this.host
    this.pod = facts.pod ?? this.pod
  }

  /** Takes over what the first packet shows. */
  adopt(prefix: LinePrefix, head: HeadLine, calibration: Calibration): void {
    this.prefix = prefix
    this.numbered = head.numbered
    this.timeForm = head.timed ? head.time.form : TimeForm.None
    this.clock = calibration.clock
    this.reversed = calibration.reversed
    this.opensEncapsulation = false
  }

  /** Prepares for the packets of another capture where no further section may be begun. */
  forget(): void {
    this.ended = false
    this.prefix = undefined
    this.clock = undefined
  }

  /** Whether a head that has a number or time has the form that the section's packets have. */
  isHead(head: HeadLine): boolean {
    if (head.numbered !== this.numbered) return false
    const { form } = head.time
    if (!head.timed) return this.timeForm === TimeForm.None
    if (form === this.timeForm) return true
    // "[Error converting time]" stands in for any form; the two of -ttt differ by a space that a paste may lose.
    if (form === TimeForm.None) return true
    return this.clock?.kind === 'relative' && isDifference(this.timeForm) && isDifference(form)
  }

  /** Whether a head has another form of time than the section's packets: two outputs pasted together without a banner. */
  isForeign(head: HeadLine): boolean {
    const { form } = head.time
    return (
      head.timed &&
      form !== this.timeForm &&
      (form === TimeForm.Clock || form === TimeForm.Epoch || form === TimeForm.Dated)
    )
  }
}

function isDifference(form: TimeForm): boolean {
  return form === TimeForm.Clock || form === TimeForm.Delta
}

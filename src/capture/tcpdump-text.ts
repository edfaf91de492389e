import type { Warning } from '../core/warning.ts'
import type { ContainerReader } from './container-reader.ts'
import { type CaptureInterface, CaptureRecord, LINKTYPE_TCPDUMP_TEXT } from './record.ts'
import { RecordStretch } from './record-stretch.ts'
import { calibrate, learnHead } from './tcpdump-text/calibration.ts'
import { isCutShort } from './tcpdump-text/cut-line.ts'
import { undoDamage } from './tcpdump-text/damage.ts'
import { unwrapDockerLog } from './tcpdump-text/docker-log.ts'
import { countDumpLine, isInsideDump } from './tcpdump-text/dump-check.ts'
import { HeadLine } from './tcpdump-text/head-line.ts'
import { LineBuffer, MAX_LINE_LENGTH } from './tcpdump-text/line-buffer.ts'
import { LinePrefix, type PrefixFacts } from './tcpdump-text/line-prefix.ts'
import type { NewestFirst } from './tcpdump-text/newest-first.ts'
import { hasLabel, looksLikePacket, opensEncapsulation } from './tcpdump-text/packet-start.ts'
import type { Section } from './tcpdump-text/section.ts'
import { parseSectionLine, type SectionLine } from './tcpdump-text/section-line.ts'
import { SectionTable } from './tcpdump-text/section-table.ts'
import { TextEncodingFilter } from './tcpdump-text/text-encoding.ts'
import { TimeZone } from './tcpdump-text/time-zone.ts'
import { WarningLog } from './warning-log.ts'

export { sniffTcpdumpText } from './tcpdump-text/sniff.ts'

/** Lines of tcpdump's own, prompts and prefixes are shorter; longer ones are not searched for them. */
const MAX_PROSE = 2048
const SPACE = 0x20
const TAB = 0x09

/** What became of a line. */
type Outcome =
  | 'taken'
  /** {@link TcpdumpTextReader.record} holds the packet before it. */
  | 'packet'
  /** More of the text is needed to tell what it is. */
  | 'wait'

/**
 * Reads what tcpdump prints, as people save and paste it: one record a packet, with the captures inside one text kept
 * apart as sections. Tells lines apart and reads times, interfaces and directions; what a packet's lines say is the
 * decoder's work. The octets of a record are the packet's lines from the link header or protocol label on, separated
 * by line feeds.
 */
export class TcpdumpTextReader implements ContainerReader {
  readonly format = 'text' as const
  readonly record: CaptureRecord = new CaptureRecord()
  readonly skipped: Record<string, number> = {}
  readonly #stretch = new RecordStretch()
  readonly #lines = new LineBuffer()
  readonly #head = new HeadLine()
  readonly #encoding = new TextEncodingFilter()
  readonly #log: WarningLog
  readonly #sections: SectionTable
  readonly #zone: TimeZone | undefined
  readonly #decoder = new TextDecoder()
  readonly #encoder = new TextEncoder()
  #held: NewestFirst | undefined
  #packets = 0
  /** Whether the line before announced an inner packet, see {@link Section.opensEncapsulation}. */
  #opened = false

  /**
   * @param file - Capture as the user named it, for warnings.
   * @param options.timeZone - IANA zone of dated times (`-tttt`), which carry none; UTC where left out.
   * @throws {UsageError} when the runtime knows no such zone.
   */
  constructor(file: string, options: { timeZone?: string | undefined } = {}) {
    this.#log = new WarningLog(file)
    this.#sections = new SectionTable(this.#log)
    this.#stretch.format = 'text'
    this.#stretch.linkType = LINKTYPE_TCPDUMP_TEXT
    this.#zone = options.timeZone === undefined ? undefined : new TimeZone(options.timeZone)
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#sections.interfaces
  }

  get warnings(): readonly Warning[] {
    return this.#log.list
  }

  keepIn(memory: Uint8Array): void {
    this.#lines.keepIn(memory)
  }

  push(chunk: Uint8Array): void {
    for (const section of this.#sections.all) section.packet.gather(this.#lines)
    this.#lines.push(this.#encoding.push(chunk))
  }

  end(): void {
    this.push(this.#encoding.finish())
    this.#lines.finish()
  }

  next(): boolean {
    for (;;) {
      if (this.#held !== undefined) {
        if (this.#held.take(this.record)) return this.#count()
        this.#held = undefined
      }
      if (!this.#lines.advance()) {
        if (!this.#lines.ended) return false
        if (this.#flush()) return this.#count()
        if (this.#held === undefined) return false
        continue
      }
      if (this.#lines.unterminated) this.#checkLastLine()
      const outcome = this.#takeLine()
      if (outcome === 'packet') return this.#count()
      if (outcome === 'wait') {
        this.#lines.unread()
        return false
      }
    }
  }

  stretch(): RecordStretch | null {
    const { record } = this
    const lines = this.#lines
    const section = this.#sections.current
    const { packet } = section
    if (this.#packets === 0 || this.#held !== undefined || !section.sharesSeconds || !packet.isLine(lines)) return null
    // The same place and second as the record before, which the visitor knows.
    if (!packet.hasTime || packet.timeSec !== record.timeSec || packet.interfaceIndex !== record.interfaceIndex)
      return null
    const { time } = this.#head
    if (time.negative) return null
    const stretch = this.#stretch
    stretch.buffer = lines.bytes
    stretch.at = lines.start
    stretch.end = lines.bytes.length
    stretch.timeSec = record.timeSec
    stretch.interfaceIndex = record.interfaceIndex
    stretch.secondLength = time.fraction - lines.start
    stretch.fractionDigits = time.fractionDigits
    return stretch
  }

  passOver(stretch: RecordStretch): void {
    const { record } = this
    this.#sections.current.passOver(stretch.timeNsec)
    this.#packets += stretch.taken
    record.number = this.#packets
    record.timeNsec = stretch.timeNsec
    this.#lines.passOver(stretch.at, stretch.taken)
  }

  #count(): true {
    this.record.number = ++this.#packets
    return true
  }

  // The way of nearly every line: a section without prefixes, in which packets were read.
  #takeLine(): Outcome {
    const section = this.#sections.current
    const lines = this.#lines
    const head = this.#head
    if (lines.cut)
      this.#warn('text-line-too-long', `Line longer than ${MAX_LINE_LENGTH} octets: the rest of it was left out`)
    this.#opened = section.opensEncapsulation
    if (section.isUnmarked) section.opensEncapsulation = opensEncapsulation(lines.bytes, lines.start, lines.end)
    if (!section.isPlain) return this.#takeOtherLine()
    if (head.read(lines.bytes, lines.start, lines.end)) {
      if (section.isHead(head)) return this.#takeHead(section, undefined)
    } else if (section.packet.isOpen) {
      const first = lines.bytes[lines.start]
      // Indented lines are never heads here: the second line of -v, hex dumps, decoded payload.
      if (this.#opened || first === SPACE || first === TAB) return this.#takeContinuation(section, undefined)
      if (section.isUnmarked && hasLabel(lines.bytes, head.body, lines.end)) return this.#takeHead(section, undefined)
    }
    return this.#takeOtherLine()
  }

  // Everything else, by text: damaged and prefixed lines, banners, prompts, the first packet of a section.
  #takeOtherLine(): Outcome {
    const lines = this.#lines
    const section = this.#sections.current
    const raw = this.#decoder.decode(lines.bytes.subarray(lines.start, lines.end))
    if (raw.trim() === '') return section.packet.isOpen ? this.#takeContinuation(section, undefined) : 'taken'
    const text = undoDamage(unwrapDockerLog(raw))
    const { prefix } = section
    const at = prefix === undefined || section.ended ? undefined : prefix.strip(text)
    if (prefix === undefined || at === undefined) return this.#takeForeign(text)
    const facts = prefix.facts(text)
    return this.#takeStripped(this.#sections.of(facts.source), prefix, facts, text.slice(at), at > 0 || text !== raw)
  }

  // A line of a section whose prefix is known; prefix and damage are removed.
  #takeStripped(section: Section, prefix: LinePrefix, facts: PrefixFacts, text: string, altered: boolean): Outcome {
    const inside = this.#insideDump(section)
    if (inside === 'wait') return 'wait'
    if (inside) return this.#takeContinuation(section, altered ? text : undefined)
    const frame = text.length > MAX_PROSE ? undefined : parseSectionLine(text)
    if (frame) return this.#takeFrame(section, frame, facts)
    const bytes = this.#encoder.encode(text)
    const marked = this.#head.read(bytes, 0, bytes.length)
    const isPacket = (): boolean => looksLikePacket(text.slice(this.#head.body))
    if (!section.isOpen) return this.#firstOrSkip(section, prefix, facts, text)
    if (marked && section.isHead(this.#head)) return this.#takeHead(section, bytes, facts)
    if (section.isUnmarked && !marked && !this.#opened && isPacket()) {
      return this.#takeHead(section, bytes, facts)
    }
    if (section.isForeign(this.#head) && isPacket()) return this.#takeFirst(section, prefix, facts, text)
    return section.packet.isOpen ? this.#takeContinuation(section, altered ? text : undefined) : this.#skip()
  }

  // A line of which not even the prefix is known: a banner, a prompt, a first packet, or none of the text's packets.
  #takeForeign(text: string): Outcome {
    const start = text.slice(0, MAX_PROSE)
    for (const { prefix, at } of LinePrefix.candidates(start)) {
      const line = text.slice(at)
      const facts = prefix.facts(start)
      const frame = text.length > MAX_PROSE ? undefined : parseSectionLine(line)
      if (frame) return this.#takeFrame(this.#sections.of(facts.source), frame, facts)
      if (learnHead(this.#head, line, prefix, this.#sections.commandOf(facts.source))) {
        return this.#takeFirst(this.#sections.of(facts.source), prefix, facts, line)
      }
    }
    return this.#skip()
  }

  // A banner, prompt or trailer. Most close the packet of their section, or begin another one.
  #takeFrame(section: Section, frame: SectionLine, facts: PrefixFacts): Outcome {
    if (frame.kind === 'banner') return 'taken'
    if (frame.kind === 'error') this.#warn('text-capture-error', `tcpdump stopped early: ${frame.message}`)
    if ((frame.kind === 'trailer' || frame.kind === 'statistics') && frame.dropped > 0) {
      this.#warn('capture-dropped-packets', `tcpdump dropped ${frame.dropped} packets: gaps may be the capture's own`)
    }
    if (frame.kind === 'error' || frame.kind === 'statistics') return 'taken'
    const closed = this.#close(section)
    if (frame.kind === 'trailer') {
      section.ended = true
      this.#release(section)
      return closed
    }
    const target = section.isBegunBy(frame) ? section : this.#replace(section)
    target.learn(frame)
    target.learnPlace(facts)
    return closed
  }

  #firstOrSkip(section: Section, prefix: LinePrefix, facts: PrefixFacts, text: string): Outcome {
    const known = learnHead(this.#head, text, prefix, section.ended ? null : section.command)
    return known ? this.#takeFirst(section, prefix, facts, text) : this.#skip()
  }

  // The first packet of a section: it shows how packets begin and what their times mean.
  #takeFirst(section: Section, prefix: LinePrefix, facts: PrefixFacts, text: string): Outcome {
    const bytes = this.#encoder.encode(text)
    this.#head.read(bytes, 0, bytes.length)
    const isNew = section.clock !== undefined || section.ended
    const options = { zone: this.#zone, logTime: facts.time }
    const calibration = calibrate(this.#head, prefix, isNew ? null : section.command, this.#lines, options)
    if (calibration === 'wait') return 'wait'
    const closed = this.#close(section)
    const target = isNew ? this.#replace(section) : section
    target.adopt(prefix, this.#head, calibration)
    target.opensEncapsulation = target.isUnmarked && opensEncapsulation(bytes, 0, bytes.length)
    target.learnPlace(facts)
    if (calibration.reversed)
      this.#warn('text-newest-first', 'The packets stand newest first: they were read in reverse')
    if (calibration.zoneAssumed) {
      this.#warn('time-zone-assumed', 'The dated times (-tttt) carry no time zone: taken as UTC, see --timezone')
    }
    this.#open(target, bytes, facts)
    return closed
  }

  #takeHead(section: Section, copy: Uint8Array | undefined, facts?: PrefixFacts): Outcome {
    const inside = section.packet.dumpChars > 0 ? this.#insideDump(section) : false
    if (inside === 'wait') return 'wait'
    if (inside) return this.#takeContinuation(section, undefined)
    const closed = this.#close(section)
    this.#open(section, copy, facts)
    return closed
  }

  #takeContinuation(section: Section, text: string | undefined): Outcome {
    const lines = this.#lines
    countDumpLine(section.packet, lines)
    // An empty line ends nothing and says nothing.
    if (lines.start === lines.end) return 'taken'
    const line = text === undefined ? lines.bytes.subarray(lines.start, lines.end) : this.#encoder.encode(text)
    section.packet.extend(line, lines)
    return 'taken'
  }

  #insideDump(section: Section): boolean | 'wait' {
    return section.packet.isOpen && isInsideDump(section.packet, this.#lines, section.snapLength)
  }

  #open(section: Section, copy: Uint8Array | undefined, facts?: PrefixFacts): void {
    const { clock, packet } = section
    if (clock === undefined) return
    packet.interfaceIndex = this.#sections.interfaceOf(section, this.#head, copy ?? this.#lines.bytes)
    if (section.reversed === undefined) clock.advance(this.#head.time, facts?.time)
    else section.reversed.note(this.#head.time)
    packet.timeSec = clock.sec
    packet.timeNsec = clock.nsec
    packet.hasTime = clock.known
    if (copy === undefined) packet.openInPlace(this.#head, this.#lines)
    else packet.openCopy(this.#head, copy)
  }

  /** Closes the open packet of a section into the record, or sets it aside where the section stands newest first. */
  #close(section: Section): 'packet' | 'taken' {
    if (!section.packet.isOpen) return 'taken'
    section.packet.close(this.record, this.#lines)
    if (section.reversed === undefined) return 'packet'
    section.reversed.add(this.record)
    if (section.reversed.gaveUp) {
      this.#warn(
        'text-newest-first-unordered',
        'The packets neither stand in order of time nor newest first: read as they stand',
      )
      this.#release(section)
    }
    return 'taken'
  }

  #replace(section: Section): Section {
    this.#release(section)
    return this.#sections.replace(section)
  }

  // Hands the packets that were set aside over to `next()`.
  #release(section: Section): void {
    this.#held = section.reversed ?? this.#held
    section.reversed = undefined
  }

  #flush(): boolean {
    for (const section of this.#sections.all) {
      if (this.#close(section) === 'packet') return true
      this.#release(section)
      if (this.#held !== undefined) return false
    }
    return false
  }

  #checkLastLine(): void {
    const lines = this.#lines
    if (
      lines.end - lines.start > MAX_PROSE ||
      !isCutShort(this.#decoder.decode(lines.bytes.subarray(lines.start, lines.end)))
    )
      return
    this.#warn('text-last-line-cut', 'The text ends in the middle of a packet: what is left of it was not counted')
  }

  #skip(): Outcome {
    this.skipped['not-a-packet'] = (this.skipped['not-a-packet'] ?? 0) + 1
    return 'taken'
  }

  #warn(code: string, message: string): void {
    this.#log.add(code, message, { offset: this.#lines.offset, line: this.#lines.number })
  }
}

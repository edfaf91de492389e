import { type CaptureInterface, LINKTYPE_TCPDUMP_TEXT } from '../record.ts'
import type { WarningLog } from '../warning-log.ts'
import type { HeadLine } from './head-line.ts'
import { Section } from './section.ts'
import type { TcpdumpCommand } from './tcpdump-command.ts'

/** Captures in one text, interfaces in one capture and in all; more is not a text that people paste. */
const MAX_SECTIONS = 4096
const MAX_NAMES = 1024
const MAX_INTERFACES = 16_384

/** The sections of a text and the capture interfaces they grow. */
export class SectionTable {
  readonly interfaces: CaptureInterface[] = []
  /** The section that the last line belonged to. */
  current: Section = new Section('')
  readonly #log: WarningLog
  readonly #bySource = new Map<string, Section>([['', this.current]])
  #count = 0
  #numbered = 0

  constructor(log: WarningLog) {
    this.#log = log
  }

  /** Sections that lines may still belong to. */
  get all(): Iterable<Section> {
    return this.#bySource.values()
  }

  /** The section whose lines carry this source; begun if there is none. */
  of(source: string): Section {
    const known = this.#bySource.get(source)
    this.current = known ?? this.#begin(source)
    return this.current
  }

  /** The command that the next first packet of this source would belong to. */
  commandOf(source: string): TcpdumpCommand | null {
    const section = this.#bySource.get(source)
    return section === undefined || section.clock !== undefined || section.ended ? null : section.command
  }

  /** Begins another section in place of `section`. Close its packet first. */
  replace(section: Section): Section {
    this.current = this.#begin(section.source)
    return this.current
  }

  /** Index of the interface that a line of the section names, or of the section's only one. */
  interfaceOf(section: Section, head: HeadLine, bytes: Uint8Array): number {
    const length = head.interfaceEnd - head.interfaceStart
    if (length === 0) {
      if (section.unnamedInterface < 0) section.unnamedInterface = this.#addInterface(section, ownInterface(section))
      return section.unnamedInterface
    }
    for (const known of section.namedInterfaces) {
      if (known.name.length !== length) continue
      let i = 0
      while (i < length && known.name[i] === bytes[head.interfaceStart + i]) i++
      if (i === length) return known.index
    }
    if (section.namedInterfaces.length >= MAX_NAMES) return section.namedInterfaces[0]?.index ?? 0
    const name = bytes.slice(head.interfaceStart, head.interfaceEnd)
    const index = this.#addInterface(section, new TextDecoder().decode(name))
    section.namedInterfaces.push({ name: new Uint8Array(name), index })
    return index
  }

  #begin(source: string): Section {
    if (this.#count >= MAX_SECTIONS) {
      this.#log.add(
        'text-section-limit',
        `More than ${MAX_SECTIONS} captures in one text: those that follow are taken as one`,
      )
      const last = this.current
      last.forget()
      this.#bySource.set(source, last)
      return last
    }
    this.#count++
    const section = new Section(source)
    this.#bySource.set(source, section)
    return section
  }

  #addInterface(section: Section, name: string | null): number {
    if (this.interfaces.length >= MAX_INTERFACES) {
      this.#log.add(
        'text-interface-limit',
        `More than ${MAX_INTERFACES} interfaces in one text: the others are taken as the last of them`,
      )
      return this.interfaces.length - 1
    }
    const { command } = section
    if (section.index < 0) section.index = this.#numbered++
    this.interfaces.push({
      name,
      description: section.linkType,
      linkType: LINKTYPE_TCPDUMP_TEXT,
      snapLength: section.snapLength,
      timeKind: section.clock?.kind ?? 'none',
      section: section.index,
      host: section.host,
      command: command?.text ?? null,
      pod: section.pod,
      filter: command?.filter ?? null,
    })
    return this.interfaces.length - 1
  }
}

function ownInterface(section: Section): string | null {
  return section.command?.interface ?? section.listeningOn
}

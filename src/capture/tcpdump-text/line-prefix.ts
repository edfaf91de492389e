import type { LogTime } from './section-clock.ts'

/** What a prefix in front of a line says besides being in the way. */
export interface PrefixFacts {
  /** Tells interleaved logs apart: pod and container, service, host; empty where the form names no source. */
  readonly source: string
  readonly host?: string
  readonly pod?: string
  readonly time?: LogTime
}

interface PrefixForm {
  readonly name: string
  /** Sticky: matches at `lastIndex`. */
  readonly pattern: RegExp
  /** True where the line behind must look like a packet: the form alone is too common in other text. */
  readonly loose: boolean
  readonly facts: (groups: Record<string, string>) => PrefixFacts
}

const NO_SOURCE = (): PrefixFacts => ({ source: '' })

/** Prefixes that log collectors, mail programs and editors put in front of lines. */
const FORMS: readonly PrefixForm[] = [
  { name: 'indentation', pattern: /[ \t]+/y, loose: false, facts: NO_SOURCE },
  { name: 'quote', pattern: /(?:> ?)+/y, loose: false, facts: NO_SOURCE },
  // kubectl logs --prefix
  {
    name: 'kubectl',
    pattern: /\[pod\/(?<pod>[a-z0-9.-]{1,253})\/(?<container>[a-z0-9.-]{1,63})\] /y,
    loose: false,
    facts: ({ pod = '', container = '' }) => ({ source: `${pod}/${container}`, pod }),
  },
  // kubectl logs --timestamps, docker logs -t, log files of containerd, journalctl -o short-iso
  {
    name: 'rfc3339',
    pattern: /(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) /y,
    loose: false,
    facts: ({ time = '' }) => {
      const logTime = parseLogTime(time)
      return logTime === undefined ? { source: '' } : { source: '', time: logTime }
    },
  },
  // Log files of containerd and CRI-O: stream, and whether the line is whole.
  { name: 'cri', pattern: /(?:stdout|stderr) [FP] /y, loose: false, facts: NO_SOURCE },
  // journald and syslog
  {
    name: 'syslog',
    pattern:
      /(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?=\S+ \S+: )|(?=\S+ \S+\[\d+\]: ))(?<host>[\w.-]{1,253}) [\w./-]{1,64}(?:\[\d+\])?: /y,
    loose: false,
    facts: ({ host = '' }) => ({ source: host, host }),
  },
  // docker compose logs
  {
    name: 'compose',
    pattern: /(?<service>[\w.-]{1,128}) +\| /y,
    loose: false,
    facts: ({ service = '' }) => ({ source: service }),
  },
  // cat -n
  { name: 'cat', pattern: / {0,8}\d{1,9}\t/y, loose: true, facts: NO_SOURCE },
  // grep -n, with or without the file's name
  {
    name: 'grep',
    pattern: /(?:[\w./-]{0,99}[A-Za-z_./][\w./-]{0,99}[:-])?\d{1,9}[:-]/y,
    loose: true,
    facts: NO_SOURCE,
  },
  // stern: pod and container
  {
    name: 'stern',
    pattern: /(?<pod>[a-z0-9][a-z0-9.-]{0,252}) (?<container>[a-z0-9][a-z0-9-]{0,62}) /y,
    loose: true,
    facts: ({ pod = '', container = '' }) => ({ source: `${pod}/${container}`, pod }),
  },
]

/** Log times in front of a whole collector's prefix, a quote around both: deeper was never seen. */
const MAX_FORMS = 3

/** A chain of prefix forms, as learned from a section's first packet; an empty chain is no prefix. */
export class LinePrefix {
  static readonly NONE: LinePrefix = new LinePrefix([], '')

  readonly #forms: readonly PrefixForm[]
  /** The white space of the chain's indentation: only so much is stripped, what is above it belongs to the line. */
  readonly #indentation: string

  private constructor(forms: readonly PrefixForm[], indentation: string) {
    this.#forms = forms
    this.#indentation = indentation
  }

  get isNone(): boolean {
    return this.#forms.length === 0
  }

  /** Whether the line behind the prefix must look like a packet to be believed. */
  get isLoose(): boolean {
    return this.#forms.some((form) => form.loose)
  }

  /**
   * Chains that match at the start of a line, shortest first.
   *
   * @returns With each chain where the line begins behind it.
   */
  static candidates(line: string): { prefix: LinePrefix; at: number }[] {
    const found = [{ prefix: LinePrefix.NONE, at: 0 }]
    for (let i = 0; i < found.length; i++) {
      const { prefix, at } = found[i] ?? { prefix: LinePrefix.NONE, at: 0 }
      if (prefix.#forms.length === MAX_FORMS) break
      for (const form of FORMS) {
        if (prefix.#forms.includes(form)) continue
        const end = matchEnd(form, line, at)
        if (end === undefined) continue
        const indentation = form.name === 'indentation' ? line.slice(at, end) : prefix.#indentation
        found.push({ prefix: new LinePrefix([...prefix.#forms, form], indentation), at: end })
      }
    }
    return found
  }

  /**
   * Where the line begins behind this prefix; `undefined` where the line does not carry it. White space may be less
   * than learned: editors strip it from empty lines.
   */
  strip(line: string): number | undefined {
    let at = 0
    for (const form of this.#forms) {
      const end = form.name === 'indentation' ? this.#stripIndentation(line, at) : matchEnd(form, line, at)
      if (end === undefined) return undefined
      at = end
    }
    return at
  }

  /** What the prefix of a line that carries it says. */
  facts(line: string): PrefixFacts {
    let facts: PrefixFacts = { source: '' }
    let at = 0
    for (const form of this.#forms) {
      form.pattern.lastIndex = at
      const match = form.name === 'indentation' ? null : form.pattern.exec(line)
      at = form.name === 'indentation' ? this.#stripIndentation(line, at) : at + (match?.[0].length ?? 0)
      if (match === null) continue
      const found = form.facts(match.groups ?? {})
      facts = { ...facts, ...found, source: facts.source + found.source }
    }
    return facts
  }

  #stripIndentation(line: string, at: number): number {
    let end = at
    while (end - at < this.#indentation.length && line[end] === this.#indentation[end - at]) end++
    return end
  }
}

function matchEnd(form: PrefixForm, line: string, at: number): number | undefined {
  form.pattern.lastIndex = at
  const match = form.pattern.exec(line)
  return match === null ? undefined : at + match[0].length
}

function parseLogTime(text: string): LogTime | undefined {
  const milliseconds = Date.parse(text.replace(/\.\d+/, '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  if (Number.isNaN(milliseconds)) return undefined
  const zone = /([+-])(\d\d):?(\d\d)$/.exec(text)
  const offset = zone === null ? 0 : (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -60 : 60)
  return { sec: milliseconds / 1000, offset }
}

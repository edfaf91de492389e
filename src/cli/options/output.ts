import { type Command, Option } from 'commander'
import { FORMATS, type FormatName } from '../../report/index.ts'
import type { FailOn } from '../../report/report.ts'
import { addGroup, choice, collect, wholeNumber } from './values.ts'

/** How and where results are shown; shared by all commands. */
export interface OutputOptions {
  readonly format?: FormatName
  readonly output?: readonly string[]
  readonly color?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly progress: boolean
}

/** Formats of commands whose result is a single record. */
export const RECORD_FORMATS: readonly FormatName[] = ['table', 'json', 'ndjson']

/** Formats that have something to say of flows that are not judged. */
export const FLOW_FORMATS: readonly FormatName[] = [...RECORD_FORMATS, 'zeek', 'zeek-json', 'html']

/** Formats that have a place for findings. */
export const LINT_FORMATS: readonly FormatName[] = [
  ...RECORD_FORMATS,
  'junit',
  'markdown',
  'github',
  'sarif',
  'tap',
  'html',
]

/** @param formats - Names the command can write; all by default. */
export function addOutputOptions(command: Command, formats: readonly string[] = Object.keys(FORMATS)): void {
  addGroup(command, 'Output:', [
    choice('-f, --format <format>', 'output format (table by default, or by the ending of -o)', formats),
    new Option('-o, --output <file>', 'write there instead of standard output; format:file to write several').argParser(
      collect,
    ),
    new Option('--color', 'colour even where the output is no terminal'),
    new Option('--no-color', 'no colour'),
    new Option('-q, --quiet', 'no warnings and no progress'),
    new Option('-v, --verbose', 'every warning, and details of unexpected errors'),
    new Option('--no-progress', 'no progress bar'),
  ])
}

/** Which flows are shown, and in what order. */
export interface SelectionOptions {
  readonly where?: string
  readonly sort?: string
  readonly limit?: number
  readonly all?: boolean
}

export function addSelectionOptions(command: Command): void {
  addGroup(command, 'Selection:', [
    new Option(
      '-w, --where <expression>',
      'keep only the flows that match, such as \'source.kind == "pod" and tcp.connState == "S0"\'',
    ),
    new Option(
      '--sort <field>',
      'order by a field of the flow record, descending with a - before it: start, -forward.payloadBytes',
    ),
    new Option('--limit <n>', 'list at most so many flows (html and what CI reads show all)').argParser(wholeNumber(1)),
    new Option('-a, --all', 'list every flow instead of counting those that need no attention'),
  ])
}

export interface FailOptions {
  readonly failOn: FailOn
}

export function addFailOption(command: Command): void {
  const words = ['contradiction', 'inconclusive', 'never']
  addGroup(command, 'Output:', [
    choice('--fail-on <what>', 'what makes the exit status 1', words).default('contradiction'),
  ])
}

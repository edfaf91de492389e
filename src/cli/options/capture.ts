import { type Command, Option } from 'commander'
import type { FlowOptions } from '../../flow/read-flows.ts'
import { addGroup, collect, wholeNumber } from './values.ts'

/** How captures are read; shared by the commands that take any. */
export interface CaptureOptions {
  readonly at?: readonly string[]
  readonly timezone?: string
  readonly crossCheck?: boolean
  readonly maxFlows?: number
}

export const CAPTURE_ARGUMENT =
  'pcap, pcapng or tcpdump text, also compressed: a path, a glob, a folder, or - for standard input'

export function addCaptureOptions(command: Command): void {
  addGroup(command, 'Captures:', [
    new Option(
      '--at <[file=]point>',
      'where it was taken: node/<name>[:interface], pod/<namespace>/<name>, external[/<name>]; repeatable',
    ).argParser(collect),
    new Option('--timezone <name>', 'zone of dated times in tcpdump text (IANA name); UTC without it'),
    new Option('--cross-check', 'read classic pcap files a second time through pcap-parser and compare'),
    new Option('--max-flows <n>', 'most flows held at once; the oldest idle ones are closed beyond it').argParser(
      wholeNumber(1),
    ),
  ])
}

/** What `readFlows()` is told. */
export function flowOptions(options: CaptureOptions): Pick<FlowOptions, 'timeZone' | 'maxFlows' | 'crossCheck'> {
  return { timeZone: options.timezone, maxFlows: options.maxFlows, crossCheck: options.crossCheck }
}

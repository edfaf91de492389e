import { type Command, Option } from 'commander'
import type { Options } from '../actions/analyze.ts'
import { inputArguments } from '../again.ts'
import type { Context } from '../context.ts'
import { addExamples, type Example } from '../help.ts'
import { addCaptureOptions, CAPTURE_ARGUMENT } from '../options/capture.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addFailOption, addOutputOptions, addSelectionOptions } from '../options/output.ts'
import { addGroup, collect } from '../options/values.ts'

const EXAMPLES: readonly Example[] = [
  {
    why: 'Captures whose captures.yaml names their cluster and where they were taken',
    line: 'masqcheck captures/seed',
  },
  {
    why: 'A capture from a node, with metadata',
    line: 'masqcheck node1.pcap --at node/worker-1:eth0 --cluster nodes.json pods.json cilium-config.yaml',
  },
  {
    why: 'In CI: expectations as test cases, and the table in the log',
    line: 'masqcheck captures/ --cluster cluster/ --expect expectations.yaml --format table -o junit:report.xml',
  },
  {
    why: 'Only what pods opened, and what iptables masquerading would change',
    line: 'masqcheck captures/seed --where \'source.kind == "pod"\' --what-if masquerade=iptables',
  },
  { why: 'A report for a colleague', line: 'masqcheck captures/seed -o report.html' },
]

/** `masqcheck analyze`, and `masqcheck` alone: the main job. */
export function addAnalyze(program: Command, context: Context): void {
  const command = program
    .command('analyze', { isDefault: true })
    .summary('captures in, a verdict for every flow out (also: masqcheck <capture…>)')
    .description(
      'Reads captures and cluster metadata and tells of every flow whether its source address is what the masquerade settings ask for.',
    )
    .argument('[captures...]', CAPTURE_ARGUMENT)
  addExamples(command, EXAMPLES)
  addCaptureOptions(command)
  addGroup(command, 'Judgement:', [
    new Option('-e, --expect <file>', 'expectations (YAML), each one a test case of the report'),
    new Option(
      '--what-if <settings>',
      'judge again with key=value, or the settings of a file, laid over; repeatable',
    ).argParser(collect),
  ])
  addSelectionOptions(command)
  addOutputOptions(command)
  addFailOption(command)
  addClusterOptions(command)
  command.action(async (captures: string[], options: Options, self: Command) => {
    const { run } = await import('../actions/analyze.ts')
    await run(captures, options, { ...context, again: inputArguments(captures, self) })
  })
}

import { type Command, Option } from 'commander'
import type { Options } from '../actions/lint.ts'
import type { Context } from '../context.ts'
import { addExamples, type Example } from '../help.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addFailOption, addOutputOptions, LINT_FORMATS } from '../options/output.ts'
import { addGroup, wholeNumber } from '../options/values.ts'

const EXAMPLES: readonly Example[] = [
  {
    why: 'Do the settings, and the rules dumped from a node, fit each other?',
    line: 'masqcheck lint --cluster captures/seed/cluster-iptables',
  },
  {
    why: 'A configuration in a repository, as annotations of a pull request',
    line: 'masqcheck lint captures/seed/cluster-bpf/cilium-config.yaml --format github',
  },
  {
    why: 'A sysdump, for code scanning',
    line: 'masqcheck lint cilium-sysdump.zip -o lint.sarif',
  },
]

/** Formats that have something to say about findings. */
/** `masqcheck lint`: contradictions inside the metadata. */
export function addLint(program: Command, context: Context): void {
  const command = program
    .command('lint')
    .summary('contradictions inside the cluster metadata itself')
    .description(
      'Holds the settings against each other, against the nodes, and against what is installed (iptables-save, ipset, bpf ipmasq list, status). Exit status 1 when a finding is an error.',
    )
    .argument('[metadata...]', 'the same as --cluster')
  addExamples(command, EXAMPLES)
  addClusterOptions(command)
  addGroup(command, 'Selection:', [
    new Option('--limit <n>', 'list at most so many findings').argParser(wholeNumber(1)),
  ])
  addOutputOptions(command, LINT_FORMATS)
  addFailOption(command)
  command.action(async (metadata: string[], options: Options) => {
    const { run } = await import('../actions/lint.ts')
    await run(metadata, options, context)
  })
}

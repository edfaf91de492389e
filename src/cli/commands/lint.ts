import { type Command, Option } from 'commander'
import type { Finding } from '../../audit/verdict.ts'
import { UsageError } from '../../core/errors.ts'
import type { FailOn, Report } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import { addExamples, type Example } from '../help.ts'
import { clusterRequest } from '../load-cluster.ts'
import { addClusterOptions, type ClusterOptions } from '../options/cluster.ts'
import { addFailOption, addOutputOptions, type FailOptions, type OutputOptions } from '../options/output.ts'
import { addGroup, wholeNumber } from '../options/values.ts'
import { destinations, writeReport } from '../output.ts'
import { toolVersion } from '../version.ts'
import { writeWarnings } from '../warnings.ts'

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
const FORMATS = ['table', 'json', 'ndjson', 'junit', 'markdown', 'github', 'sarif', 'tap', 'html']

type Options = ClusterOptions & OutputOptions & FailOptions & { readonly limit?: number }

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
  addOutputOptions(command, FORMATS)
  addFailOption(command)
  command.action((metadata: string[], options: Options) => run(metadata, options, context))
}

async function run(metadata: readonly string[], options: Options, { io, setStatus }: Context): Promise<void> {
  const where = destinations(options.format, options.output ?? [])
  const [{ loadCluster }, { lint }] = await Promise.all([
    import('../../cluster/load.ts'),
    import('../../audit/lint/lint.ts'),
  ])
  const request = clusterRequest({ ...options, cluster: [...(options.cluster ?? []), ...metadata] })
  if (request.paths?.length === 0 && Object.keys(request.given ?? {}).length === 0) {
    throw new UsageError('Nothing to check: give metadata with --cluster, or facts by hand such as --masquerade')
  }
  const cluster = await loadCluster(request)
  writeWarnings(cluster.warnings, io, options)
  const findings = lint(cluster)
  const report: Report = {
    tool: toolVersion(),
    command: 'lint',
    captures: [],
    flows: [],
    findings,
    expectations: [],
    summary: {
      captures: 0,
      packets: 0,
      bytes: 0,
      flows: 0,
      verdicts: { consistent: 0, contradiction: 0, inconclusive: 0, not_applicable: 0 },
      codes: {},
      warnings: cluster.warnings,
      skipped: {},
      interrupted: false,
    },
  }
  await writeReport(
    report,
    where,
    { color: options.color, all: true, limit: options.limit ?? 0, failOn: options.failOn },
    io,
  )
  setStatus(findings.some((finding) => isFailing(finding, options.failOn)) ? ExitStatus.Found : ExitStatus.Ok)
}

function isFailing({ severity }: Finding, failOn: FailOn): boolean {
  if (failOn === 'never') return false
  return severity === 'error' || (failOn === 'inconclusive' && severity === 'warning')
}

import type { Finding } from '../../audit/verdict.ts'
import { UsageError } from '../../core/errors.ts'
import { type FailOn, lintReport } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import { asksForNothing, clusterRequest, requireMetadata } from '../load-cluster.ts'
import type { ClusterOptions } from '../options/cluster.ts'
import { type FailOptions, LINT_FORMATS, type OutputOptions } from '../options/output.ts'
import { destinations, writeReport } from '../output.ts'
import { settingDoubts } from '../setting-doubts.ts'
import { toolVersion } from '../version.ts'
import { writeInputs, writeWarnings } from '../warnings.ts'

/** Options of `masqcheck lint`. */
export type Options = ClusterOptions & OutputOptions & FailOptions & { readonly limit?: number }

/** Carries `masqcheck lint` out. */
export async function run(metadata: readonly string[], options: Options, { io, setStatus }: Context): Promise<void> {
  const where = destinations(options.format, options.output ?? [], LINT_FORMATS)
  const [{ loadCluster }, { lint }] = await Promise.all([
    import('../../cluster/load.ts'),
    import('../../audit/lint/lint.ts'),
  ])
  const request = clusterRequest({ ...options, cluster: [...(options.cluster ?? []), ...metadata] })
  if (asksForNothing(request)) {
    throw new UsageError('Nothing to check: give metadata with --cluster, or facts by hand such as --masquerade')
  }
  const cluster = await loadCluster(request)
  writeInputs(cluster.inputs, io, options)
  requireMetadata(request.paths ?? [], cluster)
  writeWarnings([...settingDoubts(options.setting), ...cluster.warnings], io, options)
  const findings = lint(cluster)
  await writeReport(
    lintReport(findings, cluster, toolVersion()),
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

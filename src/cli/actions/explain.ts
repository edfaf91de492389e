import { UsageError } from '../../core/errors.ts'
import { parseIp } from '../../core/ip.ts'
import type { Difference, ExplainOptions, Explanation } from '../../report/explain.ts'
import type { FormatName } from '../../report/index.ts'
import type { Context } from '../context.ts'
import { parseQuery, type QueryOptions } from '../explain-query.ts'
import { outputWidth } from '../io.ts'
import { requireMetadata } from '../load-cluster.ts'
import { type ClusterOptions, givenFacts } from '../options/cluster.ts'
import { type OutputOptions, RECORD_FORMATS } from '../options/output.ts'
import { colorFor, destination, writePieces } from '../output.ts'
import { fileQuotes } from '../quote.ts'
import { settingDoubts } from '../setting-doubts.ts'
import { writeInputs, writeWarnings } from '../warnings.ts'

/** Options of `masqcheck explain`. */
export type Options = ClusterOptions &
  OutputOptions &
  Omit<QueryOptions, 'node'> & { readonly diff?: readonly string[] }

/** Carries `masqcheck explain` out. */
export async function run(options: Options, { io }: Context): Promise<void> {
  const where = destination(options.format, options.output, RECORD_FORMATS)
  const [{ loadCluster }, { decide }, { decideInstalled }, { overlayFacts }] = await Promise.all([
    import('../../cluster/load.ts'),
    import('../../masquerade/decide.ts'),
    import('../../masquerade/installed/decide-installed.ts'),
    import('../overlay.ts'),
  ])
  const { facts, node } = splitNodeOption(options)
  const { ciliumVersion } = options
  const source = { paths: options.cluster ?? [], ...(ciliumVersion === undefined ? {} : { ciliumVersion }) }
  const cluster = await loadCluster({ ...source, given: facts })
  writeInputs(cluster.inputs, io, options)
  requireMetadata(source.paths, cluster)
  writeWarnings([...settingDoubts(options.setting), ...cluster.warnings], io, options)
  const { node: _, ...question } = options
  const named = parseQuery(node === undefined ? question : { ...question, node }, cluster.addressBook)
  const explanation = {
    ...named,
    decision: decide(named.query, cluster),
    installed: decideInstalled(named.query, cluster),
  }
  let difference: Difference | null = null
  if (options.diff !== undefined) {
    const { given, settings } = await overlayFacts(facts, options.diff)
    difference = { settings, decision: decide(named.query, await loadCluster({ ...source, given })) }
  }
  const look = { width: outputWidth(io), color: colorFor(where.file, io, options.color), quote: fileQuotes() }
  await writePieces(await render(explanation, difference, where.format, look), where.file, io)
}

async function render(
  explanation: Explanation,
  difference: Difference | null,
  format: FormatName,
  look: ExplainOptions,
): Promise<Iterable<string>> {
  if (format === 'json' || format === 'ndjson') {
    const { decisionJson } = await import('../../report/decision-json.ts')
    return decisionJson(explanation.decision, difference, format)
  }
  const { explain } = await import('../../report/explain.ts')
  return explain(explanation, difference, look)
}

/** `--node` is an address of a node (`name=ip` or `ip`) or, as a bare name, the node that decides. */
function splitNodeOption(options: Options): { facts: ReturnType<typeof givenFacts>; node: string | undefined } {
  const isFact = (text: string) => text.includes('=') || parseIp(text) !== undefined
  const names = (options.node ?? []).filter((text) => !isFact(text))
  if (names.length > 1) throw new UsageError(`--node names several nodes that should decide: ${names.join(', ')}`)
  const { node: _, ...others } = options
  const addresses = (options.node ?? []).filter(isFact)
  return { facts: givenFacts(addresses.length > 0 ? { ...others, node: addresses } : others), node: names[0] }
}

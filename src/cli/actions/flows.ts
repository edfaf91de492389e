import type { CapturePoint } from '../../audit/verdict.ts'
import type { AddressBook, Identity } from '../../cluster/address-book.ts'
import type { Flow } from '../../flow/flow.ts'
import type { FlowCapture } from '../../flow/flow-run.ts'
import type { Sighting } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import { flowOutput } from '../flow-output.ts'
import { readingBar, splitInputs } from '../inputs.ts'
import { INTERRUPTED, watchSignals } from '../interrupt.ts'
import type { Io } from '../io.ts'
import { asksForNothing, clusterRequest, requireMetadata, swallowedCaptures } from '../load-cluster.ts'
import { type CaptureOptions, flowOptions } from '../options/capture.ts'
import type { ClusterOptions } from '../options/cluster.ts'
import { FLOW_FORMATS, type OutputOptions, type SelectionOptions } from '../options/output.ts'
import { destinations } from '../output.ts'
import { compileSelection } from '../selection.ts'
import { skippedNotes, writeInputs, writeWarnings } from '../warnings.ts'

/** Options of `masqcheck flows`. */
export type Options = ClusterOptions & CaptureOptions & OutputOptions & SelectionOptions

/** Carries `masqcheck flows` out. */
export async function run(named: readonly string[], options: Options, { io, setStatus }: Context): Promise<void> {
  const where = destinations(options.format, options.output ?? [], FLOW_FORMATS)
  const { captures, cluster } = splitInputs(named, options)
  const [{ resolveInputs }, { readFlows }] = await Promise.all([
    import('../../capture/inputs.ts'),
    import('../../flow/read-flows.ts'),
  ])
  const book = await addressBook({ ...options, cluster }, io)
  const selection = await compileSelection(options)
  const onSkipped = skippedNotes(io, options)
  const sets = await resolveInputs(captures, {
    stdin: io.stdin,
    onSkipped,
    ...(options.at === undefined ? {} : { at: options.at }),
  })
  const output = flowOutput({ where, options, io, selection })
  const interrupt = watchSignals()
  const bar = readingBar(io, options.progress && !options.quiet)
  try {
    const signal = AbortSignal.any([interrupt.signal, output.unread])
    const { pace } = output
    // Sightings are not joined here: the first packet of each direction is enough.
    const run = { ...flowOptions(options), signal, onProgress: bar.onProgress, pace, samples: 1 }
    const summaries = await readFlows(sets, run, (flow, capture) =>
      output.add(sightingOf(flow, capture, book), capture),
    )
    bar.stop()
    if (interrupt.status() !== null) io.stderr.write(INTERRUPTED)
    await output.finish(summaries, interrupt.status() !== null)
    writeWarnings(
      summaries.flatMap(({ warnings }) => warnings),
      io,
      options,
    )
    setStatus(interrupt.status() ?? ExitStatus.Ok)
  } catch (error) {
    await output.abandon()
    throw error
  } finally {
    bar.stop()
    interrupt.stop()
  }
}

/** Names for addresses, where metadata was given. */
async function addressBook(options: Options, io: Io): Promise<AddressBook | null> {
  const request = clusterRequest(options)
  if (asksForNothing(request)) return null
  const { loadCluster } = await import('../../cluster/load.ts')
  const cluster = await loadCluster(request)
  writeInputs(cluster.inputs, io, options)
  requireMetadata(request.paths ?? [], cluster)
  writeWarnings([...swallowedCaptures(request.paths ?? [], cluster), ...cluster.warnings], io, options)
  return cluster.addressBook
}

const NOT_JUDGED: CapturePoint = {
  kind: 'unknown',
  name: null,
  interface: null,
  side: 'both',
  basis: 'not judged',
  assumed: true,
}

function sightingOf(flow: Flow, { interfaces }: FlowCapture, book: AddressBook | null): Sighting {
  const identify = (ip: string): Identity =>
    book?.lookup(ip) ?? { ip, kind: 'unknown', name: null, node: null, basis: 'no metadata', source: null }
  // Where it was first seen.
  const name = interfaces[flow.vantages[0]?.interfaceIndex ?? 0]?.name ?? null
  const point = name === null ? NOT_JUDGED : { ...NOT_JUDGED, interface: name }
  return { flow, source: identify(flow.source.ip), destination: identify(flow.destination.ip), point }
}

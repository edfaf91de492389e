import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MasqcheckError } from '../../core/errors.ts'
import { escapeTerminal } from '../../report/escape.ts'
import { count } from '../../report/words.ts'
import { type KubectlOptions, runKubectl } from '../collect/kubectl.ts'
import { type Agent, agentSteps, type CollectStep, clusterSteps } from '../collect/plan.ts'
import { sanitizeList } from '../collect/sanitize.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import { watchSignals } from '../interrupt.ts'
import type { Io } from '../io.ts'
import { writeText } from '../output.ts'
import { startProgress } from '../progress.ts'
import { FileSink, writeFailed } from '../sink.ts'

/** Options of `masqcheck collect`. */
export interface Options {
  readonly output: string
  readonly agents?: boolean
  readonly context?: string
  readonly namespace: string
  readonly kubectl: string
  readonly timeout: number
  readonly quiet?: boolean
  readonly progress: boolean
}

interface Outcome {
  readonly written: string[]
  readonly missing: string[]
  readonly failed: string[]
}

/** Carries `masqcheck collect` out. */
export async function run(options: Options, { io, setStatus }: Context): Promise<void> {
  await prepareFolder(options.output)
  const interrupt = watchSignals()
  const kubectl: KubectlOptions = {
    kubectl: options.kubectl,
    common: options.context === undefined ? [] : ['--context', options.context],
    timeoutMs: options.timeout * 1000,
    signal: interrupt.signal,
  }
  const outcome: Outcome = { written: [], missing: [], failed: [] }
  try {
    await fetchAll(clusterSteps(options.namespace), options, kubectl, outcome, io)
    if (options.agents && !interrupt.signal.aborted) {
      const agents = await findAgents(options.namespace, kubectl, outcome)
      await fetchAll(
        agents.flatMap((agent) => agentSteps(agent, options.namespace)),
        options,
        kubectl,
        outcome,
        io,
      )
    }
  } finally {
    interrupt.stop()
  }
  report(outcome, options, io)
  if (outcome.written.length === 0 && interrupt.status() === null) {
    throw new MasqcheckError(
      'CLUSTER_UNREADABLE',
      `Nothing could be collected: ${outcome.failed[0] ?? 'kubectl gave no answer'}`,
    )
  }
  setStatus(interrupt.status() ?? ExitStatus.Ok)
}

async function prepareFolder(folder: string): Promise<void> {
  await makeFolder(folder)
  const strangers = (await listFolder(folder)).filter((name) => !OWN_FILE.test(name))
  if (strangers.length === 0) return
  throw new MasqcheckError(
    'OUTPUT_FAILED',
    `${folder}: holds files that are not from a collection (${strangers[0]}): name a new folder`,
  )
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) =>
    Promise.reject(writeFailed(folder, error as Error)),
  )
}

async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => Promise.reject(writeFailed(folder, error as Error)))
}

// A collection that was killed leaves the file it was writing.
const OWN_FILE = /^(?:agents|[a-z0-9-]+\.(?:json|yaml)|\.[a-z0-9.-]+\.\d+\.tmp)$/

async function fetchAll(
  steps: readonly CollectStep[],
  options: Options,
  kubectl: KubectlOptions,
  outcome: Outcome,
  io: Io,
): Promise<void> {
  const progress = await startProgress(io, {
    label: 'collecting',
    total: steps.length,
    enabled: options.progress && !options.quiet,
  })
  for (const [i, step] of steps.entries()) {
    if (kubectl.signal.aborted) break
    progress.update(i, step.file)
    await fetchStep(step, options.output, kubectl, outcome)
  }
  progress.stop()
}

async function fetchStep(step: CollectStep, folder: string, kubectl: KubectlOptions, outcome: Outcome): Promise<void> {
  const { ok, stdout, reason } = await runKubectl(step.args, kubectl)
  if (!ok) {
    const absent = /doesn't have a resource type|not ?found/i.test(reason)
    if (step.optional && absent) outcome.missing.push(step.file)
    else outcome.failed.push(`${step.what}: ${reason}`)
    return
  }
  try {
    const text = step.file.endsWith('.json') && step.args[0] === 'get' ? sanitizeList(stdout) : stdout
    const file = join(folder, step.file)
    await makeFolder(dirname(file))
    await writeText([text], new FileSink(file))
    outcome.written.push(step.file)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    outcome.failed.push(`${step.what}: kubectl gave no JSON`)
  }
}

async function findAgents(namespace: string, kubectl: KubectlOptions, outcome: Outcome): Promise<Agent[]> {
  const template = 'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.spec.nodeName}{"\\n"}{end}'
  const { ok, stdout, reason } = await runKubectl(
    ['get', 'pods', '--namespace', namespace, '--selector', 'k8s-app=cilium', '-o', template],
    kubectl,
  )
  if (!ok) {
    outcome.failed.push(`the agents: ${reason}`)
    return []
  }
  // Names become folders, so only what can be a Kubernetes name is taken.
  const agents = [...stdout.matchAll(/^([a-z0-9][a-z0-9.-]*)\t([a-z0-9][a-z0-9.-]*)$/gm)]
  if (agents.length === 0) outcome.failed.push(`the agents: no pod with k8s-app=cilium in namespace ${namespace}`)
  return agents.map(([, pod = '', node = '']) => ({ pod, node }))
}

function report({ written, missing, failed }: Outcome, options: Options, io: Io): void {
  for (const failure of failed) io.stderr.write(`masqcheck: warning: ${escapeTerminal(failure)}\n`)
  if (options.quiet) return
  if (missing.length > 0) io.stdout.write(`not in this cluster: ${missing.join(', ')}\n`)
  io.stdout.write(
    `${count(written.length, 'file')} in ${escapeTerminal(options.output)}; use it with --cluster ${escapeTerminal(options.output)}\n`,
  )
}

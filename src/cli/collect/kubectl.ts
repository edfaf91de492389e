import { spawn } from 'node:child_process'
import { MasqcheckError, UsageError } from '../../core/errors.ts'

/** Octets one answer may have; a list of a million pods has about two thousand million, which must be collected otherwise. */
const MAX_ANSWER = 512 * 1024 * 1024

export interface KubectlResult {
  readonly ok: boolean
  readonly stdout: string
  /** First line kubectl wrote about what went wrong. */
  readonly reason: string
}

export interface KubectlOptions {
  readonly kubectl: string
  /** Arguments before every command, such as `--context`. */
  readonly common: readonly string[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Runs kubectl once.
 *
 * @throws {UsageError} where there is no kubectl. Failures of kubectl itself are results.
 */
export async function runKubectl(args: readonly string[], options: KubectlOptions): Promise<KubectlResult> {
  const child = spawn(options.kubectl, [...options.common, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  })
  // spawn()'s own timeout keeps the process alive for its whole length where there is no kubectl to be run.
  const timer = setTimeout(() => child.kill(), options.timeoutMs)
  const out: Buffer[] = []
  let size = 0
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_ANSWER) out.push(chunk)
    else child.kill()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < 10_000) errors += chunk.toString('utf8')
  })
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      if (options.signal.aborted) resolve({ ok: false, stdout: '', reason: 'interrupted' })
      else if (error.code === 'ENOENT') {
        reject(
          new UsageError(
            `"${options.kubectl}" ${options.kubectl.includes('/') ? 'is not there' : 'is not on the PATH'}: install kubectl, or name it with --kubectl`,
            {
              cause: error,
            },
          ),
        )
      } else
        reject(
          new MasqcheckError('CLUSTER_UNREADABLE', `${options.kubectl}: Cannot be run: ${error.message}`, {
            cause: error,
          }),
        )
    })
    child.on('close', (code, killed) => {
      clearTimeout(timer)
      const reason =
        size > MAX_ANSWER ? `answer larger than ${MAX_ANSWER / 2 ** 20} MiB` : whyFailed(errors, code, killed)
      resolve({ ok: code === 0, stdout: code === 0 ? Buffer.concat(out).toString('utf8') : '', reason })
    })
  })
}

function whyFailed(errors: string, code: number | null, killed: NodeJS.Signals | null): string {
  const line = errors
    .split('\n')
    .map((each) => each.trim())
    .find((each) => each !== '' && !/^Defaulted container/.test(each))
  if (line !== undefined) return line
  return killed === null ? `kubectl ended with status ${code}` : 'took too long'
}

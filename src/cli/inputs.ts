import type { ReadProgress } from '../capture/read.ts'
import { UsageError } from '../core/errors.ts'
import { groupDigits, octets } from '../report/words.ts'
import type { Io } from './io.ts'
import type { ClusterOptions } from './options/cluster.ts'
import { type Progress, startProgress } from './progress.ts'

/**
 * Captures and metadata as the command line names them. `--cluster` takes several paths, so that in `--cluster folder a.pcap` the
 * capture has gone to it: where no capture is named elsewhere, the last path of `--cluster` is one.
 *
 * @throws {UsageError} where there is no capture, or a name is empty.
 */
export function splitInputs(
  captures: readonly string[],
  options: ClusterOptions,
): { captures: readonly string[]; cluster: readonly string[] } {
  const cluster = options.cluster ?? []
  if ([...captures, ...cluster].includes(''))
    throw new UsageError('An empty text names no file: is a variable of the shell not set?')
  if (captures.length > 0) return { captures, cluster }
  const last = cluster.at(-1)
  if (last === undefined) throw new UsageError('No capture is given: name a file, a folder, or - for standard input')
  return { captures: [last], cluster: cluster.slice(0, -1) }
}

/** A progress bar that follows reading; see {@link ReadProgress}. */
export interface ReadingBar {
  readonly onProgress: (progress: ReadProgress) => void
  stop(): void
}

/** Inputs below this are read before a bar could be read; octets. */
const WORTH_A_BAR = 16 * 1024 * 1024

/**
 * Shows how far reading has come, with packets and rate, on a terminal and for long inputs only. The size is known once reading
 * begins, so that the bar appears then.
 */
export function readingBar(io: Io, enabled: boolean): ReadingBar {
  const started = performance.now()
  let bar: Progress | null = null
  let wanted = enabled
  return {
    onProgress: ({ bytesRead, totalBytes, packets }) => {
      if (wanted && totalBytes !== null && totalBytes >= WORTH_A_BAR) {
        void startProgress(io, { label: 'reading', total: totalBytes, enabled }).then((made) => {
          bar = made
        })
      }
      wanted = false
      const rate = Math.round(packets / Math.max(0.001, (performance.now() - started) / 1000))
      bar?.update(bytesRead, `${octets(bytesRead)} · ${groupDigits(packets)} packets · ${groupDigits(rate)}/s`)
    },
    stop: () => bar?.stop(),
  }
}

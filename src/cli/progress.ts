import { escapeTerminal } from '../report/escape.ts'
import type { Io } from './io.ts'

/** A bar on standard error while something long goes on. */
export interface Progress {
  /**
   * @param done - Of the total.
   * @param note - What is being worked on, or counts; untrusted text is escaped.
   */
  update(done: number, note: string): void
  /** Takes the bar away. */
  stop(): void
}

export interface ProgressOptions {
  readonly label: string
  readonly total: number
  readonly enabled: boolean
}

const NONE: Progress = { update: () => undefined, stop: () => undefined }

/** Shows a bar where standard error is a terminal and `enabled`; elsewhere nothing is loaded and nothing is written. */
export async function startProgress(io: Io, { label, total, enabled }: ProgressOptions): Promise<Progress> {
  if (!enabled || io.stderr.isTTY !== true || total <= 0) return NONE
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    stream: io.stderr,
    format: '{label} {bar} {percentage} % · {note}{left}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    etaBuffer: 50,
    fps: 10,
  })
  const started = Date.now()
  bar.start(total, 0, { label, note: '', left: '' })
  return {
    update: (done, note) => {
      const seconds = (Date.now() - started) / 1000
      // The first moments say nothing about the rest.
      const left = seconds > 2 && done > 0 ? ` · ${timeLeft((seconds * (total - done)) / done)} left` : ''
      bar.update(Math.min(done, total), { note: escapeTerminal(note), left })
    },
    stop: () => bar.stop(),
  }
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

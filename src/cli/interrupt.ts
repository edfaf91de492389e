import { Interruption, statusOfSignal } from './errors.ts'

/** What is said when a signal ends reading early. */
export const INTERRUPTED = 'masqcheck: interrupted: what was read until then is reported\n'

/** Watches for SIGINT and SIGTERM while a command works. */
export interface Interrupt {
  /** Aborted by the first signal; work in progress is then finished as far as it got and reported. */
  readonly signal: AbortSignal
  /** Exit status of a signal that came; `null` where none did. */
  status(): number | null
  stop(): void
}

/** Starts watching. A second signal ends the process at once. */
export function watchSignals(): Interrupt {
  const controller = new AbortController()
  let status: number | null = null
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (status !== null) process.exit(status)
    status = statusOfSignal(signal)
    controller.abort(new Interruption(signal))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    status: () => status,
    stop: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

import type { Io } from './io.ts'

/** What a command is given: the streams, and where to leave the exit status. */
export interface Context {
  readonly io: Io
  readonly setStatus: (status: number) => void
}

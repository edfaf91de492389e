import type { Verdict } from '../audit/verdict.ts'
import { UsageError } from '../core/errors.ts'
import type { Sighting } from '../report/report.ts'

/** Whether a flow is to be kept, from `--where`; every flow where there is none. @throws {UsageError} */
export async function sightingFilter(expression: string | undefined): Promise<(sighting: Sighting) => boolean> {
  if (expression === undefined) return () => true
  throw new UsageError(`--where ${expression}: not available`)
}

/** Whether a judged flow is to be kept, from `--where`. @throws {UsageError} */
export async function verdictFilter(expression: string): Promise<(verdict: Verdict) => boolean> {
  throw new UsageError(`--where ${expression}: not available`)
}

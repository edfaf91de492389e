import type { Verdict } from '../audit/verdict.ts'
import { toFlowRecord } from '../report/records/flow-record.ts'
import type { Sighting } from '../report/report.ts'

/** Whether a flow is to be kept, from `--where`; every flow where there is none. @throws {MasqcheckError} `WHERE_BAD` */
export async function sightingFilter(expression: string | undefined): Promise<(sighting: Sighting) => boolean> {
  if (expression === undefined) return () => true
  const { compileWhere } = await import('../report/where/where.ts')
  const keep = compileWhere(expression)
  // The name of the capture is no field of the language.
  return (sighting) => keep(toFlowRecord(sighting, ''))
}

/** Whether a judged flow is to be kept, from `--where`. @throws {MasqcheckError} `WHERE_BAD` */
export async function verdictFilter(expression: string): Promise<(verdict: Verdict) => boolean> {
  return sightingFilter(expression)
}

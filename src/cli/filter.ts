import type { FlowRecord } from '../report/records/types.ts'

/**
 * Test of flow records from an expression of `--where`. The language is loaded only when it is used.
 *
 * @throws {MasqcheckError} `WHERE_BAD`, with the place in the expression.
 */
export async function compileFilter(expression: string): Promise<(record: FlowRecord) => boolean> {
  const { compileWhere } = await import('../report/where/where.ts')
  return compileWhere(expression)
}

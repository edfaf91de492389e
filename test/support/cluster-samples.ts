import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The sample clusters that lie beside the repository where the project is developed. */
const SAMPLES = resolve(import.meta.dirname, '../../../shared/samples')

/** False where the samples are not there; the tests on them are then skipped. */
export const HAS_SAMPLES: boolean = existsSync(SAMPLES)

/** Path of a sample. */
export function sample(...parts: string[]): string {
  return join(SAMPLES, ...parts)
}

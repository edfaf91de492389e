import type { Warning } from '../core/warning.ts'
import type { CrossCheckResult } from './cross-check.ts'

/** What a second reading came to, for the reader who asked for it. */
export function crossCheckNote({ file, records, unchecked }: CrossCheckResult): Warning {
  const agreed = `pcap-parser reads ${records} ${records === 1 ? 'record' : 'records'} alike`
  if (unchecked === null) return { code: 'cross-checked', file, message: `Read a second time: ${agreed}` }
  const checked = records === 0 ? 'Not read a second time' : `Read a second time in part (${agreed})`
  return { code: 'cross-check-incomplete', file, message: `${checked}: ${unchecked}` }
}

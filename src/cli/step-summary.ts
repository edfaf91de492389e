import { appendFile, stat } from 'node:fs/promises'
import type { RenderOptions, Report } from '../report/report.ts'

/** GitHub refuses a step summary above this; octets. */
const MAX_SUMMARY = 1024 * 1024

/**
 * Adds the report in Markdown to the summary of the GitHub Actions step, where there is one. What does not fit is left out and
 * said so; a summary that cannot be written is no reason to fail.
 */
export async function writeStepSummary(report: Report, options: RenderOptions): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (!file) return
  const { markdown } = await import('../report/markdown.ts')
  const present = await stat(file).then(
    ({ size }) => size,
    () => 0,
  )
  const note = '\n\nThe rest does not fit into a step summary.\n'
  const room = MAX_SUMMARY - present - Buffer.byteLength(note)
  let text = ''
  let used = 0
  for (const piece of markdown(report, options)) {
    used += Buffer.byteLength(piece)
    if (used > room) {
      text += note
      break
    }
    text += piece
  }
  await appendFile(file, text).catch(() => undefined)
}

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

/** So little that an input which makes the tool allocate without bound ends the process. */
const HEAP_MEGABYTES = 512
/** The same inputs in the same order every time; run by hand, the scripts take others, and more of them. */
const SEED = '1'

/**
 * Fuzzes in a process of its own, which a hang cannot outlive.
 *
 * @param script - Of this folder.
 * @returns The run's last word; where it did not come to it, what it was doing.
 */
export function fuzz(script: string, mode: 'mutate' | 'cuts', seconds: number, runs: number): Record<string, unknown> {
  const heap = `--max-old-space-size=${HEAP_MEGABYTES}`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [heap, '--import', 'tsx', resolve(import.meta.dirname, script), mode, String(seconds), SEED, String(runs)],
    { encoding: 'utf8', timeout: (seconds + 60) * 1000, maxBuffer: 64 * 1024 * 1024 },
  )
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const parsed: Record<string, unknown> = last.startsWith('{') ? JSON.parse(last) : {}
  return 'done' in parsed ? parsed : { ...parsed, stderr: stderr.slice(-2000) }
}

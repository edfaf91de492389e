import { spawnSync } from 'node:child_process'

/** Whether a program is installed, so that what needs it can skip. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
}

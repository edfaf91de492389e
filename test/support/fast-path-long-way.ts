import { vi } from 'vitest'
import type { readFlows } from '../../src/flow/read-flows.ts'

/** `readFlows()` as it is on a machine without the fast path. */
export async function readFlowsTheLongWay(): Promise<typeof readFlows> {
  vi.resetModules()
  vi.doMock('../../src/flow/fast-path/fast-path.ts', () => ({ FastPath: { create: () => undefined } }))
  const { readFlows: read } = await import('../../src/flow/read-flows.ts')
  vi.doUnmock('../../src/flow/fast-path/fast-path.ts')
  return read
}

import type { CapturePoint } from '../../src/audit/verdict.ts'

/** On the device of node n1 by which packets leave, as `--at` says it. */
export const ON_NODE: CapturePoint = {
  kind: 'node',
  name: 'n1',
  interface: 'eth0',
  side: 'after',
  basis: 'option',
  assumed: false,
}
export const IN_POD: CapturePoint = { ...ON_NODE, kind: 'pod', name: 'default/client', side: 'before' }
export const OUTSIDE: CapturePoint = { ...ON_NODE, kind: 'external', name: 'out' }

import type { Decision } from '../../src/masquerade/decision.ts'

/** A decision of node n1 without a trace: masqueraded by BPF, unless told otherwise. */
export function aDecision(facts: Partial<Decision> = {}): Decision {
  return {
    engine: 'bpf',
    action: 'masquerade',
    address: null,
    addresses: [],
    rule: 'local-endpoint',
    node: 'n1',
    trace: [],
    assumptions: [],
    alternatives: [],
    continuesAt: null,
    defeat: null,
    ...facts,
  }
}

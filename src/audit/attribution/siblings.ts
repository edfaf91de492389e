import type { Flow } from '../../flow/flow.ts'
import { isPodLike } from '../identity.ts'
import type { Sighting } from '../sighting.ts'
import type { Vote } from './vote.ts'

/**
 * What other flows between the same node and the same destination show: pods there that keep their own address past the
 * SNAT point make it likely that a flow under the node's address is the host's own.
 */
export class Siblings {
  readonly #untranslated = new Map<string, Flow>()

  constructor(sightings: readonly Sighting[]) {
    for (const { flow, source, point } of sightings) {
      if (point.side !== 'after' || !isPodLike(source) || source.node === null || !flow.originKnown) continue
      const key = keyOf(source.node, flow)
      if (!this.#untranslated.has(key)) this.#untranslated.set(key, flow)
    }
  }

  /** A weak sign, for a flow under the node's address that the settings would leave untranslated were it a pod's. */
  vote({ flow, source }: Sighting): Vote | null {
    const sibling = source.node === null ? undefined : this.#untranslated.get(keyOf(source.node, flow))
    if (sibling === undefined) return null
    return {
      says: 'host',
      evidence: {
        kind: 'sibling-flows',
        detail: `pods of ${source.node} keep their own address towards ${flow.destination.ip} (flow ${sibling.id}, ${sibling.source.ip}), so nothing translates there`,
        confidence: 'low',
      },
    }
  }
}

function keyOf(node: string, { destination, protocol }: Flow): string {
  return `${node}|${destination.ip}|${protocol}`
}

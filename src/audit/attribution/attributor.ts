import type { Flow } from '../../flow/flow.ts'
import type { AuditContext } from '../context.ts'
import type { Sighting } from '../sighting.ts'
import { TranslationIndex } from './nat-table.ts'
import { sourcePortVote } from './source-port.ts'
import { HopBaselines } from './ttl.ts'
import { type Attribution, combineVotes, type Vote } from './vote.ts'

/** Tells a masqueraded pod from a process on the host, for flows whose source is a node's address. */
export class Attributor {
  readonly #context: AuditContext
  readonly #translations: TranslationIndex
  readonly #hops: HopBaselines

  constructor(flows: readonly Flow[], context: AuditContext) {
    this.#context = context
    this.#translations = new TranslationIndex(context.cluster.translations)
    this.#hops = new HopBaselines(flows, context)
  }

  attribute(sighting: Sighting): Attribution {
    const { flow, source } = sighting
    const settings = this.#context.cluster.settingsFor(source.node)
    const engine = settings.enableBpfMasquerade.value ? 'bpf' : 'iptables'
    const votes: (Vote | null)[] = [
      this.#translations.vote(flow, this.#context),
      this.#hops.vote(sighting),
      sourcePortVote(flow, engine, settings),
    ]
    return combineVotes(votes.filter((vote) => vote !== null))
  }
}

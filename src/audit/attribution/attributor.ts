import { chooseEngine } from '../../masquerade/engine.ts'
import type { AuditContext } from '../context.ts'
import type { Sighting } from '../sighting.ts'
import { mssVote } from './mss.ts'
import { TranslationIndex } from './nat-table.ts'
import { Siblings } from './siblings.ts'
import { sourcePortVote } from './source-port.ts'
import { TimestampClocks } from './timestamp-clock.ts'
import { HopBaselines } from './ttl.ts'
import { type Attribution, combineVotes, type Vote } from './vote.ts'

/** Tells a masqueraded pod from a process on the host, for flows whose source is a node's address. */
export class Attributor {
  readonly #context: AuditContext
  readonly #translations: TranslationIndex
  readonly #hops: HopBaselines
  readonly #sightings: readonly Sighting[]
  #clocks: TimestampClocks | null = null
  readonly #siblings: Siblings

  /** @param sightings - Of the whole run: what is known of some flows calibrates the evidence on others. */
  constructor(sightings: readonly Sighting[], context: AuditContext) {
    this.#context = context
    this.#translations = new TranslationIndex(context.cluster.translations)
    this.#hops = new HopBaselines(sightings, context)
    this.#siblings = new Siblings(sightings)
    this.#sightings = sightings
  }

  attribute(sighting: Sighting): Attribution {
    const direct = this.#direct(sighting)
    const own = combineVotes(direct)
    if ((own.confidence === 'high' && !own.disagrees) || sighting.source.node === null) return own
    const clock = this.#readClocks().vote(sighting.flow, sighting.source.node)
    return clock === null ? own : combineVotes([...direct, clock])
  }

  // Clocks are compared only once some flow is left open without them.
  #readClocks(): TimestampClocks {
    if (this.#clocks === null) {
      this.#clocks = new TimestampClocks(this.#sightings)
      if (this.#clocks.isCalibrated) for (const sighting of this.#sightings) this.#anchor(sighting, this.#clocks)
    }
    return this.#clocks
  }

  /** Adds what the flows beside it say, for a flow that nothing of its own attributes. */
  attributeBySiblings(sighting: Sighting, own: Attribution): Attribution {
    const vote = own.origin === 'unknown' && !own.disagrees ? this.#siblings.vote(sighting) : null
    return vote === null ? own : combineVotes([vote])
  }

  // A flow that strong evidence of its own settles tells whose clock it runs on.
  #anchor(sighting: Sighting, clocks: TimestampClocks): void {
    const { flow, source } = sighting
    if (source.kind !== 'node' || source.node === null || flow.forward.firstTsVal === null) return
    const { origin, confidence } = combineVotes(this.#direct(sighting))
    if (origin !== 'unknown' && confidence === 'high') clocks.anchor({ flow, origin }, source.node)
  }

  #direct(sighting: Sighting): Vote[] {
    const { flow, source } = sighting
    const settings = this.#context.cluster.settingsFor(source.node)
    const votes = [
      this.#translations.vote(flow, this.#context),
      this.#hops.vote(sighting),
      sourcePortVote(flow, chooseEngine(settings).engine, settings),
      mssVote(flow, this.#context.node(source.node), settings),
    ]
    return votes.filter((vote) => vote !== null)
  }
}

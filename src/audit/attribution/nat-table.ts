import type { RecordedTranslation } from '../../cluster/snapshot.ts'
import { formatSourceRef } from '../../core/source-ref.ts'
import type { Flow } from '../../flow/flow.ts'
import type { AuditContext } from '../context.ts'
import type { EvidenceKind } from '../verdict.ts'
import { partyText } from '../words.ts'
import type { Vote } from './vote.ts'

const KINDS: Readonly<Record<RecordedTranslation['kind'], { evidence: EvidenceKind; name: string }>> = {
  'nat-table': { evidence: 'nat-table', name: 'the BPF NAT table' },
  conntrack: { evidence: 'nat-table', name: 'the connection table' },
  hubble: { evidence: 'hubble', name: 'Hubble' },
}

/** Translations the cluster itself recorded, found by the tuple as it is on the wire. */
export class TranslationIndex {
  readonly #byWireTuple = new Map<string, RecordedTranslation[]>()

  constructor(translations: readonly RecordedTranslation[]) {
    for (const translation of translations) {
      const { protocol, translatedSource, translatedSourcePort, destination, destinationPort } = translation
      const key = wireKey(protocol, translatedSource, translatedSourcePort, destination, destinationPort)
      const entries = this.#byWireTuple.get(key)
      if (entries === undefined) this.#byWireTuple.set(key, [translation])
      else entries.push(translation)
    }
  }

  get isEmpty(): boolean {
    return this.#byWireTuple.size === 0
  }

  /**
   * What the recorded translations say of a flow with a node's address. Tables forget and are taken at another moment
   * than the capture, so a tuple that is absent says nothing; entries that name different pods count as a weaker sign.
   */
  vote(flow: Flow, context: AuditContext): Vote | null {
    if (this.isEmpty) return null
    const key = wireKey(flow.protocol, flow.source.ip, portOf(flow), flow.destination.ip, flow.destination.port)
    const entries = this.#byWireTuple.get(key) ?? []
    const entry = entries.find(isTranslated) ?? entries[0]
    if (entry === undefined) return null
    const identity = context.identify(entry.originalSource)
    const { evidence, name } = KINDS[entry.kind]
    const conflicting = new Set(entries.map(({ originalSource }) => originalSource)).size > 1
    return {
      says: isTranslated(entry) || identity.kind === 'pod' ? 'pod' : 'host',
      evidence: {
        kind: evidence,
        detail: `${name} (${formatSourceRef(entry.source)}) has this tuple as ${tupleText(entry)}, ${partyText(identity)}`,
        confidence: conflicting ? 'medium' : 'high',
        source: entry.source,
      },
      original: { ip: entry.originalSource, port: entry.originalSourcePort, identity },
    }
  }
}

function isTranslated(entry: RecordedTranslation): boolean {
  return entry.originalSource !== entry.translatedSource
}

function tupleText({ originalSource, originalSourcePort }: RecordedTranslation): string {
  return originalSourcePort === null ? originalSource : `${originalSource}:${originalSourcePort}`
}

// Tables keep the echo identifier where ports stand.
function portOf(flow: Flow): number | null {
  return flow.source.port ?? flow.icmp?.id ?? null
}

function wireKey(
  protocol: number,
  source: string,
  sourcePort: number | null,
  destination: string,
  port: number | null,
): string {
  return `${protocol}|${source}|${sourcePort ?? ''}|${destination}|${port ?? ''}`
}

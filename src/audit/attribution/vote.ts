import type { Identity } from '../../cluster/address-book.ts'
import type { IpText } from '../../core/ip.ts'
import type { Confidence, Evidence } from '../verdict.ts'

/** One piece of evidence on who is behind a node's address. */
export interface Vote {
  /** `pod`: some pod whose address was translated. `host`: a process on the node itself. */
  readonly says: 'pod' | 'host'
  readonly evidence: Evidence
  /** The very pod, where the evidence names it. */
  readonly original?: { readonly ip: IpText; readonly port: number | null; readonly identity: Identity }
}

/** Who is behind a node's address, and how well that is known. */
export interface Attribution {
  /** `unknown` where nothing spoke, or the evidence disagrees (`disagrees`). */
  readonly origin: 'pod' | 'host' | 'unknown'
  readonly original: NonNullable<Vote['original']> | null
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
  readonly disagrees: boolean
}

// A high-confidence sign outweighs any one other; two of them against each other settle nothing.
const WEIGHT: Readonly<Record<Confidence, number>> = { high: 5, medium: 2, low: 1 }
const MARGIN = 2

/**
 * Combines the votes: the side with clearly more weight wins, and evidence against it lowers the confidence to that of
 * the difference. Within the margin the answer is `unknown`, and the reader sees both sides.
 */
export function combineVotes(votes: readonly Vote[]): Attribution {
  const evidence = votes.map((vote) => ({ ...vote.evidence, says: vote.says }))
  const pod = weigh(votes, 'pod')
  const host = weigh(votes, 'host')
  const difference = Math.abs(pod - host)
  if (votes.length === 0) return { origin: 'unknown', original: null, confidence: 'low', evidence, disagrees: false }
  if (pod > 0 && host > 0 && difference < MARGIN) {
    return { origin: 'unknown', original: null, confidence: 'low', evidence, disagrees: true }
  }
  const origin = pod > host ? 'pod' : 'host'
  const original = origin === 'pod' ? (votes.find((vote) => vote.original !== undefined)?.original ?? null) : null
  return { origin, original, confidence: confidenceOf(difference), evidence, disagrees: pod > 0 && host > 0 }
}

function weigh(votes: readonly Vote[], side: Vote['says']): number {
  return votes.reduce((sum, vote) => (vote.says === side ? sum + WEIGHT[vote.evidence.confidence] : sum), 0)
}

function confidenceOf(weight: number): Confidence {
  if (weight >= WEIGHT.high) return 'high'
  return weight >= WEIGHT.medium ? 'medium' : 'low'
}

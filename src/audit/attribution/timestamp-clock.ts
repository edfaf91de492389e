import { seqDiff } from '../../core/tcp-seq.ts'
import type { Flow } from '../../flow/flow.ts'
import type { Sighting } from '../sighting.ts'
import type { Vote } from './vote.ts'

/** A flow whose origin other evidence has settled. */
export interface Anchor {
  readonly flow: Flow
  readonly origin: Vote['says']
}

// One clock read through two captured packets: capture jitter and the 1 ms grain of the value.
const SAME_CLOCK_MS = 10

/**
 * TCP timestamp clocks. Linux adds an offset to the clock that depends on the address pair (kernels before 2026), so that
 * the connections of one sender to one destination share a clock and different senders do not. Newer kernels add the
 * ports, older settings add nothing: then clocks say nothing. Which of these a node does is read from the capture
 * itself, from pods of that node whose own address is in it; without such a pod this evidence is silent.
 *
 * @see cilium-masquerade reference §9.3, linux net/core/secure_seq.c secure_tcp_ts_off()
 */
export class TimestampClocks {
  readonly #calibration = new Map<string, Calibration>()
  readonly #anchors = new Map<string, { offset: number; origin: Vote['says']; id: number }[]>()

  constructor(sightings: readonly Sighting[]) {
    const bySender = new Map<string, { node: string; offset: number }>()
    const byDestination = new Map<string, { sender: string; offset: number }>()
    for (const { flow, source } of sightings) {
      const { kind, node } = source
      if (kind !== 'pod') continue
      const offset = offsetOf(flow)
      if (node === null || offset === null || flow.tunnel !== null) continue
      const place = `${flow.capture}|${node}`
      const pair = `${place}|${flow.source.ip}|${flow.destination.ip}`
      const earlier = bySender.get(pair)
      if (earlier !== undefined) this.#calibrate(place, isSame(earlier.offset, offset) ? 'shared' : 'broken')
      bySender.set(pair, { node, offset })
      const target = `${place}|${flow.destination.ip}`
      const other = byDestination.get(target)
      // Two pods with one clock: the kernel adds no offset at all.
      if (other !== undefined && other.sender !== flow.source.ip && isSame(other.offset, offset))
        this.#calibrate(place, 'broken')
      byDestination.set(target, { sender: flow.source.ip, offset })
    }
  }

  /** False where no capture calibrates the clocks of any node: nothing will be said. */
  get isCalibrated(): boolean {
    return [...this.#calibration.values()].includes('shared')
  }

  /** Adds a flow with a node's address whose origin is known. */
  anchor({ flow, origin }: Anchor, node: string): void {
    const offset = offsetOf(flow)
    if (offset === null || this.#calibration.get(`${flow.capture}|${node}`) !== 'shared') return
    const key = `${flow.capture}|${flow.source.ip}|${flow.destination.ip}`
    const anchors = this.#anchors.get(key) ?? []
    anchors.push({ offset, origin, id: flow.id })
    this.#anchors.set(key, anchors)
  }

  vote(flow: Flow, node: string): Vote | null {
    const offset = offsetOf(flow)
    if (offset === null || this.#calibration.get(`${flow.capture}|${node}`) !== 'shared') return null
    const anchors = this.#anchors.get(`${flow.capture}|${flow.source.ip}|${flow.destination.ip}`) ?? []
    const same = anchors.find((anchor) => anchor.id !== flow.id && isSame(anchor.offset, offset))
    if (same !== undefined)
      return says(
        same.origin,
        `runs on the same TCP timestamp clock as flow ${same.id}, which is ${ORIGIN_WORDS[same.origin]}`,
      )
    const host = anchors.find(({ origin }) => origin === 'host')
    if (host === undefined) return null
    return says(
      'pod',
      `runs on another TCP timestamp clock than flow ${host.id}, which the host itself sent to the same destination`,
    )
  }

  #calibrate(place: string, finding: Calibration): void {
    if (this.#calibration.get(place) !== 'broken') this.#calibration.set(place, finding)
  }
}

type Calibration = 'shared' | 'broken'

const ORIGIN_WORDS = { pod: "a pod's", host: "the host's own" } as const

/** Timestamp value minus capture time, in milliseconds modulo 2³²; constant for a clock of 1 kHz, which Linux has. */
function offsetOf(flow: Flow): number | null {
  const first = flow.forward.firstTsVal
  if (first === null || flow.timeKind === 'none') return null
  const milliseconds = first.timeSec * 1000 + Math.round(first.timeNsec / 1e6)
  return (first.value - (milliseconds % 2 ** 32)) >>> 0
}

function isSame(a: number, b: number): boolean {
  return Math.abs(seqDiff(a, b)) <= SAME_CLOCK_MS
}

function says(side: Vote['says'], detail: string): Vote {
  return { says: side, evidence: { kind: 'tcp-timestamp-clock', detail, confidence: 'medium' } }
}

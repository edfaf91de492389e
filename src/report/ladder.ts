import { TcpFlag } from '../core/tcp-flags.ts'
import type { Flow, PacketSample } from '../flow/flow.ts'

/** One packet of a connection as up to several sightings show it; `null` where a sighting does not. */
export interface Rung {
  readonly forward: boolean
  /** Seconds since the first packet shown. */
  readonly seconds: number
  /** What it says, such as `SYN seq 2618216972`. */
  readonly text: string
  /** One for each flow of the ladder: the packet's number in its capture. */
  readonly records: readonly (number | null)[]
}

/**
 * The kept packets of one connection's sightings side by side: packets that NAT's invariants show to be the same stand on
 * one rung, in the order of the first sighting that shows them.
 */
export function ladder(flows: readonly Flow[]): Rung[] {
  const rungs: Placed[] = []
  for (const [column, flow] of flows.entries()) {
    const twins = flow.samples.map((sample) =>
      rungs.find((rung) => rung.records[column] === null && isSame(rung.sample, sample)),
    )
    const shift = clockShift(flow.samples, twins, rungs)
    for (const [i, sample] of flow.samples.entries()) {
      const twin = twins[i]
      if (twin !== undefined && twin.records[column] === null) twin.records[column] = sample.record
      else
        rungs.push({
          sample,
          at: timeOf(sample) + shift,
          records: flows.map((_, c) => (c === column ? sample.record : null)),
        })
    }
  }
  rungs.sort((a, b) => a.at - b.at)
  const first = rungs[0]?.at ?? 0
  return rungs.map(({ sample, at, records }) => ({
    forward: sample.forward,
    seconds: at - first,
    text: packetText(sample, flows[0]?.tcp !== null),
    records,
  }))
}

interface Placed {
  readonly sample: PacketSample
  /** Seconds by the clock of the first sighting. */
  readonly at: number
  readonly records: (number | null)[]
}

// Microseconds are what the ladder shows, and a double holds them for any date.
function timeOf({ timeSec, timeNsec }: PacketSample): number {
  return timeSec + timeNsec / 1e9
}

/** What to add to the times of a sighting: its clock may run apart from that of the first, or count from midnight. */
function clockShift(
  samples: readonly PacketSample[],
  twins: readonly (Placed | undefined)[],
  rungs: readonly Placed[],
): number {
  const place = Math.max(
    0,
    twins.findIndex((twin) => twin !== undefined),
  )
  const sample = samples[place]
  const anchor = twins[place] ?? rungs[0]
  return sample === undefined || anchor === undefined ? 0 : anchor.at - timeOf(sample)
}

// What masquerading keeps of a packet; see the join of connections in `audit/`.
function isSame(a: PacketSample, b: PacketSample): boolean {
  return (
    a.forward === b.forward &&
    a.flags === b.flags &&
    a.seq === b.seq &&
    a.ack === b.ack &&
    a.payloadLength === b.payloadLength &&
    a.tag === b.tag &&
    (a.tsVal === null || b.tsVal === null || a.tsVal === b.tsVal)
  )
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [TcpFlag.Syn, 'SYN'],
  [TcpFlag.Fin, 'FIN'],
  [TcpFlag.Rst, 'RST'],
  [TcpFlag.Psh, 'PSH'],
  [TcpFlag.Ack, 'ACK'],
  [TcpFlag.Urg, 'URG'],
]

function packetText(sample: PacketSample, isTcp: boolean): string {
  const extras = [
    sample.ttl === null ? '' : `ttl ${sample.ttl}`,
    sample.ipId === null ? '' : `id ${sample.ipId}`,
    sample.tsVal === null ? '' : `TSval ${sample.tsVal}`,
  ]
  if (!isTcp) {
    const tag = sample.tag === null ? '' : `seq ${sample.tag}`
    return join([tag, `length ${sample.payloadLength}`, ...extras])
  }
  const flags = FLAG_NAMES.filter(([bit]) => (sample.flags & bit) !== 0).map(([, name]) => name)
  const ack = (sample.flags & TcpFlag.Ack) !== 0 ? `ack ${sample.ack}` : ''
  const length = sample.payloadLength > 0 ? `length ${sample.payloadLength}` : ''
  return join([flags.join(' ') || 'no flags', `seq ${sample.seq}`, ack, length, ...extras])
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

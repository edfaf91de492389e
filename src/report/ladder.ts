import { TcpFlag } from '../core/tcp-flags.ts'
import { secondsBetween } from '../core/time.ts'
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
  const rungs: { sample: PacketSample; records: (number | null)[] }[] = []
  for (const [column, flow] of flows.entries()) {
    for (const sample of flow.samples) {
      const twin = rungs.find((rung) => rung.records[column] === null && isSame(rung.sample, sample))
      if (twin !== undefined) twin.records[column] = sample.record
      else rungs.push({ sample, records: flows.map((_, i) => (i === column ? sample.record : null)) })
    }
  }
  rungs.sort((a, b) => secondsBetween(b.sample.timeSec, b.sample.timeNsec, a.sample.timeSec, a.sample.timeNsec))
  const first = rungs[0]?.sample
  return rungs.map(({ sample, records }) => ({
    forward: sample.forward,
    seconds: first === undefined ? 0 : secondsBetween(first.timeSec, first.timeNsec, sample.timeSec, sample.timeNsec),
    text: packetText(sample, flows[0]?.tcp !== null),
    records,
  }))
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

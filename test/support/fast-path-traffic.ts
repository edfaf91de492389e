import { Random } from '../fuzz/random.ts'
import { Talk } from './fast-path-talk.ts'
import { ethernet, icmpEcho, snap, udp, vxlan } from './packet-builder.ts'
import { uints } from './packet-octets.ts'

/** An Ethernet frame as it was captured. */
export interface CapturedFrame {
  readonly sec: number
  readonly nsec: number
  /** Captured octets. */
  readonly frame: Uint8Array
  readonly originalLength: number
}

/** How to make traffic up. */
export interface TrafficOptions {
  readonly seed: number
  readonly packets: number
  /** Percent of packets, and of times, that are out of the ordinary; default 20. */
  readonly oddness?: number
}

const START = 1_754_049_388
const SECOND = 1_000_000_000

/** Several TCP connections at once, and what else a network carries; a shorter run is the beginning of a longer one. */
export function randomTraffic({ seed, packets, oddness = 20 }: TrafficOptions): CapturedFrame[] {
  const random = new Random(seed)
  const longest = random.pick([20, 200, 1460])
  const talks = Array.from({ length: 1 + random.below(5) }, (_, i) => new Talk(random, i, longest))
  const clock = new Clock(random, oddness)
  const frames: CapturedFrame[] = []
  const send = (packet: Uint8Array): void => {
    clock.advance()
    frames.push(captured(random, frameOf(random, packet, oddness), clock, oddness))
  }
  for (const talk of talks) if (!random.chance(oddness)) for (const packet of talk.handshake()) send(packet)
  while (frames.length < packets) {
    const ip = random.chance(oddness / 4) ? [otherPacket(random)] : random.pick(talks).next(oddness)
    for (const packet of ip) send(packet)
  }
  return frames.slice(0, packets)
}

class Clock {
  sec = START
  nsec = 0
  readonly #random: Random
  readonly #oddness: number

  constructor(random: Random, oddness: number) {
    this.#random = random
    this.#oddness = oddness
  }

  advance(): void {
    const random = this.#random
    this.#add(0, random.below(400_000))
    if (!random.chance(this.#oddness)) return
    const [sec, nsec] = random.pick([
      [0, -random.below(400_000)],
      [0, -random.below(400_000)],
      [0, 300_000_000],
      [1, 0],
      [0, -SECOND / 2],
      [61, 0],
      random.pick([
        [301, 0],
        [3600, 0],
        [3 * 3600, 0],
        [-3600, 0],
        [3 * 86_400, 0],
      ] as const),
    ] as const)
    this.#add(sec, nsec)
  }

  #add(sec: number, nsec: number): void {
    const sum = this.nsec + nsec
    this.sec += sec + Math.floor(sum / SECOND)
    this.nsec = sum - Math.floor(sum / SECOND) * SECOND
  }
}

function frameOf(random: Random, packet: Uint8Array, oddness: number): Uint8Array {
  if (!random.chance(oddness / 2)) return ethernet(packet)
  switch (random.below(5)) {
    case 0:
      return ethernet(packet, { vlans: [{ id: random.below(3) }] })
    case 1:
      return ethernet(vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 7 }, ethernet(packet)))
    case 2:
      return packet.length < 1400 ? snap(packet) : ethernet(packet)
    case 3:
      return ethernet(packet, { etherType: random.pick([0x0800, 0x86dd, 0x0806, 0x88cc]) })
    default:
      return ethernet(packet, { minimum: packet.length + 14 + random.below(60) })
  }
}

function captured(random: Random, frame: Uint8Array, { sec, nsec }: Clock, oddness: number): CapturedFrame {
  const time = { sec, nsec }
  if (random.chance(oddness / 4)) {
    const kept = random.pick([0, 13, 34, 53, 54, 65, 66, 73, 74, 86, random.below(frame.length)])
    return { ...time, frame: frame.subarray(0, kept), originalLength: frame.length }
  }
  // Files whose frames were cut afterwards claim too little.
  return { ...time, frame, originalLength: random.chance(oddness / 8) ? random.below(60) : frame.length }
}

function otherPacket(random: Random): Uint8Array {
  const ends = { src: '10.244.0.1:40000', dst: '172.17.0.6:80' }
  switch (random.below(3)) {
    case 0:
      return udp({ ...ends, payload: random.below(200) })
    case 1:
      return icmpEcho({ src: '10.244.0.1', dst: '172.17.0.6', id: 4, seq: random.below(9) })
    default:
      return uints([16, 1], [16, 0x800], [32, random.below(2 ** 32)])
  }
}

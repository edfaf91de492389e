import type { Random } from '../fuzz/random.ts'
import { concat, extension, fragments, type TcpFields, tcp, tcpOptions, uints } from './packet-builder.ts'

const PAYLOAD = Uint8Array.from({ length: 1460 }, (_, i) => 0x80 | ((i * 7) & 0x7f))
/** TCP options that are no lone timestamps: SACK of one block (RFC 2018 §3), nothing, a list with an end, one too long. */
const OPTIONS = [
  concat(Uint8Array.of(1, 1), uints([8, 5], [8, 10], [32, 1], [32, 2])),
  Uint8Array.of(1, 1, 1, 0),
  concat(uints([8, 8], [8, 10], [32, 77], [32, 1]), Uint8Array.of(0, 0)),
  Uint8Array.of(3, 9, 1, 1),
]

/** One TCP connection whose ends behave, mostly; each call of {@link Talk.next} gives the IP packets that come next. */
export class Talk {
  readonly #random: Random
  readonly #ends: readonly [string, string]
  readonly #isV6: boolean
  /** Next sequence number of each end, and how far each has acknowledged the other. */
  readonly #seq: [number, number]
  readonly #acked: [number, number]
  readonly #ttl: [number, number]
  readonly #hasStamps: boolean
  readonly #hasChecksum: boolean
  readonly #longest: number
  #ipId: number
  #stamp: number
  #last: Uint8Array
  #lastFields: TcpFields

  /** @param longest - Octets of a segment's payload, at most 1460. */
  constructor(random: Random, number: number, longest: number) {
    this.#longest = longest
    this.#random = random
    this.#isV6 = random.chance(40)
    const port = 40_000 + number
    this.#ends = this.#isV6
      ? [`[fd00::${number}]:${port}`, '[2001:db8::5]:443']
      : [`10.244.0.${number + 1}:${port}`, '172.17.0.6:80']
    this.#seq = [sequenceNumber(random), sequenceNumber(random)]
    this.#acked = [this.#seq[1], this.#seq[0]]
    this.#ttl = [64, random.pick([63, 255, 1])]
    this.#hasStamps = random.chance(50)
    this.#hasChecksum = random.chance(60)
    this.#ipId = random.pick([0, 1, 65_500])
    this.#stamp = random.pick([7, 2 ** 32 - 5])
    this.#lastFields = { src: this.#ends[0], dst: this.#ends[1] }
    this.#last = this.#say(0)
  }

  /** Three segments. */
  handshake(): Uint8Array[] {
    this.#seq[0] = sequenceNumber(this.#random)
    this.#seq[1] = sequenceNumber(this.#random)
    const syn = this.#say(0, { flags: 'S', ack: 0, options: { mss: 1460, windowScale: 7 } })
    this.#seq[0] = add(this.#seq[0], 1)
    const synAck = this.#say(1, { flags: 'S.', options: { mss: 1460, windowScale: 7 } })
    this.#seq[1] = add(this.#seq[1], 1)
    this.#acked[0] = this.#seq[1]
    this.#acked[1] = this.#seq[0]
    return [syn, synAck, this.#say(0)]
  }

  /** @param oddness - Percent of steps that are out of the ordinary. */
  next(oddness: number): Uint8Array[] {
    const side = this.#random.below(2) as 0 | 1
    if (this.#random.chance(oddness)) return this.#odd(side)
    const hasNews = this.#acked[side] !== this.#seq[1 - side]
    return [hasNews && this.#random.chance(60) ? this.#acknowledge(side) : this.#data(side)]
  }

  #odd(side: 0 | 1): Uint8Array[] {
    return this.#random.chance(75) ? this.#harmless(side) : this.#harmful(side)
  }

  /** What the connection outlives without a hole in its numbers. */
  #harmless(side: 0 | 1): Uint8Array[] {
    const random = this.#random
    switch (random.below(12)) {
      case 0:
        return [this.#last]
      case 1: {
        const packet = this.#data(side)
        return [packet, packet]
      }
      case 2:
        return [tcp({ ...this.#lastFields, id: ++this.#ipId & 0xffff })]
      case 3:
        return [this.#say(side, { window: 0 })]
      case 4:
        return [this.#say(side, { seq: add(this.#seq[side], -1), payload: random.below(2) })]
      case 5:
        this.#ttl[side] = random.below(256)
        return [this.#data(side)]
      case 6:
        return [this.#data(side, { flags: random.pick(['P.U', 'E.', 'W.', 'e.', '', 'P', 'F', 'SF.']) })]
      case 7:
        return [this.#data(side, { options: random.pick(OPTIONS), checksum: 0 })]
      case 8:
        return [this.#data(side, { ipOptions: Uint8Array.of(1, 1, 1, 0), extensions: [extension.hopByHop()] })]
      case 9:
        return fragments(this.#data(side, {}, 1 + random.below(400)), 8 * (1 + random.below(20)), random.below(65_536))
      case 10:
        // Segmentation offload; a length beyond the frame; and lengths without room for the header.
        return [this.#data(side, { length: random.pick([0, 3000, 65_535, 19, 39, 41]) })]
      default:
        return [this.#data(side, { dataOffset: random.below(16) })]
    }
  }

  /** What leaves a hole, or ends it. */
  #harmful(side: 0 | 1): Uint8Array[] {
    const random = this.#random
    switch (random.below(8)) {
      case 0:
        this.#seq[side] = add(this.#seq[side], 1 + random.below(3000))
        return [this.#data(side)]
      case 1:
        return [this.#data(side), this.#data(side)].reverse()
      case 2:
        return [this.#say(side, { flags: random.pick(['R', 'R.']) })]
      case 3:
        return this.#finish(side)
      case 4:
        return this.handshake()
      case 5:
        return [this.#say(side, { ack: add(this.#seq[1 - side] as number, 1 + random.below(5000)) })]
      case 6:
        return [this.#say(side, { seq: random.below(2 ** 32), payload: random.below(100) })]
      default:
        // Overlaps what was sent.
        return [this.#say(side, { seq: add(this.#seq[side], -random.below(2000)), payload: random.below(1460) })]
    }
  }

  #finish(side: 0 | 1): Uint8Array[] {
    const packets = [this.#say(side, { flags: 'F.' })]
    this.#seq[side] = add(this.#seq[side], 1)
    if (this.#random.chance(50)) return packets
    packets.push(this.#say(side === 0 ? 1 : 0, { flags: 'F.' }))
    this.#seq[1 - side] = add(this.#seq[1 - side] as number, 1)
    return [...packets, this.#say(side)]
  }

  #data(
    side: 0 | 1,
    more: Partial<TcpFields> = {},
    length: number = 1 + this.#random.below(this.#longest),
  ): Uint8Array {
    const isDelayed = this.#random.chance(20)
    const packet = this.#say(side, {
      flags: this.#random.pick(['.', 'P.']),
      payload: PAYLOAD.subarray(0, length),
      ...(isDelayed ? { ack: this.#acked[side] } : {}),
      ...more,
    })
    if (!isDelayed) this.#acked[side] = this.#seq[1 - side] as number
    this.#seq[side] = add(this.#seq[side], length)
    return packet
  }

  #acknowledge(side: 0 | 1): Uint8Array {
    this.#acked[side] = this.#seq[1 - side] as number
    return this.#say(side)
  }

  #say(side: 0 | 1, more: Partial<TcpFields> = {}): Uint8Array {
    this.#ipId = (this.#ipId + 1) & 0xffff
    this.#stamp = add(this.#stamp, 1)
    const fields: TcpFields = {
      src: this.#ends[side],
      dst: this.#ends[1 - side] as string,
      seq: this.#seq[side],
      ack: this.#seq[1 - side] as number,
      id: this.#ipId,
      ttl: this.#ttl[side],
      checksum: this.#hasChecksum ? 1 + this.#random.below(65_535) : 0,
      ...(this.#hasStamps ? { options: tcpOptions({ timestamps: [this.#stamp, this.#stamp ^ 5] }) } : {}),
      ...more,
    }
    this.#lastFields = fields
    this.#last = tcp(fields)
    return this.#last
  }
}

function sequenceNumber(random: Random): number {
  return random.pick([0, 2 ** 31 - 500, 2 ** 32 - 3000, random.below(2 ** 32)])
}

function add(sequence: number, octets: number): number {
  return (sequence + octets) >>> 0
}

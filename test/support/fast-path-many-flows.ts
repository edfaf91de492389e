import { ethernet, tcp } from './packet-builder.ts'

const START = 1_754_049_388
/** Ethernet and IPv4 header, and offsets of the TCP header. */
const TCP_AT = 14 + 20
const SOURCE_AT = 14 + 12
const RECORD_HEADER = 16

const SYN = ethernet(tcp({ src: '10.0.0.1:1', dst: '172.17.0.6:80', flags: 'S', seq: 1, checksum: 9 }))
const SYN_ACK = ethernet(tcp({ src: '172.17.0.6:80', dst: '10.0.0.1:1', flags: 'S.', seq: 1, ack: 2, checksum: 9 }))
const DATA = ethernet(tcp({ src: '10.0.0.1:1', dst: '172.17.0.6:80', flags: 'P.', ack: 2, checksum: 9, payload: 10 }))
const ANSWER = ethernet(tcp({ src: '172.17.0.6:80', dst: '10.0.0.1:1', flags: '.', seq: 2, checksum: 9 }))

/**
 * A pcap file of connections under way.
 *
 * @param rounds - In each, all connections send one segment of data and get an answer.
 * @param grows - Between their segments other connections begin and are never answered: the flow table grows all the while.
 */
export function manyFlows(connections: number, rounds: number, grows = true): Uint8Array {
  const writer = new RecordWriter((connections * (rounds + 1) * 4 + 10) * 100)
  for (let i = 0; i < connections; i++) {
    writer.write(SYN, i, 'source', 1, 0)
    writer.write(SYN_ACK, i, 'destination', 1, 2)
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < connections; i++) {
      writer.write(DATA, i, 'source', 2 + 10 * round, 2)
      writer.write(ANSWER, i, 'destination', 2, 12 + 10 * round)
      if (grows) writer.write(SYN, connections * (round + 1) + i, 'source', 1, 0)
    }
  }
  return writer.octets()
}

class RecordWriter {
  readonly #octets: Uint8Array
  readonly #view: DataView
  #at = 24
  #records = 0

  constructor(length: number) {
    this.#octets = new Uint8Array(length)
    this.#view = new DataView(this.#octets.buffer)
    for (const [at, word] of [
      [0, 0xa1b2c3d4],
      [4, 0x0004_0002],
      [16, 262_144],
      [20, 1],
    ] as const)
      this.#view.setUint32(at, word, true)
  }

  /** @param client - Becomes an address and a port. */
  write(frame: Uint8Array, client: number, end: 'source' | 'destination', seq: number, ack: number): void {
    const view = this.#view
    const at = this.#at
    const tcpAt = at + RECORD_HEADER + TCP_AT
    view.setUint32(at, START + Math.floor(this.#records / 100_000), true)
    view.setUint32(at + 4, (this.#records % 100_000) * 10, true)
    view.setUint32(at + 8, frame.length, true)
    view.setUint32(at + 12, frame.length, true)
    this.#octets.set(frame, at + RECORD_HEADER)
    const isSource = end === 'source'
    view.setUint32(at + RECORD_HEADER + SOURCE_AT + (isSource ? 0 : 4), 0x0a00_0000 + (client >> 10))
    view.setUint16(tcpAt + (isSource ? 0 : 2), 20_000 + (client & 1023))
    view.setUint32(tcpAt + 4, seq)
    view.setUint32(tcpAt + 8, ack)
    this.#at = at + RECORD_HEADER + frame.length
    this.#records++
  }

  octets(): Uint8Array {
    return this.#octets.subarray(0, this.#at)
  }
}

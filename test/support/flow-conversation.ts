import type { PacketView } from '../../src/packet/packet-view.ts'
import { type PacketFields, tcpView } from './flow-packets.ts'

/** Who sends: the client opens the conversation. */
export type Speaker = 'client' | 'server'

interface Party {
  readonly address: string
  next: number
  ipId: number
}

/**
 * A TCP conversation told segment by segment, with the numbers kept as the two ends would:
 *
 * ```ts
 * const talk = new Conversation().handshake().data('client', 75).ack('server').data('server', 238).ack('client').close()
 * flowOf(talk.packets)
 * ```
 */
export class Conversation {
  readonly packets: PacketView[] = []
  /** Seconds of the next segment; every segment moves it on by {@link step}. */
  time: number
  step = 0.001
  /** Laid over the fields of every segment. */
  readonly common: Partial<PacketFields>
  readonly #client: Party
  readonly #server: Party
  #record = 0

  constructor(
    options: {
      readonly client?: string
      readonly server?: string
      readonly clientIsn?: number
      readonly serverIsn?: number
      readonly time?: number
      readonly common?: Partial<PacketFields>
    } = {},
  ) {
    this.#client = { address: options.client ?? '10.0.0.1:40000', next: options.clientIsn ?? 1000, ipId: 1 }
    this.#server = { address: options.server ?? '10.0.0.2:80', next: options.serverIsn ?? 9000, ipId: 5000 }
    this.time = options.time ?? 100
    this.common = options.common ?? {}
  }

  handshake(): this {
    return this.syn().synAck().ack('client')
  }

  syn(more: Partial<PacketFields> = {}): this {
    return this.#say('client', { flags: 'S', ack: 0, ...more }, 1)
  }

  synAck(more: Partial<PacketFields> = {}): this {
    return this.#say('server', { flags: 'SA', ...more }, 1)
  }

  ack(speaker: Speaker, more: Partial<PacketFields> = {}): this {
    return this.#say(speaker, more, 0)
  }

  data(speaker: Speaker, length: number, more: Partial<PacketFields> = {}): this {
    return this.#say(speaker, { flags: 'PA', length, ...more }, length)
  }

  fin(speaker: Speaker, more: Partial<PacketFields> = {}): this {
    return this.#say(speaker, { flags: 'FA', ...more }, 1)
  }

  reset(speaker: Speaker, more: Partial<PacketFields> = {}): this {
    return this.#say(speaker, { flags: 'RA', ...more }, 0)
  }

  /** FIN and acknowledgment from either side. */
  close(): this {
    return this.fin('client').fin('server').ack('client')
  }

  /** Octets that were sent and not captured. */
  lose(speaker: Speaker, length: number): this {
    this.#party(speaker).next += length
    return this
  }

  /** Moves the clock on. */
  wait(seconds: number): this {
    this.time += seconds
    return this
  }

  /** The last segment again, as retransmitted (a new IP ID) unless fields say otherwise. */
  again(more: Partial<PacketFields> = {}): this {
    const last = this.packets.at(-1)
    if (last === undefined) throw new Error('nothing said yet')
    const copy = Object.assign(tcpView({ src: '0.0.0.0', dst: '0.0.0.0' }), last)
    copy.ipId = more.id ?? last.ipId + 1
    this.#stamp(copy, more)
    this.packets.push(copy)
    return this
  }

  #say(speaker: Speaker, fields: Partial<PacketFields>, consumed: number): this {
    const from = this.#party(speaker)
    const to = this.#party(speaker === 'client' ? 'server' : 'client')
    const defaults = { src: from.address, dst: to.address, seq: from.next, ack: to.next, id: from.ipId++ }
    const view = tcpView({ ...defaults, ...this.common, ...fields })
    this.#stamp(view, fields)
    this.packets.push(view)
    from.next += consumed
    return this
  }

  #stamp(view: PacketView, fields: Partial<PacketFields>): void {
    view.recordNumber = ++this.#record
    if (fields.at !== undefined) return
    view.timeSec = Math.floor(this.time)
    view.timeNsec = Math.round((this.time - view.timeSec) * 1e9)
    this.time += this.step
  }

  #party(speaker: Speaker): Party {
    return speaker === 'client' ? this.#client : this.#server
  }
}

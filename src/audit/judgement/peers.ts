import type { IpText } from '../../core/ip.ts'
import type { Flow } from '../../flow/flow.ts'

/** Flows by who they go to, for the few judgements that ask what else goes to the same peer. Indexed when first asked. */
export class Peers {
  readonly #flows: readonly Flow[]
  #index: Map<string, Flow> | null = null

  constructor(flows: readonly Flow[]) {
    this.#flows = flows
  }

  /** A flow from the address to the same peer, of the same protocol; the first of the run. */
  flowFrom(source: IpText, { destination, protocol }: Flow): Flow | undefined {
    if (this.#index === null) {
      this.#index = new Map()
      for (const flow of this.#flows) {
        const key = keyOf(flow.source.ip, flow.destination, flow.protocol)
        if (!this.#index.has(key)) this.#index.set(key, flow)
      }
    }
    return this.#index.get(keyOf(source, destination, protocol))
  }
}

function keyOf(source: IpText, { ip, port }: Flow['destination'], protocol: number): string {
  return `${protocol}|${source}|${ip}|${port ?? ''}`
}

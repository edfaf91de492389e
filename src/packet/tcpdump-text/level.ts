import type { PacketView } from '../packet-view.ts'
import type { IpHeaderText } from './ip-header.ts'

/** One IP packet of a line, up to its addresses: the line's own, or one inside a tunnel. */
export interface Level {
  readonly view: PacketView
  readonly header: IpHeaderText
  /** `host.port` or `host`, as printed. */
  readonly src: string
  readonly dst: string
  /** Octets of the IP packet by the length of the frame; `undefined` where that says nothing. */
  readonly frameIpLength: number | undefined
  /** Whether extension headers stand behind the addresses, which are printed without their lengths. */
  readonly hasExtensions: boolean
}

/** Octets of the IP header as far as they are known: options and extension headers are not. */
export function ipHeaderLength(view: PacketView): number {
  return view.ipVersion === 4 ? 20 : 40
}

/**
 * Outcome of decoding one layer or one packet. A bad packet is a status and never an exception: captures are cut,
 * padded and corrupt as a matter of course.
 */
export const DecodeStatus = {
  /** Decoded down to a transport header (or an IP packet without one, such as a later fragment). */
  Ok: 0,
  /** The snap length cut the header; nothing is wrong with the packet. */
  Truncated: 1,
  /** A length or version field contradicts itself or its surroundings. */
  Malformed: 2,
  /** Well formed and not IP (ARP, STP, LLDP …). */
  NotIp: 3,
  /** IP that carries nothing this tool makes flows of, or hides it (ESP, WireGuard, 802.11 …). */
  Opaque: 4,
  /** Link type, EtherType or encapsulation this tool does not read. */
  Unsupported: 5,
  /** Encapsulated deeper than the limit. */
  TooDeep: 6,
} as const
export type DecodeStatus = (typeof DecodeStatus)[keyof typeof DecodeStatus]

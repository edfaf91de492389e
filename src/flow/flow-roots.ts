/** Words of the roots of a flow table, `TableMemory.roots`: addresses, in octets. */
export const Root = {
  /** Slots of the flow index. */
  Slots: 0,
  /** Their number less one; no address. */
  SlotMask: 1,
  /** IPv6 addresses. */
  Addresses: 2,
  /** Hot words of the flows, one address a segment from here on. */
  Segments: 3,
} as const

/** A segment holds 2¹³ flows, a table 2²¹. */
export const ROOT_WORDS: number = Root.Segments + 256

/**
 * Layout of a flow inside {@link FlowStore}: 48 hot words (32 bits each) and 10 cold ones.
 *
 * The hot words are three blocks of one cache line each: the flow, its forward side, its reverse side. A packet touches
 * the flow and the two sides and nothing else. Word pairs that hold a double stand at even offsets.
 * Times are nanoseconds since the table's base second, in a double; sequence numbers are counted from the side's start.
 */
export const HOT_WORDS = 48

// The flow.
/** IPv4 address of the originator, or its id in the address table for IPv6. */
export const KEY_A = 0
/** The same of the responder. */
export const KEY_B = 1
/** Originator's port in the upper, responder's in the lower half; for ICMP see `PacketKey`. */
export const PORTS = 2
/** Protocol and {@link Kind} bits. */
export const KIND = 3
/** Index of the flow's {@link FlowExtra} plus one; 0 where it has none. */
export const EXTRA = 4
export const HASH = 5
/** End of the segment whose round trip is being timed, low 32 bits; valid iff a `Pending…` bit is set. */
export const PENDING_END = 6
/** When it was sent, microseconds modulo 2³². */
export const PENDING_TIME = 7
/** Doubles. */
export const START_TIME = 8
/** Latest time of any packet. */
export const LAST_TIME = 10
/** Valid iff `HasClosed`. */
export const CLOSED_TIME = 12
/** Last time when both sides had sent a FIN, which is where Zeek ends a flow; valid iff `BothClosed`. */
export const ZEEK_END = 14

/** Start of the forward side's words; the reverse side's follow. */
export const SIDES = 16
export const SIDE_WORDS = 16

// A side, offsets from its first word.
export const PACKETS = 0
/** {@link SideBit} bits; the lowest six are the state and the one before. */
export const BITS = 1
/** Double: sum of IP lengths. */
export const IP_BYTES = 2
/** Double. TCP: highest sequence number sent, from START. Others: sum of payload lengths. */
export const MAX = 4
/** Double. TCP: highest acknowledgment received from the peer, from START. */
export const ACKED = 6
/** TCP: number of the SYN, or the first number seen less one. */
export const START = 8
/** TCP: first acknowledgment the peer sent. */
export const FIRST_ACK = 9
/** TCP: end of the last FIN, from START, low 32 bits. */
export const FIN_END = 10
/** Smallest data round trip in microseconds plus one, 0 where none was measured. */
export const RTT_MIN = 11
/** Digest of the direction's last packet, see `copies.ts`. */
export const LAST_DIGEST = 12
/** Its time, microseconds modulo 2³². */
export const LAST_MICROS = 13
/** Saturating: SYNs without ACK (12 bits), SYNs with ACK (8), resets (12), from the lowest. */
export const COUNTS = 14
/** Lowest TTL (8 bits, from the lowest), highest TTL (8), home vantage (16). */
export const TTL_HOME = 15

/** Protocols other than TCP keep digests of their latest packets where TCP keeps acknowledgments. */
export const RECENT: number = ACKED
export const RECENT_WORDS = 6

export const COLD_WORDS = 10
export const ID = 0
/** Newest {@link SamplePool} entry plus one. */
export const SAMPLES = 1
/** Double: time of the originator's SYN, and once `HandshakeTimed` is set the handshake's duration. */
export const HANDSHAKE = 2
/** Twelve letters of five bits. */
export const HISTORY = 4
/** A word a side: MSS (16 bits), window scale (5), whether each was there (2). */
export const SYN_OPTIONS = 6
/** A word a side: sequence number of the last RST, from START, low 32 bits. */
export const RST_AT = 8

/** Bits of {@link KIND}. */
export const Kind = {
  ProtocolMask: 0xff,
  Ipv6: 0x100,
  /** ICMP that is no exchange: packets the other way are another flow. */
  OneWay: 0x200,
  /** What must agree for a packet to belong to a flow. */
  KeyMask: 0x3ff,
  OriginKnown: 0x400,
  /** A round trip of the forward (reverse) side's data is being timed. */
  PendingForward: 0x800,
  PendingReverse: 0x1000,
  HasClosed: 0x2000,
  BothClosed: 0x4000,
  SynTimed: 0x8000,
  HandshakeTimed: 0x10000,
  Tunnelled: 0x20000,
  /** Has holes in its sequence space that are not settled, or packets at several places: the fast path is not for its segments. */
  Irregular: 0x40000,
} as const

/** Bits of {@link BITS} above the two states. */
export const SideBit = {
  /** Flags the direction has shown, whatever else the segments carried. */
  ShownSyn: 0x40,
  ShownFin: 0x80,
  ShownRst: 0x100,
  ShownAck: 0x200,
  ShownSynAck: 0x400,
  /** Letters that appear once a side, or again only for another sequence number. */
  LetterSyn: 0x800,
  LetterFin: 0x1000,
  LetterRst: 0x2000,
  LetterAck: 0x4000,
  LetterData: 0x8000,
  LetterFinRst: 0x10000,
  LetterMulti: 0x20000,
  /** START is known, from a packet of the side or from the peer's acknowledgment. */
  Started: 0x40000,
  /** The peer has acknowledged something; FIRST_ACK and ACKED are valid. */
  Acked: 0x80000,
} as const

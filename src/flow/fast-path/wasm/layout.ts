// Words of a flow, as offsets in octets, and their bits: `flow-record.ts`. Exported from the module too, where a test holds them
// against it.

export const FLOW_OCTETS: usize = 192
/** Flows of a segment, as a shift. */
export const SEGMENT_SHIFT: u32 = 13
/** Bits of an index slot that hold a flow's number plus one. */
export const ENTRY_BITS: u32 = 21

export const KEY_A: usize = 0
export const KEY_B: usize = 4
export const PORTS: usize = 8
export const KIND: usize = 12
export const PENDING_END: usize = 24
export const PENDING_TIME: usize = 28
export const LAST_TIME: usize = 40
export const SIDES: usize = 64
export const SIDE_OCTETS: usize = 64

// A side.
export const PACKETS: usize = 0
export const BITS: usize = 4
export const IP_BYTES: usize = 8
export const MAX: usize = 16
export const ACKED: usize = 24
export const START: usize = 32
export const RTT_MIN: usize = 44
export const LAST_DIGEST: usize = 48
export const LAST_MICROS: usize = 52
export const TTL_HOME: usize = 60

// Bits of KIND.
export const IPV6: u32 = 0x100
export const KEY_MASK: u32 = 0x3ff
export const PENDING_FORWARD: u32 = 0x800
export const PENDING_REVERSE: u32 = 0x1000
export const HAS_CLOSED: u32 = 0x2000
export const SYN_TIMED: u32 = 0x8000
export const HANDSHAKE_TIMED: u32 = 0x10000
export const IRREGULAR: u32 = 0x40000

// Bits of BITS.
/** What the states Partial and Established have in common, and no other state has. */
export const OPEN_MASK: u32 = 6
export const OPEN: u32 = 2
export const SHOWN_ACK: u32 = 0x200
export const LETTER_ACK: u32 = 0x4000
export const LETTER_DATA: u32 = 0x8000
export const SIDE_ACKED: u32 = 0x80000

/** Samples kept of a side: its first packets are not for the fast path. */
export const MAX_SAMPLES_A_SIDE: u32 = 4
/** Nanoseconds. */
export const IDLE_UNANSWERED: f64 = 300e9

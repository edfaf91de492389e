/**
 * Octets of one frame at most. libpcap's MAXIMUM_SNAPLEN and Wireshark's WTAP_MAX_PACKET_SIZE_STANDARD: no tool writes
 * more of a network frame, so a larger length is a lie, and nothing is allocated or skipped on its word.
 */
export const MAX_CAPTURED_LENGTH: number = 256 * 1024

/** A frame is never longer than this on the wire; lengths of aggregated frames (GSO, BIG TCP) stay far below. */
export const MAX_ORIGINAL_LENGTH: number = 16 * 1024 * 1024

/** Octets of one pcapng block at most. Longer ones are not packets of ours and are searched through, not believed. */
export const MAX_BLOCK_LENGTH: number = 1024 * 1024

/** Octets asked of a decompressor at once. */
export const CHUNK_LENGTH: number = 1024 * 1024

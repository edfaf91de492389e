/** Block types, draft-ietf-opsawg-pcapng §4 and its registry. */
export const BlockType = {
  /** Reads the same in both byte orders. */
  SectionHeader: 0x0a0d0d0a,
  InterfaceDescription: 1,
  /** Obsolete. */
  Packet: 2,
  SimplePacket: 3,
  NameResolution: 4,
  InterfaceStatistics: 5,
  EnhancedPacket: 6,
} as const

/** Block type and the block's length, at both ends, around a body that may be empty. */
export const BLOCK_OVERHEAD = 12

/** Says the section's byte order. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

const NAMES: ReadonlyMap<number, string> = new Map<number, string>([
  [BlockType.NameResolution, 'name-resolution'],
  [0x00000007, 'irig-timestamp'],
  [0x00000008, 'arinc-429'],
  [0x00000009, 'systemd-journal'],
  [0x0000000a, 'decryption-secrets'],
  [0x00000bad, 'custom'],
  [0x40000bad, 'custom'],
])

/** Reason under which a block that holds no packet is counted, such as `pcapng-custom-block`. */
export function skippedBlockReason(type: number): string {
  return `pcapng-${NAMES.get(type) ?? 'unknown'}-block`
}

/** Whether a block type is one that captures hold; tells a block from octets that only look like one. */
export function isKnownBlockType(type: number): boolean {
  return (
    (type >= BlockType.InterfaceDescription && type <= BlockType.EnhancedPacket) ||
    type === BlockType.SectionHeader ||
    NAMES.has(type)
  )
}

// Field offsets in octets, draft-ietf-opsawg-pcap §4.
const MAGIC = 0
const MAJOR = 4
const MINOR = 6
const SNAP_LENGTH = 16
const LINK_TYPE = 20
/** Octets of the file header. */
export const PCAP_HEADER_LENGTH = 24

/** Magic numbers, as the writer's byte order has them. */
export const PcapMagic = { Micro: 0xa1b2c3d4, Nano: 0xa1b23c4d, Modified: 0xa1b2cd34 } as const

/** LINKTYPE_ value in the lower 16 bits; above it the FCS length and reserved bits. */
const LINK_TYPE_MASK = 0xffff

/** What the header of a classic pcap file says. */
export interface PcapHeader {
  readonly littleEndian: boolean
  /** Version; 2.4 for the last thirty years. */
  readonly major: number
  readonly minor: number
  readonly nanoseconds: boolean
  /** Records carry Kuznetzov's longer header. */
  readonly modified: boolean
  /** Written before version 2.3: original length first, then captured length. */
  readonly swappedLengths: boolean
  /** Octets kept of each frame; 0 where not limited. */
  readonly snapLength: number
  readonly linkType: number
}

/**
 * Reads a pcap file header.
 *
 * @param view - Holds at least {@link PCAP_HEADER_LENGTH} octets from `at` on.
 * @returns `undefined` where there is no pcap magic number.
 * @see draft-ietf-opsawg-pcap §4; libpcap sf-pcap.c for versions before 2.3
 */
export function readPcapHeader(view: DataView, at: number): PcapHeader | undefined {
  const littleEndian = isPcapMagic(view.getUint32(at + MAGIC, true))
  const magic = view.getUint32(at + MAGIC, littleEndian)
  if (!isPcapMagic(magic)) return undefined
  const major = view.getUint16(at + MAJOR, littleEndian)
  const minor = view.getUint16(at + MINOR, littleEndian)
  return {
    littleEndian,
    major,
    minor,
    nanoseconds: magic === PcapMagic.Nano,
    modified: magic === PcapMagic.Modified,
    swappedLengths: (major === 2 && minor < 3) || major === 543,
    snapLength: view.getUint32(at + SNAP_LENGTH, littleEndian),
    linkType: view.getUint32(at + LINK_TYPE, littleEndian) & LINK_TYPE_MASK,
  }
}

/** Whether a number read in one of the two byte orders is the magic number of a pcap file. */
export function isPcapMagic(magic: number): boolean {
  return magic === PcapMagic.Micro || magic === PcapMagic.Nano || magic === PcapMagic.Modified
}

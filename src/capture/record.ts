import type { TimeKind } from '../core/time.ts'

/**
 * Pseudo link type of a record whose octets are lines of tcpdump text instead of a frame: the head line and the
 * continuation lines under it. Negative, so that it can never meet a LINKTYPE_ value.
 */
export const LINKTYPE_TCPDUMP_TEXT = -1

/** Direction of a frame relative to the machine that captured it, where the format says. */
export const Direction = { Unknown: 0, In: 1, Out: 2 } as const
export type Direction = (typeof Direction)[keyof typeof Direction]

/**
 * One captured frame, or one packet of tcpdump text.
 *
 * A **view**: the reader overwrites the same object for every record, and its octets belong to the reader's buffer.
 * Nothing of it may be kept past the next record.
 */
export class CaptureRecord {
  /** 1-based position among the packets of the file (for text: of the file's head lines). */
  number = 0
  /** See {@link TimeKind} of the capture interface; whole seconds. */
  timeSec = 0
  /** 0 – 999 999 999. */
  timeNsec = 0
  /**
   * False where this packet carries no time of its own: text without one (`-t`) or with a damaged one, simple packet
   * blocks of pcapng. The time then repeats the one before.
   */
  hasTime = true
  /** Index into {@link CaptureMeta.interfaces}; its link type tells how to read the octets. */
  interfaceIndex = 0
  direction: Direction = Direction.Unknown
  /** Text only: packet type printed beside the interface, in the numbers of SLL2 (0 to us … 4 from us), −1 without. */
  sllPacketType = -1
  /** LINKTYPE_ value of the interface (see tcpdump.org/linktypes.html), or {@link LINKTYPE_TCPDUMP_TEXT}. */
  linkType = 0
  /** Octets from the start of `buffer` to the first octet of the frame. */
  start = 0
  /** One past the last *captured* octet. */
  end = 0
  /** Text only: one past the last octet of the head line; equal to `end` where no continuation lines follow. */
  headEnd = 0
  /** Length of the frame on the wire, in octets; at least `end - start` unless the file lies. */
  originalLength = 0
  /** Holds the frame from `start` to `end`, and other records around it: always check against `end`. */
  buffer: Uint8Array = new Uint8Array(0)
  /** Over the same octets as `buffer`. */
  view: DataView = new DataView(new ArrayBuffer(0))
}

/** What a capture says about one interface it was taken on; for text, one (section, interface) pair. */
export interface CaptureInterface {
  /** `eth0`, `lxc4f2a1b6c0`, `any`; `null` where the format has no names. */
  readonly name: string | null
  readonly description: string | null
  readonly linkType: number
  /** Octets kept of each frame; 0 where not limited or not known. */
  readonly snapLength: number
  readonly timeKind: TimeKind
  /**
   * Which pcapng section, or which pasted command of a text, the interface belongs to; 0-based. Sections of a text are
   * captures of their own: they share no flows. Sections of a pcapng file continue one another.
   */
  readonly section: number
  /** Host name: from the shell prompt of pasted text, or `null`. */
  readonly host: string | null
  /** The tcpdump command line of pasted text, without the prompt, or `null`. */
  readonly command: string | null
  /** Text only: pod whose log the lines were prefixed with (`kubectl logs --prefix`, stern); no namespace is known. */
  readonly pod?: string | null
  /** Capture filter: pcapng `if_filter`, or the expression of the command. */
  readonly filter: string | null
}

/** What is known of a capture file besides its packets. `interfaces` grows while the file is read. */
export interface CaptureMeta {
  /** As the user named it, `-` for standard input, `archive.zip:inner.pcap` inside archives. */
  readonly file: string
  readonly format: CaptureFormat
  /** Compression around it, outermost first: `['gzip']`. */
  readonly compression: readonly string[]
  readonly interfaces: readonly CaptureInterface[]
}

/** Container formats. */
export type CaptureFormat = 'pcap' | 'pcapng' | 'text'

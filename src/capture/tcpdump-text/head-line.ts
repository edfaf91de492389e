import { TimeForm, TimeStamp } from './time-stamp.ts'

const SPACE = 0x20
const COLON = 0x3a
const QUESTION_MARK = 0x3f
/** Kernel names have at most 15 octets (IFNAMSIZ); capture devices of other systems a few more. */
const MAX_INTERFACE_NAME = 64

/** Packet types as LINUX_SLL2 numbers them, by the letter or word tcpdump prints beside the interface. */
const PACKET_TYPE_IN = 0
const PACKET_TYPE_BROADCAST = 1
const PACKET_TYPE_MULTICAST = 2
const PACKET_TYPE_OTHER_HOST = 3
const PACKET_TYPE_OUT = 4

/**
 * Reusable reading of what stands before the link header of a packet's first line:
 * `[number] [time] [interface direction]`.
 */
export class HeadLine {
  readonly time: TimeStamp = new TimeStamp()
  /** Whether a packet number (`--number`) stands in front. */
  numbered = false
  timed = false
  /** Octets of the interface name; equal where there is none. */
  interfaceStart = 0
  interfaceEnd = 0
  /** Packet type beside the interface, −1 without an interface or for `?`. */
  packetType = -1
  /** First octet of the link header, the protocol label or the addresses. */
  body = 0

  /**
   * Reads the head of a line.
   *
   * @returns Whether a number or a time stands there; without either only the body can tell whether it is a packet.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.time.readSameSecond(bytes, start, end)) {
      this.numbered = false
      this.timed = true
      this.#readInterface(bytes, this.time.end, end)
      return true
    }
    let at = this.#skipNumber(bytes, start, end)
    this.numbered = at > start
    this.timed = this.time.read(bytes, at, end)
    if (this.timed) at = this.time.end
    else this.time.form = TimeForm.None
    this.#readInterface(bytes, at, end)
    return this.numbered || this.timed
  }

  // "    1  ": right-aligned in five columns, then two spaces (print.c `pretty_print_packet()`, format "%5u  ").
  #skipNumber(bytes: Uint8Array, start: number, end: number): number {
    // A time begins nearly every line.
    if (bytes[start + 2] === COLON) return start
    let at = start
    while (at < end && bytes[at] === SPACE && at - start < 4) at++
    const digits = at
    while (at < end && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39 && at - digits < 10) at++
    if (at === digits || at - start < 5 || at + 2 > end) return start
    return bytes[at] === SPACE && bytes[at + 1] === SPACE ? at + 2 : start
  }

  // "eth0  In  IP …", tcpdump 4.99 and later on LINUX_SLL2.
  #readInterface(bytes: Uint8Array, at: number, end: number): void {
    this.interfaceStart = at
    this.interfaceEnd = at
    this.packetType = -1
    this.body = at
    // "IP " and "IP6 " begin nearly every line, and no interface is called so.
    if (
      at + 2 < end &&
      bytes[at] === 0x49 &&
      bytes[at + 1] === 0x50 &&
      (bytes[at + 2] === SPACE || bytes[at + 2] === 0x36)
    )
      return
    let name = at
    while (name < end && (bytes[name] ?? 0) > SPACE && name - at <= MAX_INTERFACE_NAME) name++
    if (name === at || name >= end || bytes[name] !== SPACE) return
    let word = name
    while (word < end && bytes[word] === SPACE) word++
    let wordEnd = word
    while (wordEnd < end && bytes[wordEnd] !== SPACE) wordEnd++
    const type = packetType(bytes, word, wordEnd)
    if (type === undefined || wordEnd === end) return
    this.packetType = type
    this.interfaceEnd = name
    // The direction fills three columns and is followed by a space.
    this.body = Math.min(end, Math.max(wordEnd + 1, word + 4))
  }
}

function packetType(bytes: Uint8Array, start: number, end: number): number | undefined {
  const first = bytes[start] ?? 0
  const second = bytes[start + 1] ?? 0
  if (end - start === 2) return first === 0x49 && second === 0x6e ? PACKET_TYPE_IN : undefined
  if (end - start === 3) {
    return first === 0x4f && second === 0x75 && bytes[start + 2] === 0x74 ? PACKET_TYPE_OUT : undefined
  }
  if (end - start !== 1) return undefined
  if (first === 0x42) return PACKET_TYPE_BROADCAST
  if (first === 0x4d) return PACKET_TYPE_MULTICAST
  if (first === 0x50) return PACKET_TYPE_OTHER_HOST
  return first === QUESTION_MARK ? -1 : undefined
}

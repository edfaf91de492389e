import type { CaptureInterface } from '../record.ts'
import { findOption, optionLength, optionValue } from './options.ts'
import { DEFAULT_RESOLUTION, TickClock } from './tick-clock.ts'

// Field offsets in octets from the start of the block's body, draft-ietf-opsawg-pcapng §4.2.
const LINK_TYPE = 0
const SNAP_LENGTH = 4
const OPTIONS = 8

/** Option codes of an interface description block. */
const Option = { Name: 2, Description: 3, TimeResolution: 9, Filter: 11, TimeOffset: 14 } as const

/** Names, descriptions and filters are cut to it, in octets: a hostile file may hold thousands of long ones. */
const MAX_TEXT = 1024
const DECODER = new TextDecoder()

/** What an interface description block says. */
export interface InterfaceDescription {
  readonly described: CaptureInterface
  readonly clock: TickClock
  /** The resolution that cannot be counted in 64 bits, for which microseconds stand in; `undefined` where all is well. */
  readonly unsupportedResolution: number | undefined
}

/** Shortest body of an interface description block, in octets. */
export const MIN_INTERFACE_BODY: number = OPTIONS

/**
 * Reads the body of an interface description block.
 *
 * @param at - First octet of the body, of at least {@link MIN_INTERFACE_BODY}.
 * @param end - One past its last octet.
 * @param section - 0-based number of the section.
 */
export function readInterfaceDescription(
  view: DataView,
  at: number,
  end: number,
  context: { readonly littleEndian: boolean; readonly section: number },
): InterfaceDescription {
  const { littleEndian, section } = context
  const find = (code: number, length: number): number => {
    const option = findOption(view, at + OPTIONS, end, code, littleEndian)
    return option >= 0 && optionLength(view, option, littleEndian) >= length ? optionValue(option) : -1
  }
  const text = (code: number, skip = 0): string | null => {
    const value = find(code, skip + 1)
    if (value < 0) return null
    const length = Math.min(view.getUint16(value - 2, littleEndian), MAX_TEXT)
    const octets = new Uint8Array(view.buffer, view.byteOffset + value + skip, length - skip)
    // Names end at a NUL for some writers, against the draft.
    return DECODER.decode(octets).split('\0', 1)[0] || null
  }
  const resolutionAt = find(Option.TimeResolution, 1)
  const resolution = resolutionAt < 0 ? DEFAULT_RESOLUTION : view.getUint8(resolutionAt)
  const isSupported = TickClock.isSupported(resolution)
  const offsetAt = find(Option.TimeOffset, 8)
  const offset = offsetAt < 0 ? 0 : Number(view.getBigInt64(offsetAt, littleEndian))
  return {
    described: {
      name: text(Option.Name),
      description: text(Option.Description),
      linkType: view.getUint16(at + LINK_TYPE, littleEndian),
      snapLength: view.getUint32(at + SNAP_LENGTH, littleEndian),
      timeKind: 'absolute',
      section,
      host: null,
      command: null,
      filter: filterText(view, find(Option.Filter, 2)) ? text(Option.Filter, 1) : null,
    },
    clock: new TickClock(isSupported ? resolution : DEFAULT_RESOLUTION, offset),
    unsupportedResolution: isSupported ? undefined : resolution,
  }
}

/** The first octet of `if_filter` is 0 where a libpcap expression follows, 1 where BPF instructions do. */
function filterText(view: DataView, value: number): boolean {
  return value >= 0 && view.getUint8(value) === 0
}

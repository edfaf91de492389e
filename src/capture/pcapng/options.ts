/** Code and length of an option, draft-ietf-opsawg-pcapng §3.5. */
const OPTION_HEADER = 4
const END_OF_OPTIONS = 0

/**
 * Finds an option of a block.
 *
 * Allocates nothing. A length that points past the block ends the list; what came before it counts.
 *
 * @param at - First octet of the options.
 * @param end - One past the last octet of the options.
 * @param code - Option wanted; the first one with it is found.
 * @returns Where the option's code is, or −1. Its value, of the length given by {@link optionLength}, begins 4 octets on.
 */
export function findOption(view: DataView, at: number, end: number, code: number, littleEndian: boolean): number {
  let option = at
  while (option + OPTION_HEADER <= end) {
    const found = view.getUint16(option, littleEndian)
    if (found === END_OF_OPTIONS) return -1
    const length = view.getUint16(option + 2, littleEndian)
    if (option + OPTION_HEADER + length > end) return -1
    if (found === code) return option
    option += OPTION_HEADER + length + (-length & 3)
  }
  return -1
}

/** Length in octets of the value of an option found by {@link findOption}. */
export function optionLength(view: DataView, option: number, littleEndian: boolean): number {
  return view.getUint16(option + 2, littleEndian)
}

/** First octet of the value of an option found by {@link findOption}. */
export function optionValue(option: number): number {
  return option + OPTION_HEADER
}

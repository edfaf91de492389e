import { findOption, optionLength, optionValue } from './options.ts'

/** Options in octets from the start of the block's body, draft-ietf-opsawg-pcapng §4.6. */
const OPTIONS = 12
/** `isb_ifdrop` and `isb_osdrop`: packets lost by the interface and by the operating system. */
const DROP_OPTIONS: readonly number[] = [5, 7]

/** Packets that an interface statistics block counts as lost; 0 where it does not say. */
export function droppedPackets(view: DataView, at: number, end: number, littleEndian: boolean): number {
  let dropped = 0
  for (const code of DROP_OPTIONS) {
    const option = findOption(view, at + OPTIONS, end, code, littleEndian)
    if (option < 0 || optionLength(view, option, littleEndian) < 8) continue
    dropped += Number(view.getBigUint64(optionValue(option), littleEndian))
  }
  return dropped
}

import type { PacketView } from '../packet/packet-view.ts'

const HAS_MSS = 1 << 21
const HAS_WINDOW_SCALE = 1 << 22
const SCALE_SHIFT = 16
const SCALE_MASK = 31

/** MSS and window scale of a SYN in one word; never 0, so that 0 stands for "no SYN". */
export function packSynOptions(view: PacketView): number {
  const mss = view.mss < 0 ? 0 : (view.mss & 0xffff) | HAS_MSS
  const scale = view.windowScale < 0 ? 0 : (Math.min(view.windowScale, SCALE_MASK) << SCALE_SHIFT) | HAS_WINDOW_SCALE
  return mss | scale | (1 << 23)
}

/** MSS option, `null` where the SYN had none or was not captured. */
export function mssOf(options: number): number | null {
  return (options & HAS_MSS) === 0 ? null : options & 0xffff
}

/** Window scale option, a shift count; `null` where there was none. */
export function windowScaleOf(options: number): number | null {
  return (options & HAS_WINDOW_SCALE) === 0 ? null : (options >> SCALE_SHIFT) & SCALE_MASK
}

import { formatIp } from '../core/ip.ts'
import type { PacketView } from '../packet/packet-view.ts'
import type { IcmpError } from './flow.ts'
import { type ExtraPool, extraOf } from './flow-extra.ts'
import type { FlowStore } from './flow-store.ts'

/** Errors kept a flow; the first ones tell the story. */
const MAX_ERRORS = 8

/**
 * Ties an ICMP error to the flow it quotes, on which the cursor is.
 *
 * @param side - Which direction of the flow the quoted packet belongs to.
 */
export function attachIcmpError(store: FlowStore, extras: ExtraPool, view: PacketView, side: 0 | 1): void {
  const extra = extraOf(store, extras)
  extra.icmpErrors ??= []
  if (extra.icmpErrors.length < MAX_ERRORS) extra.icmpErrors.push(icmpErrorOf(view, side === 0))
}

function icmpErrorOf(view: PacketView, quotesForward: boolean): IcmpError {
  const { ipVersion: family } = view
  return {
    type: view.icmpType,
    code: view.icmpCode,
    family,
    from: formatIp(family, view.src0, view.src1, view.src2, view.src3),
    to: formatIp(family, view.dst0, view.dst1, view.dst2, view.dst3),
    quotesForward,
    mtu: view.icmpMtu,
    timeSec: view.timeSec,
    timeNsec: view.timeNsec,
    record: view.recordNumber,
  }
}

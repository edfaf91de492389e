import { TcpFlag } from '../core/tcp-flags.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'

const { BITS, HANDSHAKE, KIND, Kind, SIDE_WORDS, SIDES, SideBit } = layout
const { HandshakeTimed, OriginKnown, SynTimed } = Kind

/**
 * A SYN of the originator, or a SYN-ACK of the responder, says who opened the flow the cursor is on; the first SYN starts
 * the handshake's time.
 */
export function noteSyn(store: FlowStore, side: 0 | 1, flags: number, t: number): void {
  const at = store.base + KIND
  const isSyn = (flags & TcpFlag.Ack) === 0
  if (isSyn === (side === 0)) store.mark(at, OriginKnown)
  if (!isSyn || side !== 0 || (store.int(at) & SynTimed) !== 0) return
  store.setColdDouble(HANDSHAKE, t)
  store.mark(at, SynTimed)
}

/** The originator's first acknowledgment after the SYN-ACK ends the handshake. */
export function timeHandshakeAck(store: FlowStore, t: number): void {
  const at = store.base + KIND
  if ((store.int(at) & (SynTimed | HandshakeTimed)) !== SynTimed) return
  if ((store.int(store.base + SIDES + SIDE_WORDS + BITS) & SideBit.ShownSynAck) === 0) return
  store.setColdDouble(HANDSHAKE, t - store.coldDouble(HANDSHAKE))
  store.mark(at, HandshakeTimed)
}

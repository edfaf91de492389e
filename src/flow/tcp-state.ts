import { TcpFlag } from '../core/tcp-flags.ts'

/** State of one side, Zeek's names; kept in three bits. */
export const TcpState = {
  Inactive: 0,
  SynSent: 1,
  Partial: 2,
  Established: 3,
  Closed: 4,
  Reset: 5,
} as const
export type TcpState = (typeof TcpState)[keyof typeof TcpState]

/** Bits of a side's word that hold its state and the one before it. */
export const STATE_BITS = 0x3f

export function stateOf(bits: number): number {
  return bits & 7
}

export function previousStateOf(bits: number): number {
  return (bits >> 3) & 7
}

/** The side's bits with a new state; the old one becomes the previous. */
export function enterState(bits: number, state: number): number {
  return (bits & ~STATE_BITS) | ((bits & 7) << 3) | state
}

const { Syn, Fin, Rst, Ack } = TcpFlag

/**
 * State of the sender after a segment (flow reference, 1.3 without SYN_ACK_SENT).
 *
 * @param e - Bits of the sender, state first.
 * @param peer - Bits of the peer.
 * @param isOriginator - Whether the sender opened the flow.
 * @returns The sender's new bits. {@link nextPeerBits} gives the peer's.
 */
export function nextBits(e: number, peer: number, isOriginator: boolean, flags: number, payload: number): number {
  switch (stateOf(e)) {
    case TcpState.Inactive:
      return fromInactive(e, peer, isOriginator, flags, payload)
    case TcpState.SynSent:
      return closeOrReset(e, flags)
    case TcpState.Established:
    case TcpState.Partial:
      return fromOpen(e, peer, flags)
    case TcpState.Closed:
      return (flags & Rst) !== 0 && stateOf(peer) !== TcpState.Closed ? enterState(e, TcpState.Reset) : e
    default:
      return e
  }
}

/** The peer's bits after the same segment; `before` and `after` are the sender's. */
export function nextPeerBits(before: number, peer: number, isOriginator: boolean, flags: number): number {
  const state = stateOf(before)
  if (state === TcpState.Inactive) {
    const answered = (flags & Syn) !== 0 && !isOriginator && stateOf(peer) === TcpState.SynSent
    return answered ? enterState(peer, TcpState.Established) : peer
  }
  const open = state === TcpState.Established || state === TcpState.Partial
  const finishes = open && (flags & Fin) !== 0 && (flags & Rst) === 0
  const wasClosed = stateOf(peer) === TcpState.Reset && previousStateOf(peer) === TcpState.Closed
  return finishes && wasClosed ? enterState(peer, TcpState.Closed) : peer
}

function fromInactive(e: number, peer: number, isOriginator: boolean, flags: number, payload: number): number {
  if ((flags & (Syn | Fin | Rst)) === 0) {
    const peerState = stateOf(peer)
    // An acknowledgment ahead of the SYN-ACK says nothing yet.
    if (!isOriginator && payload === 0 && peerState === TcpState.SynSent) return e
    const missedSyn = (flags & Ack) !== 0 && peerState === TcpState.Established
    return enterState(e, missedSyn ? TcpState.Established : TcpState.Partial)
  }
  const opened = (flags & Syn) === 0 ? e : enterState(e, isOriginator ? TcpState.SynSent : TcpState.Established)
  return closeOrReset(opened, flags)
}

function fromOpen(e: number, peer: number, flags: number): number {
  const lateSyn = (flags & (Syn | Ack)) === Syn && stateOf(e) === TcpState.Partial
  if (lateSyn && stateOf(peer) === TcpState.Inactive) return closeOrReset(enterState(e, TcpState.SynSent), flags)
  if ((flags & Rst) !== 0) return enterState(e, TcpState.Reset)
  return (flags & Fin) !== 0 ? enterState(e, TcpState.Closed) : e
}

function closeOrReset(e: number, flags: number): number {
  const closed = (flags & Fin) !== 0 ? enterState(e, TcpState.Closed) : e
  return (flags & Rst) !== 0 ? enterState(closed, TcpState.Reset) : closed
}

/** A SYN by the originator, nothing that got through by it since, then its own reset. */
const SYN_THEN_RESET = /^\^?S[^HAFGIQ]*R/

/**
 * Zeek's conn_state; the first line that holds decides (flow reference, 1.4).
 *
 * @param os - State of the originator, `rs` of the responder.
 * @param noPayload - No payload octets in either direction.
 */
export function connState(os: number, rs: number, noPayload: boolean, history: string): string {
  if (rs === TcpState.Reset) {
    if (os === TcpState.SynSent || (os === TcpState.Reset && noPayload)) return 'REJ'
    return isSilent(os) ? 'RSTRH' : 'RSTR'
  }
  if (os === TcpState.Reset) {
    if (!isSilent(rs)) return 'RSTO'
    return SYN_THEN_RESET.test(history) ? 'RSTOS0' : 'OTH'
  }
  if (os === TcpState.Closed) {
    if (rs === TcpState.Closed) return 'SF'
    return isSilent(rs) ? 'SH' : 'S2'
  }
  if (rs === TcpState.Closed) return isSilent(os) ? 'SHR' : 'S3'
  if (os === TcpState.SynSent && rs === TcpState.Inactive) return 'S0'
  return os === TcpState.Established && rs === TcpState.Established ? 'S1' : 'OTH'
}

function isSilent(state: number): boolean {
  return state === TcpState.Inactive || state === TcpState.Partial
}

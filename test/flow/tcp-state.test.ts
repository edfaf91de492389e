import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../src/core/tcp-flags.ts'
import {
  connState,
  enterState,
  nextBits,
  nextPeerBits,
  previousStateOf,
  stateOf,
  TcpState,
} from '../../src/flow/tcp-state.ts'

const { Syn, Fin, Rst, Ack } = TcpFlag
const { Inactive, SynSent, Partial, Established, Closed, Reset } = TcpState

describe('nextBits()', () => {
  // The table of the flow reference, 1.3: sender's state, peer's state, sent by the originator, flags, payload, next.
  const rows: readonly [string, number, number, boolean, number, number, number][] = [
    ['SYN of the originator', Inactive, Inactive, true, Syn, 0, SynSent],
    ['SYN of the responder', Inactive, SynSent, false, Syn, 0, Established],
    ['SYN-ACK of the responder', Inactive, SynSent, false, Syn | Ack, 0, Established],
    ['SYN and FIN of the originator', Inactive, Inactive, true, Syn | Fin, 0, Closed],
    ['SYN, FIN and RST', Inactive, Inactive, true, Syn | Fin | Rst, 0, Reset],
    ['FIN first', Inactive, Inactive, true, Fin | Ack, 0, Closed],
    ['RST first', Inactive, SynSent, false, Rst | Ack, 0, Reset],
    ['early ACK of the responder', Inactive, SynSent, false, Ack, 0, Inactive],
    ['early data of the responder', Inactive, SynSent, false, Ack, 5, Partial],
    ['ACK toward an established peer', Inactive, Established, true, Ack, 0, Established],
    ['data without ACK toward an established peer', Inactive, Established, true, 0, 5, Partial],
    ['midstream', Inactive, Inactive, true, Ack, 5, Partial],
    ['ACK of a SYN_SENT originator', SynSent, Inactive, true, Ack, 0, SynSent],
    ['FIN of a SYN_SENT originator', SynSent, Inactive, true, Fin, 0, Closed],
    ['RST of a SYN_SENT originator', SynSent, Inactive, true, Rst, 0, Reset],
    ['late SYN of a side seen in midstream', Partial, Inactive, true, Syn, 0, SynSent],
    ['the same once the peer spoke', Partial, Partial, true, Syn, 0, Partial],
    ['SYN-ACK of a side seen in midstream', Partial, Inactive, true, Syn | Ack, 0, Partial],
    ['FIN', Established, Established, true, Fin | Ack, 0, Closed],
    ['RST', Established, Established, true, Rst, 0, Reset],
    ['FIN and RST', Established, Established, true, Fin | Rst, 0, Reset],
    ['data', Established, Established, true, Ack, 5, Established],
    ['RST of a closed side toward an open one', Closed, Established, true, Rst, 0, Reset],
    ['RST of a closed side toward a closed one', Closed, Closed, true, Rst, 0, Closed],
    ['data of a closed side', Closed, Established, true, Ack, 5, Closed],
    ['anything of a reset side', Reset, Established, true, Syn | Fin, 5, Reset],
  ]
  test.each(rows)('%s', (_name, e, peer, isOriginator, flags, payload, next) => {
    expect(stateOf(nextBits(e, peer, isOriginator, flags, payload))).toBe(next)
  })

  test('remembers the state before', () => {
    const closed = nextBits(Established, Established, true, Fin | Ack, 0)
    expect(previousStateOf(closed)).toBe(Established)
    expect(previousStateOf(nextBits(Inactive, Inactive, true, Syn | Fin, 0))).toBe(SynSent)
  })

  test('leaves the other bits of the word alone', () => {
    expect(enterState(0x7fff_ffc3, Closed) & ~0x3f).toBe(0x7fff_ffc0)
  })
})

describe('nextPeerBits()', () => {
  test('an answered originator is established', () => {
    expect(stateOf(nextPeerBits(Inactive, SynSent, false, Syn | Ack))).toBe(Established)
    expect(stateOf(nextPeerBits(Inactive, SynSent, false, Ack))).toBe(SynSent)
    expect(stateOf(nextPeerBits(Inactive, Established, false, Syn | Ack))).toBe(Established)
  })

  test('a FIN answers the reset of a side that had closed before', () => {
    const resetAfterClose = enterState(enterState(Established, Closed), Reset)
    expect(stateOf(nextPeerBits(Established, resetAfterClose, false, Fin | Ack))).toBe(Closed)
    expect(stateOf(nextPeerBits(Established, resetAfterClose, false, Fin | Rst))).toBe(Reset)
    expect(stateOf(nextPeerBits(Established, enterState(Established, Reset), false, Fin))).toBe(Reset)
  })
})

describe('connState()', () => {
  const rows: readonly [string, number, number, boolean, string][] = [
    ['REJ', SynSent, Reset, true, 'Sr'],
    ['REJ', Reset, Reset, true, 'ShRr'],
    ['RSTR', Reset, Reset, false, 'ShADRr'],
    ['RSTRH', Inactive, Reset, true, '^hr'],
    ['RSTRH', Partial, Reset, false, 'Dr'],
    ['RSTR', Established, Reset, true, 'ShAr'],
    ['RSTR', Closed, Reset, true, 'ShAFr'],
    ['RSTOS0', Reset, Inactive, true, 'SR'],
    ['RSTOS0', Reset, Inactive, true, '^SR'],
    ['RSTOS0', Reset, Inactive, true, 'SaR'],
    ['OTH', Reset, Inactive, true, 'SAR'],
    ['OTH', Reset, Inactive, true, 'R'],
    ['OTH', Reset, Partial, true, 'DR'],
    ['RSTO', Reset, Established, true, 'ShAR'],
    ['RSTO', Reset, Closed, true, 'ShADadfR'],
    ['SF', Closed, Closed, true, 'ShAFf'],
    ['SH', Closed, Inactive, true, 'SF'],
    ['SH', Closed, Partial, true, 'SFd'],
    ['S2', Closed, Established, true, 'ShAF'],
    ['SHR', Inactive, Closed, true, '^hf'],
    ['SHR', Partial, Closed, true, 'Df'],
    ['S3', Established, Closed, true, 'ShAf'],
    ['S0', SynSent, Inactive, true, 'S'],
    ['S1', Established, Established, true, 'ShA'],
    ['OTH', Partial, Partial, false, 'Dd'],
    ['OTH', SynSent, Partial, false, 'Sd'],
    ['OTH', Inactive, Established, true, '^h'],
  ]
  test.each(rows)('%s for originator %i, responder %i, no payload %s, history %s', (state, os, rs, none, history) => {
    expect(connState(os, rs, none, history)).toBe(state)
  })
})

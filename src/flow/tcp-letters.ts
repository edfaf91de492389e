import { TcpFlag } from '../core/tcp-flags.ts'
import type { ExtraPool } from './flow-extra.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { addLetter, Letter } from './history.ts'

const { BITS, FIN_END, RST_AT, SIDE_WORDS, SIDES, SideBit } = layout
const { LetterFin, LetterFinRst, LetterMulti, LetterRst, LetterSyn } = SideBit

const { Syn, Fin, Rst, Ack } = TcpFlag
const CONTROL = Syn | Fin | Rst

/**
 * Writes the letter of a SYN, FIN or RST into the history of the flow the cursor is on: once a side, and again only for
 * another sequence number (flow reference, 1.5).
 *
 * @param flags - Of the segment, at least one of the three.
 * @param from - Start of the segment, from the side's start; `to` its end.
 */
export function addControlLetter(
  store: FlowStore,
  extras: ExtraPool,
  side: 0 | 1,
  flags: number,
  from: number,
  to: number,
): void {
  const e = store.base + SIDES + side * SIDE_WORDS
  switch (flags & CONTROL) {
    case Syn:
      if (wasSeen(store, e, LetterSyn) && from === 0) break
      addLetter(store, extras, (flags & Ack) !== 0 ? Letter.SynAck : Letter.Syn, side)
      break
    case Fin:
      if (wasSeen(store, e, LetterFin) && (to | 0) === store.int(e + FIN_END)) break
      addLetter(store, extras, Letter.Fin, side)
      break
    case Rst: {
      const isSame = wasSeen(store, e, LetterRst) && (from | 0) === store.coldInt(RST_AT + side)
      store.setColdInt(RST_AT + side, from | 0)
      if (!isSame) addLetter(store, extras, Letter.Rst, side)
      break
    }
    case Fin | Rst:
    case Syn | Fin | Rst:
      addLetterOnce(store, extras, side, LetterFinRst, Letter.FinRst)
      break
    default:
      addLetterOnce(store, extras, side, LetterMulti, Letter.MultiFlag)
  }
  if ((flags & Fin) !== 0) store.setInt(e + FIN_END, to | 0)
}

/** Writes a letter that appears once a side, and `bit` that it has. */
export function addLetterOnce(store: FlowStore, extras: ExtraPool, side: 0 | 1, bit: number, letter: Letter): void {
  if (!wasSeen(store, store.base + SIDES + side * SIDE_WORDS, bit)) addLetter(store, extras, letter, side)
}

/** Whether the side has shown a letter before; it has from now on. */
function wasSeen(store: FlowStore, e: number, bit: number): boolean {
  const seen = (store.int(e + BITS) & bit) !== 0
  if (!seen) store.mark(e + BITS, bit)
  return seen
}

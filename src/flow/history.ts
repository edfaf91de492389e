import { type ExtraPool, extraOf } from './flow-extra.ts'
import { EXTRA, HISTORY } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'

/** Five bits a letter; 0 is none. Lower case, for the responder, is 16 more. */
const LETTERS = ' SHADFRIQWTG^'
const LETTERS_A_WORD = 6
const INLINE_LETTERS = 2 * LETTERS_A_WORD
/** Each repeated reset or FIN of a new number is a letter, so that a capture could grow it without end. */
const MAX_TAIL = 500

/** Letters of Zeek's history vocabulary that the flow table writes; see the flow reference, 1.5. */
export const Letter = {
  Syn: 1,
  SynAck: 2,
  Ack: 3,
  Data: 4,
  Fin: 5,
  Rst: 6,
  FinRst: 7,
  MultiFlag: 8,
  ZeroWindow: 9,
  Rewind: 10,
  Gap: 11,
  Flipped: 12,
} as const
export type Letter = (typeof Letter)[keyof typeof Letter]

function letterText(code: number): string {
  const letter = LETTERS[code & 15] ?? ''
  return (code & 16) !== 0 ? letter.toLowerCase() : letter
}

/** Whether the n-th repetition of an event earns its letter: the 1st, 10th, 100th … */
export function isPowerOfTen(n: number): boolean {
  let power = 1
  while (power < n) power *= 10
  return power === n
}

/** Appends a letter to the history of the flow the cursor is on. */
export function addLetter(store: FlowStore, extras: ExtraPool, letter: Letter, side: number): void {
  const code = letter | (side << 4)
  for (let i = 0; i < INLINE_LETTERS; i++) {
    const at = HISTORY + (i >= LETTERS_A_WORD ? 1 : 0)
    const shift = (i % LETTERS_A_WORD) * 5
    const word = store.coldInt(at)
    if (((word >>> shift) & 31) !== 0) continue
    store.setColdInt(at, word | (code << shift))
    return
  }
  const extra = extraOf(store, extras)
  if (extra.historyTail.length < MAX_TAIL) extra.historyTail += letterText(code)
}

/** History of the flow the cursor is on, as Zeek writes it. */
export function historyText(store: FlowStore, extras: ExtraPool): string {
  let text = ''
  for (let at = HISTORY; at < HISTORY + 2; at++) {
    for (let word = store.coldInt(at); word !== 0; word >>>= 5) text += letterText(word & 31)
  }
  return text + (extras.get(store.int(store.base + EXTRA))?.historyTail ?? '')
}

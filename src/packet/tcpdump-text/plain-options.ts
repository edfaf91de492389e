import type { PacketView } from '../packet-view.ts'
import { digitAt, fitsWord, fourOctets, textAsNumber, threeOctets } from './plain-octets.ts'

const SPACE = 0x20
const COMMA = 0x2c
const COLON = 0x3a
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

const Word = {
  Ons: textAsNumber('ons '),
  Nop: textAsNumber('nop'),
  TsV: textAsNumber('TS v'),
  Al: textAsNumber('al '),
  Ecr: textAsNumber(' ecr'),
  Mss: textAsNumber('mss '),
  Wsca: textAsNumber('wsca'),
  Le: textAsNumber('le '),
  Sack: textAsNumber('sack'),
} as const

/** Scans the options that nearly all segments carry; see {@link PlainLineScanner}. */
export class PlainOptionsScanner {
  /** Octets of the options last scanned, not rounded up. */
  length = 0
  #value = 0

  /**
   * Scans from `ons [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7]` on.
   *
   * @returns Position behind the bracket, 0 where an option is not one of the plain ones.
   */
  scan(bytes: Uint8Array, start: number, view: PacketView): number {
    if (fourOctets(bytes, start) !== Word.Ons || bytes[start + 4] !== OPENING_BRACKET) return 0
    let at = start + 5
    let length = 0
    for (;;) {
      const word = fourOctets(bytes, at)
      if (word >>> 8 === Word.Nop) {
        at += 3
        length += 1
      } else if (word === Word.TsV) {
        at = this.#scanTimestamps(bytes, at + 4, view)
        length += 10
      } else {
        at = this.#scanHandshakeOption(word, bytes, at + 4, view)
        length += this.#value
      }
      if (at === 0) return 0
      const separator = bytes[at++]
      if (separator === CLOSING_BRACKET) break
      if (separator !== COMMA) return 0
    }
    this.length = length
    return at
  }

  // "al 1152497573 ecr 0"
  #scanTimestamps(bytes: Uint8Array, start: number, view: PacketView): number {
    if (threeOctets(bytes, start) !== Word.Al) return 0
    let at = start + 3
    for (let isEcho = false; ; isEcho = true) {
      const first = at
      let value = 0
      for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) value = (value * 10 + digit) | 0
      if (at - first > 9 ? !fitsWord(bytes, first, at) : at === first) return 0
      if (isEcho) {
        view.tsEcr = value >>> 0
        view.hasTimestamps = 1
        return at
      }
      view.tsVal = value >>> 0
      if (fourOctets(bytes, at) !== Word.Ecr || bytes[at + 4] !== SPACE) return 0
      at += 5
    }
  }

  // Options of SYNs, and SACK. Leaves the octets of the option in `#value`.
  #scanHandshakeOption(word: number, bytes: Uint8Array, start: number, view: PacketView): number {
    let at = 0
    switch (word) {
      case Word.Mss:
        at = this.#number(bytes, start)
        view.mss = this.#value
        this.#value = 4
        return at
      case Word.Wsca:
        at = threeOctets(bytes, start) === Word.Le ? this.#number(bytes, start + 3) : 0
        view.windowScale = this.#value
        this.#value = 3
        return at
      case Word.Sack:
        return this.#scanSack(bytes, start, view)
      default:
        return 0
    }
  }

  // "OK", or " 2 {1:5}{9:13}"
  #scanSack(bytes: Uint8Array, start: number, view: PacketView): number {
    if (bytes[start] === 0x4f && bytes[start + 1] === 0x4b) {
      view.sackPermitted = 1
      this.#value = 2
      return start + 2
    }
    let at = bytes[start] === SPACE ? this.#number(bytes, start + 1) : 0
    const blocks = this.#value
    if (at === 0 || blocks < 1 || blocks > 4 || bytes[at++] !== SPACE) return 0
    for (let i = 0; i < blocks; i++) {
      at = bytes[at] === OPENING_BRACE ? this.#number(bytes, at + 1) : 0
      if (at === 0 || bytes[at] !== COLON) return 0
      at = this.#number(bytes, at + 1)
      if (at === 0 || bytes[at++] !== CLOSING_BRACE) return 0
    }
    this.#value = 2 + 8 * blocks
    return at
  }

  #number(bytes: Uint8Array, start: number): number {
    let at = start
    let value = 0
    for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) value = (value * 10 + digit) | 0
    this.#value = value
    return at === start || (at - start > 9 && !fitsWord(bytes, start, at)) ? 0 : at
  }
}

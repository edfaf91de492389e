import picocolors from 'picocolors'
import type { VerdictName } from '../../audit/verdict.ts'

type Paint = (text: string) => string

/** Colours and signs of the terminal report. Every sign stands beside a word, so that nothing is lost without colour. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly good: Paint
  verdict(name: VerdictName, text: string): string
  sign(name: VerdictName): string
}

const SIGNS: Readonly<Record<VerdictName, string>> = {
  contradiction: '✗',
  inconclusive: '?',
  consistent: '✓',
  not_applicable: '·',
}

/** @param color - Whether ANSI colours may be used. */
export function makeStyle(color: boolean): Style {
  const { bold, dim, red, yellow, green } = picocolors.createColors(color)
  const paints: Readonly<Record<VerdictName, Paint>> = {
    contradiction: (text) => bold(red(text)),
    inconclusive: yellow,
    consistent: green,
    not_applicable: dim,
  }
  return {
    bold,
    dim,
    bad: paints.contradiction,
    warn: yellow,
    good: green,
    verdict: (name, text) => paints[name](text),
    sign: (name) => paints[name](SIGNS[name]),
  }
}

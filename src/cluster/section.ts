import type { SourceRef } from '../core/source-ref.ts'
import type { NodeHint } from './facts.ts'

/** One output: a whole file, or the part of a pasted transcript under one command. */
export interface Section {
  readonly file: string
  /** Decoded text, LF line ends, without colours; noise lines are empty, so that line numbers hold. */
  readonly text: string
  /** 1-based line of `text`'s first line in the file. */
  readonly firstLine: number
  readonly hint: NodeHint
  /** Command line the output was pasted under, or the one a bugtool file name stands for; `null` where not known. */
  readonly command: string | null
  /** One of the many files of an archive: what is not recognised there is listed, not warned of. */
  readonly quiet: boolean
}

/** One non-empty line of a section with its number in the file. */
export interface NumberedLine {
  readonly text: string
  readonly line: number
}

/** The lines of a section that hold more than blanks. */
export function numberedLines(section: Section): NumberedLine[] {
  return section.text
    .split('\n')
    .map((text, index) => ({ text, line: section.firstLine + index }))
    .filter(({ text }) => text.trim() !== '')
}

/** Reference to a line of a section's file. */
export function lineSource(section: Section, line: number): SourceRef {
  return { file: section.file, line }
}

import { count, type Outcome } from './formats/format.ts'

/** An outcome in words: `3 nodes, 22 pods`, with the remark behind it. */
export function formatTaken({ taken, note }: Pick<Outcome, 'taken' | 'note'>): string {
  const counted = (taken ?? []).filter(([number]) => number > 0).map(([number, noun]) => count(number, noun))
  if (taken !== undefined && counted.length === 0) counted.push('nothing in it')
  return [...(counted.length > 0 ? [counted.join(', ')] : []), ...(note === undefined ? [] : [note])].join('; ')
}

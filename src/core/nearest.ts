/**
 * What somebody who wrote `name` may have meant: the known name with the fewest letters to change, if these are few.
 *
 * @param known - Names, dotted ones also meant by their last part.
 */
export function nearest(name: string, known: readonly string[]): string | null {
  const last = name.toLowerCase()
  const sameEnd = known.find((each) => each.toLowerCase() === last || each.toLowerCase().endsWith(`.${last}`))
  if (sameEnd !== undefined) return sameEnd
  const longer = known.find((each) => last.length > 3 && each.toLowerCase().startsWith(last))
  if (longer !== undefined) return longer
  const ranked = known.map((each) => [distance(last, each.toLowerCase()), each] as const).sort((a, b) => a[0] - b[0])
  const [best] = ranked
  return best !== undefined && best[0] <= Math.max(1, Math.floor(name.length / 3)) ? best[1] : null
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? 0
}

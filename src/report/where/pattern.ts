/**
 * Whether a text holds a pattern, letters of either case alike: a substring, or with `*` (any characters) and `?` (one) the
 * whole text. Takes time proportional to the product of the lengths at most, whatever the pattern.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const subject = text.toLowerCase()
  const wanted = pattern.toLowerCase()
  return /[*?]/.test(wanted) ? matchesGlob(subject, wanted) : subject.includes(wanted)
}

// Greedy with one point to fall back to: a later star makes every earlier choice irrelevant.
function matchesGlob(text: string, pattern: string): boolean {
  let at = 0
  let p = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++
      resume = at
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p++
      at++
    } else if (star >= 0) {
      p = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

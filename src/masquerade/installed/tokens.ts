/** One word of a rule; a quoted one is never an option, whatever it begins with. */
export interface Token {
  readonly text: string
  readonly quoted: boolean
}

/**
 * Splits a rule as iptables-save prints it: words parted by blanks, comments in double quotes with `\"` and `\\` inside.
 *
 * @returns `undefined` where a quotation does not end.
 */
export function tokenizeRule(text: string): Token[] | undefined {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/\s/.test(char)) {
      at++
      continue
    }
    if (char === '"' || char === "'") {
      const end = closingQuote(text, at)
      if (end < 0) return undefined
      tokens.push({ text: text.slice(at + 1, end).replace(/\\(.)/g, '$1'), quoted: true })
      at = end + 1
      continue
    }
    const rest = text.slice(at)
    const word = /^\S+/.exec(rest)?.[0] ?? rest
    tokens.push({ text: word, quoted: false })
    at += word.length
  }
  return tokens
}

function closingQuote(text: string, open: number): number {
  const quote = text[open]
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return -1
}

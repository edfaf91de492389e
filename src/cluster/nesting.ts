/** Levels of brackets, and columns of indentation, that a text may have; no manifest comes near. */
export const MAX_NESTING = 500

/** Blanks and the signs that open a level of YAML without a line of their own: `- - - a`. */
const DEEP_INDENT = new RegExp(`^(?: |[-?:] ){${MAX_NESTING}}`, 'm')

/**
 * Whether JSON or YAML nests deeper than anything that is meant. Parsers and all that walks a value call themselves for each
 * level; where the stack ends inside a regular expression, V8 ends the process. Brackets in strings count too: there they come
 * in pairs, and where a string of YAML ends cannot be told without parsing it.
 */
export function nestsTooDeep(text: string): boolean {
  if (text.length < MAX_NESTING) return false
  return bracketsTooDeep(text) || DEEP_INDENT.test(text)
}

function bracketsTooDeep(text: string): boolean {
  if (numberOf('{', text) + numberOf('[', text) <= MAX_NESTING) return false
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') depth++
    else if (depth > 0) depth--
    if (depth > MAX_NESTING) return true
  }
  return false
}

/** Occurrences, counted no further than matters. */
function numberOf(bracket: string, text: string): number {
  let number = 0
  for (let at = text.indexOf(bracket); at >= 0 && number <= MAX_NESTING; at = text.indexOf(bracket, at + 1)) number++
  return number
}

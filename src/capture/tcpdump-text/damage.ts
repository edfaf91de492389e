const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&gt;', '>'],
  ['&lt;', '<'],
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&#62;', '>'],
  ['&#60;', '<'],
  ['&#38;', '&'],
  ['&#x3e;', '>'],
  ['&#x3c;', '<'],
  ['&nbsp;', ' '],
  ['&#160;', ' '],
])
const ENTITY = /&(?:gt|lt|amp|quot|nbsp|#62|#60|#38|#160|#x3[ec]);/gi

// ECMA-48: CSI … final, OSC … BEL or ST, and two-character escapes.
const ESCAPE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>])/g
const WIDE_SPACE = /[\u00a0\u2007\u202f]/g
const ZERO_WIDTH = /\u200b|\u200c|\u200d|\u2060|\ufeff/g
/** Everything below a space but the tab, and DEL. */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g

/**
 * Undoes what terminals, web pages and chats do to a line: escape sequences, no-break and zero-width spaces, HTML
 * entities, control characters. Entities are undone only where the line has no ` > ` of its own, since payload may hold them.
 */
export function undoDamage(line: string): string {
  // Plain lines are the rule; one test spares five replacements.
  if (!/[^\t -%'-~]/.test(line)) return line
  // What stands before the last lone carriage return was overwritten on the screen ("Got 5\r").
  const overwritten = line.lastIndexOf('\r')
  let text = (overwritten < 0 ? line : line.slice(overwritten + 1)).replace(ESCAPE, '').replace(CONTROL, '')
  text = text.replace(WIDE_SPACE, ' ').replace(ZERO_WIDTH, '')
  if (text.includes('&') && !text.includes(' > ')) {
    text = text.replace(ENTITY, (entity) => ENTITIES.get(entity.toLowerCase()) ?? entity)
  }
  return text
}

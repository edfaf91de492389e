/**
 * Whether the last line of a text looks like a packet that was cut off: a TCP segment without its length, or a label or
 * address pair with nothing behind it. Lines of other protocols cannot be told from whole ones.
 */
export function isCutShort(line: string): boolean {
  const fields = /: Flags \[.*$/.exec(line)?.[0]
  if (fields !== undefined) return isCutSegment(fields)
  if (/ IP6?$| IP6? \S*$| IP6? \S+ >?$| IP6? \S+ > [^ ]*[^: ]$/.test(line)) return true
  return /^\d{1,4}(?:[:-]\d{0,2}){0,2}(?:\.\d{0,8})?$/.test(line)
}

function isCutSegment(fields: string): boolean {
  if (/\[\|tcp\]|\[bad /.test(fields)) return false
  const length = /, length (\d+)/.exec(fields)
  if (length === null) return true
  const range = /, seq (\d+):(\d+)/.exec(fields)
  const segment = range === null ? undefined : (Number(range[2]) - Number(range[1])) >>> 0
  return segment !== undefined && !String(length[1]).startsWith(String(segment))
}

/** Characters of a text that a message shows. */
const LONG = 40

/** A value as an error message shows it: its type, and the value itself where it is short. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return 'object'
  if (typeof value === 'string') return `"${value.length > LONG ? `${value.slice(0, LONG)}…` : value}"`
  return `${typeof value} ${String(value)}`
}

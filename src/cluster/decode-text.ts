/** Escape sequences of terminals: colours, cursor movement, titles. */
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Characters tested when telling text from binary data. */
const SAMPLE = 4096

/**
 * Text of a file as people's tools write it: UTF-8 with or without byte order mark, UTF-16 (PowerShell redirects) with one or
 * told by its zero octets. `undefined` for binary data.
 */
export function decodeBytes(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes)
  if (encoding === undefined) return undefined
  return cleanText(new TextDecoder(encoding).decode(bytes))
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first = 0, second = 0] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, SAMPLE)
  const zeros = [0, 0]
  for (const [i, octet] of sample.entries()) if (octet === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (even === 0 && odd === 0) return 'utf-8'
  // Without a mark, ASCII in UTF-16 has nearly every other octet zero; anything else with zeros is no text.
  if (odd * 3 > sample.length && even === 0) return 'utf-16le'
  if (even * 3 > sample.length && odd === 0) return 'utf-16be'
  return undefined
}

/** Drops byte order mark, carriage returns before line ends, and terminal escape sequences. Line numbers stay. */
export function cleanText(text: string): string {
  const unmarked = text.startsWith('\ufeff') ? text.slice(1) : text
  const lines = unmarked.includes('\r') ? unmarked.replace(/\r+\n/g, '\n').replace(/\r/g, '\n') : unmarked
  return lines.includes('\u001b') ? lines.replace(ANSI, '') : lines
}

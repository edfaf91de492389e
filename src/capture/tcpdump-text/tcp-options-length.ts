/** Octets of the options that have a fixed length, by the word tcpdump prints (print-tcp.c `tcp_options`). */
const FIXED: Readonly<Record<string, number>> = {
  nop: 1,
  eol: 1,
  mss: 4,
  wscale: 3,
  sackOK: 2,
  TS: 10,
  timestamp: 10,
  echo: 6,
  echoreply: 6,
  cc: 6,
  ccnew: 6,
  ccecho: 6,
  md5: 18,
  uto: 4,
  scps: 4,
  sackrfc2018: 2,
}

/** What the printed options of a TCP header say of its length. */
export interface PrintedOptionsLength {
  /** Octets of the options as printed, not rounded up. */
  readonly octets: number
  /** False where the list is cut, corrupt, or holds an option whose length is not printed: then a lower bound. */
  readonly exact: boolean
}

/**
 * Adds up the lengths of printed TCP options.
 *
 * @param options - What stands between `options [` and `]`, or between `<` and `>` before tcpdump 4.0.
 */
export function printedOptionsLength(options: string): PrintedOptionsLength {
  let octets = 0
  let exact = true
  for (const option of splitOptions(options)) {
    if (option === '') continue
    const length = optionLength(option)
    if (length === undefined) exact = false
    else octets += length
    // The padding behind "eol" is not printed.
    if (option === 'eol') return { octets, exact }
  }
  return { octets, exact }
}

/** Splits at the commas between options; those inside braces, and those of the texts of `md5` and `mptcp`, stay. */
export function splitOptions(options: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < options.length; i++) {
    const char = options[i]
    if (char === '{') depth++
    else if (char === '}') depth--
    else if (char === ',' && depth <= 0 && options[i + 1] !== ' ') {
      parts.push(options.slice(start, i))
      start = i + 1
    }
  }
  parts.push(options.slice(start))
  return parts
}

function optionLength(option: string): number | undefined {
  const [word = '', second = ''] = option.replace(/\[len \d+\]$/, '').split(' ', 2)
  const stated = /\[len (\d+)\]$/.exec(option)
  // tcpdump goes on behind as many octets as the option should have, whatever length it states.
  if (stated) return FIXED[word] ?? Number(stated[1])
  if (word === 'sack') return 2 + 8 * (option.match(/\{/g)?.length ?? Number(second))
  if (word === 'mptcp') return /^\d+$/.test(second) ? Number(second) : undefined
  if (word === 'tfo' || word === 'exp-tfo') return fastOpenLength(option, word === 'tfo' ? 2 : 4)
  if (word === 'tcp-ao') return 4 + hexOctets(/mac 0x([0-9a-f]*)/.exec(option)?.[1])
  if (word.startsWith('unknown-')) return 2 + hexOctets(/0x([0-9a-f]*)/.exec(option)?.[1])
  if (word.startsWith('opt-')) return 2 + hexOctets(/:([0-9a-f]*)/.exec(option)?.[1])
  return FIXED[word]
}

function fastOpenLength(option: string, header: number): number {
  return header + hexOctets(/cookie ([0-9a-f]+)$/.exec(option)?.[1])
}

function hexOctets(hex: string | undefined): number {
  return hex === undefined ? 0 : hex.length / 2
}

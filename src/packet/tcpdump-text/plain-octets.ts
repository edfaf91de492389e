const ZERO = 0x30
/** The largest number of 32 bits, digit by digit. */
const LARGEST = '4294967295'

/** A text of at most four characters as one number, to be compared with what the functions below read. */
export function textAsNumber(text: string): number {
  let number = 0
  for (let i = 0; i < text.length; i++) number = (number << 8) | text.charCodeAt(i)
  return number
}

/** Four octets as one signed number. */
export function fourOctets(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  )
}

/** Three octets as one number. */
export function threeOctets(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
}

/** Value of the digit at a position, more than 9 where another octet or none stands there. */
export function digitAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at] as number) | 0) - ZERO) >>> 0
}

/** Whether the ten digits from `start` to `end` are a number of at most 32 bits; false for more digits. */
export function fitsWord(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LARGEST.length) return false
  for (let i = 0; i < LARGEST.length; i++) {
    const difference = (bytes[start + i] as number) - LARGEST.charCodeAt(i)
    if (difference !== 0) return difference < 0
  }
  return (bytes[start] as number) >= ZERO
}

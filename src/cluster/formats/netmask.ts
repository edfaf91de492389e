/**
 * Prefix length of a Go `net.IPMask` as it marshals: base64 of 4 or 16 octets (`//8AAA==` is /16), or hexadecimal as it
 * prints (`ffff0000`).
 *
 * @returns `undefined` where the text is no mask, or one with holes.
 */
export function prefixOfMask(text: string): number | undefined {
  const octets = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/.test(text) ? hexOctets(text) : base64Octets(text)
  if (octets === undefined || (octets.length !== 4 && octets.length !== 16)) return undefined
  const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')
  const prefix = bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0')
  return bits.includes('1', prefix) ? undefined : prefix
}

function hexOctets(text: string): number[] {
  return (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
}

/** Octets of a base64 text, `undefined` where it is none. */
export function base64Octets(text: string): number[] | undefined {
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  try {
    return [...atob(text)].map((char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

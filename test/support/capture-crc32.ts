/** CRC-32 of ISO 3309, as zip has it. */
export function crc32(octets: Uint8Array): number {
  let crc = 0xffffffff
  for (const octet of octets) {
    crc ^= octet
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

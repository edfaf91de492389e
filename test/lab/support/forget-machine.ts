// Options that name the capturing machine: shb_hardware 2, shb_os 3 in the section header, if_os 12, if_hardware 15 in
// an interface description (draft-ietf-opsawg-pcapng §4.1, §4.2).
const NAMING = new Map([
  [0x0a0d0d0a, { optionsAt: 24, codes: [2, 3] }],
  [1, { optionsAt: 16, codes: [12, 15] }],
])

/** A little-endian pcapng file without the options that name the machine it was captured on. */
export function forgetMachine(pcapng: Buffer): Buffer {
  const out: Buffer[] = []
  for (let at = 0; at < pcapng.length; ) {
    const length = pcapng.readUInt32LE(at + 4)
    const block = pcapng.subarray(at, at + length)
    const naming = NAMING.get(pcapng.readUInt32LE(at))
    out.push(naming ? withoutOptions(block, naming.optionsAt, naming.codes) : block)
    at += length
  }
  return Buffer.concat(out)
}

function withoutOptions(block: Buffer, optionsAt: number, codes: readonly number[]): Buffer {
  const kept = [block.subarray(0, optionsAt)]
  for (let at = optionsAt; at + 4 <= block.length - 4; ) {
    const code = block.readUInt16LE(at)
    const size = 4 + Math.ceil(block.readUInt16LE(at + 2) / 4) * 4
    if (!codes.includes(code)) kept.push(block.subarray(at, at + size))
    at += size
    if (code === 0) break
  }
  kept.push(block.subarray(block.length - 4))
  const result = Buffer.concat(kept)
  result.writeUInt32LE(result.length, 4)
  result.writeUInt32LE(result.length, result.length - 4)
  return result
}

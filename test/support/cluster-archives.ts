import { deflateRawSync, crc32 as zlibCrc32 } from 'node:zlib'
import tar from 'tar-stream'

/** An entry of an archive made for a test. */
export interface Entry {
  readonly name: string
  readonly data: string | Uint8Array
}

const octets = (data: string | Uint8Array): Buffer => Buffer.from(data)

/** A tar of plain files. */
export async function makeTar(entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack()
  for (const { name, data } of entries) pack.entry({ name }, octets(data))
  pack.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of pack) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

/** CRC-32 of PKZIP; `zlib.crc32` came with Node 20.15. */
function crc32(data: Buffer): number {
  if (typeof zlibCrc32 === 'function') return zlibCrc32(data)
  let crc = 0xffffffff
  for (const octet of data) crc = (TABLE[(crc ^ octet) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** A zip with deflated entries, as `cilium sysdump` writes one (APPNOTE.TXT §4.3). */
export function makeZip(entries: readonly Entry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data } of entries) {
    const raw = octets(data)
    const packed = deflateRawSync(raw)
    const nameOctets = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(raw), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(nameOctets.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameOctets, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, nameOctets]))
    files.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, central, Buffer.from('PK\x05\x06', 'latin1'), end])
}

import { deflateRawSync } from 'node:zlib'
import { crc32 } from './capture-crc32.ts'
import { concat, toOctets } from './packet-octets.ts'

/** A file in a zip archive. */
export interface ZipMember {
  readonly name: string
  readonly content: Uint8Array
  /** Size that the archive claims, where it is to lie. */
  readonly claimedSize?: number
  /** Bit 0 of the flags. */
  readonly encrypted?: boolean
  /** Compressed; else stored as it is. */
  readonly deflated?: boolean
}

export function zip(members: readonly ZipMember[]): Uint8Array {
  const locals: Uint8Array[] = []
  const centrals: Uint8Array[] = []
  let at = 0
  for (const member of members.map(withSalt)) {
    const stored = member.deflated ? new Uint8Array(deflateRawSync(member.content)) : member.content
    const local = concat(fields([4, 0x04034b50], [2, 20], ...common(member, stored)), toOctets(member.name), stored)
    centrals.push(
      concat(
        fields([4, 0x02014b50], [2, 20], [2, 20], ...common(member, stored), [2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
        toOctets(member.name),
      ),
    )
    locals.push(local)
    at += local.length
  }
  const directory = concat(...centrals)
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, members.length],
    [2, members.length],
    [4, directory.length],
    [4, at],
    [2, 0],
  )
  return concat(...locals, directory, end)
}

/** Encryption puts 12 octets in front of the content. */
function withSalt(member: ZipMember): ZipMember {
  if (!member.encrypted) return member
  return { ...member, content: concat(new Uint8Array(12), member.content), claimedSize: member.content.length }
}

function common(
  { name, content, claimedSize, encrypted, deflated }: ZipMember,
  stored: Uint8Array,
): (readonly [2 | 4, number])[] {
  return [
    [2, encrypted ? 1 : 0],
    [2, deflated ? 8 : 0],
    [2, 0],
    [2, 0x21],
    [4, crc32(content)],
    [4, stored.length],
    [4, claimedSize ?? content.length],
    [2, toOctets(name).length],
    [2, 0],
  ]
}

function fields(...values: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  return concat(
    ...values.map(([size, value]) => Uint8Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff)),
  )
}

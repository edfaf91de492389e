import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'

const { Ok, Truncated } = DecodeStatus

/** A message begins with its type and three octets of zero: as a little-endian number, the type alone. */
const TYPE_LENGTH = 4
const MIN_TYPE = 1
const MAX_TYPE = 4

/**
 * Whether the UDP payload at the cursor looks like a WireGuard message, whose content cannot be read. What was not
 * captured counts as one.
 *
 * @see The WireGuard white paper, §5.4
 */
export function isWireguard(cursor: Cursor): boolean {
  const room = cursor.room(TYPE_LENGTH)
  if (room !== Ok) return room === Truncated
  const type = cursor.octets.getUint32(cursor.at, true)
  return type >= MIN_TYPE && type <= MAX_TYPE
}

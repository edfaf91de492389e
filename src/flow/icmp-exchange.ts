import { IpProtocol } from '../core/protocol.ts'

/**
 * ICMP messages that come in pairs: reply type → request type. Echo and its like also carry an identifier, which tells
 * exchanges between the same two hosts apart (RFC 792, RFC 950; RFC 4443 §4, RFC 4861 §4, RFC 2710 §3, RFC 4620).
 */
const REPLIES_V4: ReadonlyMap<number, number> = new Map([
  [0, 8],
  [9, 10],
  [14, 13],
  [16, 15],
  [18, 17],
])
const REPLIES_V6: ReadonlyMap<number, number> = new Map([
  [129, 128],
  [131, 130],
  [134, 133],
  [136, 135],
  [140, 139],
  [145, 144],
])

/** Exchanges in which a reply proves that the other side asked; advertisements and reports also come unasked. */
const ANSWERS_ONLY_V4: ReadonlySet<number> = new Set([0, 14, 16, 18])
const ANSWERS_ONLY_V6: ReadonlySet<number> = new Set([129, 140])

/** What an ICMP type is in an exchange, by protocol and type; filled once, so that a packet costs one read. */
const REQUEST_V4: Int16Array = requestTypes(REPLIES_V4)
const REQUEST_V6: Int16Array = requestTypes(REPLIES_V6)

function requestTypes(replies: ReadonlyMap<number, number>): Int16Array {
  const table = new Int16Array(256).fill(-1)
  for (const [reply, request] of replies) {
    table[reply] = request
    table[request] = request
  }
  return table
}

/** Type of the request in the exchange a message belongs to; −1 where the type is no exchange. */
export function icmpRequestType(protocol: number, type: number): number {
  return (protocol === IpProtocol.Icmp ? REQUEST_V4 : REQUEST_V6)[type & 255] as number
}

/** Whether a message can only be an answer, so that its receiver opened the exchange. */
export function isIcmpAnswer(protocol: number, type: number): boolean {
  return (protocol === IpProtocol.Icmp ? ANSWERS_ONLY_V4 : ANSWERS_ONLY_V6).has(type)
}

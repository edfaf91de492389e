/** TCP control bits, RFC 9293 §3.1 (and RFC 9768 for AE). Low octet of the header's flag word first. */
export const TcpFlag = {
  Fin: 0x01,
  Syn: 0x02,
  Rst: 0x04,
  Psh: 0x08,
  Ack: 0x10,
  Urg: 0x20,
  Ece: 0x40,
  Cwr: 0x80,
  Ae: 0x100,
} as const

import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import { TcpdumpTextDecoder } from '../../src/packet/from-tcpdump-text.ts'
import { PacketView } from '../../src/packet/packet-view.ts'

/** A text read to its end: copies of all views of all records. */
export interface DecodedText {
  readonly reader: TcpdumpTextReader
  /** Views of each record, outermost first. */
  readonly records: readonly (readonly PacketView[])[]
  readonly names: readonly string[]
  /** How often each reason ended the decoding of a record. */
  readonly skipped: Readonly<Record<string, number>>
}

/** Reads and decodes a text that arrives in the given chunks. */
export function decodeText(chunks: Iterable<Uint8Array>, options: { timeZone?: string } = {}): DecodedText {
  const reader = new TcpdumpTextReader('text', options)
  const decoder = new TcpdumpTextDecoder({ interfaces: reader.interfaces })
  const records: PacketView[][] = []
  const skipped: Record<string, number> = {}
  const drain = (): void => {
    while (reader.next()) {
      const count = decoder.decode(reader.record)
      const views = decoder.views.slice(0, count).map((view) => Object.assign(new PacketView(), view))
      const last = views.at(-1)
      if (last && last.status !== DecodeStatus.Ok) skipped[last.reason] = (skipped[last.reason] ?? 0) + 1
      records.push(views)
    }
  }
  for (const chunk of chunks) {
    reader.push(chunk)
    drain()
  }
  reader.end()
  drain()
  return { reader, records, names: [...decoder.names], skipped }
}

/** The TCP segments of a text, innermost headers. */
export function segmentsOf(text: DecodedText): PacketView[] {
  return text.records.flatMap((views) => {
    const last = views.findLast((view) => view.status === DecodeStatus.Ok)
    return last && last.protocol === IpProtocol.Tcp && last.fragmentOffset === 0 ? [last] : []
  })
}

/** Octets of ASCII or UTF-8 text. */
export function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

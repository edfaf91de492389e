import type { CaptureInterface, CaptureRecord } from '../capture/record.ts'
import { parseCommandLine } from '../capture/tcpdump-text/tcpdump-command.ts'
import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { SharedMemory } from '../core/shared-memory.ts'
import { type PacketDecoder, PacketView } from './packet-view.ts'
import { blankView } from './tcpdump-text/blank-view.ts'
import { EndpointReader } from './tcpdump-text/endpoints.ts'
import { HexDumpDecoder } from './tcpdump-text/hex-dump.ts'
import { FAILURE } from './tcpdump-text/outcome.ts'
import { PacketTextParser, packetLines } from './tcpdump-text/packet-text.ts'
import { PlainLineScanner } from './tcpdump-text/plain-line.ts'
import { SequenceBases } from './tcpdump-text/sequence-bases.ts'

/** Views of one record: the outermost packet, four levels inside it, and one to say that there are more. */
const VIEWS = 6
/** Pieces of a line of 600 characters at 80 columns. */
const MAX_WRAPPED_LINES = 8

/** See {@link TcpdumpTextDecoder}. */
export interface TcpdumpTextDecoderOptions {
  /** Of the reader whose records are decoded (it grows as they are read); tells sections and commands apart. */
  readonly interfaces: readonly CaptureInterface[]
  /** Memory to remember in, so that compiled code can take part. */
  readonly memory?: SharedMemory | undefined
}

/**
 * Decodes the lines of one packet of tcpdump text, as `TcpdumpTextReader` hands them over. Sequence numbers, which tcpdump
 * prints relative, become absolute; lengths that are not printed are computed. Use one decoder for one text: it remembers
 * what tcpdump remembered.
 */
export class TcpdumpTextDecoder implements PacketDecoder {
  readonly views: readonly PacketView[] = Array.from({ length: VIEWS }, () => new PacketView())
  readonly #endpoints = new EndpointReader()
  readonly names: readonly string[] = this.#endpoints.names
  readonly #text = new TextDecoder()
  readonly #dumps = new HexDumpDecoder()
  readonly #outermost: PacketView
  readonly #interfaces: readonly CaptureInterface[]
  readonly #scanner = new PlainLineScanner()
  readonly #basesBySection = new Map<number, SequenceBases>()
  readonly #memory: SharedMemory | null
  #bases = new SequenceBases(undefined)
  readonly #parser = new PacketTextParser(this.views, this.#endpoints)
  #interfaceIndex = -1

  constructor(options: TcpdumpTextDecoderOptions) {
    this.#interfaces = options.interfaces
    this.#memory = options.memory ?? null
    this.#outermost = this.views[0] ?? new PacketView()
  }

  decode(record: CaptureRecord): number {
    if (record.interfaceIndex !== this.#interfaceIndex) this.#enterSection(record.interfaceIndex)
    const view = this.#outermost
    blankView(view, record)
    if (hasOnlyPayload(record) && this.#scanner.scan(record.buffer, record.start, record.headEnd, view)) {
      if (view.protocol === IpProtocol.Tcp) this.#bases.restore(view, this.#scanner.seqPrinted)
      return 1
    }
    const lines = this.#lines(record)
    const count = this.#parser.parse(lines, record, this.#bases)
    if (lines.length === 1) return count
    if (isWrapped(lines, this.#outermost)) return this.#decodeWrapped(lines, record)
    return this.#dumps.decode(lines, record, this.views, count)
  }

  /** {@link SequenceBases.roots} of the section. */
  get roots(): Int32Array | null {
    return this.#bases.roots
  }

  dispose(): void {
    for (const bases of this.#basesBySection.values()) bases.dispose()
  }

  // Terminals cut lines at their width: joins as many as make a packet of it.
  #decodeWrapped(lines: readonly string[], record: CaptureRecord): number {
    let joined = lines[0] ?? ''
    for (const line of lines.slice(1, MAX_WRAPPED_LINES)) {
      joined += line
      const count = this.#parser.parse([joined], record, this.#bases)
      if (this.#outermost.status === DecodeStatus.Ok) return count
    }
    return this.#parser.parse(lines, record, this.#bases)
  }

  #lines(record: CaptureRecord): string[] {
    return packetLines(this.#text.decode(record.buffer.subarray(record.start, record.end)))
  }

  #enterSection(interfaceIndex: number): void {
    this.#interfaceIndex = interfaceIndex
    const captured = this.#interfaces[interfaceIndex]
    const section = captured?.section ?? 0
    let bases = this.#basesBySection.get(section)
    if (bases === undefined) {
      const command = captured?.command ?? null
      const absolute = command === null ? undefined : parseCommandLine(command)?.absoluteSequence
      bases = new SequenceBases(absolute, this.#memory)
      this.#basesBySection.set(section, bases)
    }
    this.#bases = bases
  }
}

// Behind the head line nothing, or an -A dump, which begins with the first octet of the IP header. Hex dumps, wrapped
// lines and inner packets begin otherwise.
function hasOnlyPayload({ buffer, end, headEnd }: CaptureRecord): boolean {
  if (headEnd === end) return true
  const first = buffer[headEnd + 1] ?? 0
  return first >= 0x45 && first <= 0x6f && !(first > 0x46 && first < 0x60)
}

/** Whether the first line is cut, by what was read from it or because a number goes on in the next line. */
function isWrapped(lines: readonly string[], view: PacketView): boolean {
  const [head = '', next = ''] = lines
  // What -v, -x and decoders print below is indented by more than the space that a line may have been cut at.
  if (next === '' || /^(?:\t| {2})/.test(next)) return false
  if (view.status !== DecodeStatus.Ok) return view.reason === FAILURE.lineCut.reason || IN_ADDRESSES.test(head)
  return view.protocol !== IpProtocol.Tcp && / length:? \d+$/.test(head) && /^\d+(?=$|[:, ])/.test(next)
}
const IN_ADDRESSES = /^IP6? \S+(?: >?(?: \S*)?)?$/

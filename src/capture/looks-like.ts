/** What a file that is no capture seems to be. */
export interface Description {
  /** `JSON`, `an ELF program` … */
  readonly looksLike: string
  /** What to do about it, as the end of a sentence. */
  readonly remedy: string
}

const WANTED = 'give a pcap, a pcapng or text printed by tcpdump'
const CONVERT = 'convert it with `editcap -F pcapng <file> <new file>` of Wireshark'
const METADATA = 'cluster metadata goes to --cluster; as a capture, give a pcap, a pcapng or text printed by tcpdump'
const UNPACK = 'unpack it first'

/** By the first octets, in Latin-1; the first that fits counts. */
const STARTS: readonly (readonly [start: string, looksLike: string, remedy: string])[] = [
  ['\x7fELF', 'an ELF program', WANTED],
  ['snoop\0\0\0', 'a capture of snoop', CONVERT],
  ['GMBU', 'a capture of Microsoft Network Monitor', CONVERT],
  ['RTSS', 'a capture of Microsoft Network Monitor', CONVERT],
  ['TRSNIFF data', 'a capture of Sniffer', CONVERT],
  ['XCP\0', 'a capture of NetXRay', CONVERT],
  ['%PDF', 'a PDF document', WANTED],
  ['\x89PNG', 'a PNG image', 'paste the text itself, not a picture of it'],
  ['\xff\xd8\xff', 'a JPEG image', 'paste the text itself, not a picture of it'],
  ['SQLite format 3', 'an SQLite database', WANTED],
  ["7z\xbc\xaf'\x1c", 'a 7-Zip archive', UNPACK],
  ['Rar!', 'a RAR archive', UNPACK],
  ['\x1f\x9d', 'a file compressed by compress (.Z)', UNPACK],
  ['\x5d\x00\x00', 'a file compressed by LZMA', UNPACK],
  ['\x02\x21\x4c\x18', 'a file compressed by a very old lz4', UNPACK],
]

/** By the first characters of text, spaces left out. */
const TEXTS: readonly (readonly [start: RegExp, looksLike: string])[] = [
  [/^<!doctype html|^<html/i, 'HTML'],
  [/^<\?xml|^<[a-z][\w:-]*[\s>]/i, 'XML'],
  [/^\{\s*["}]|^\[\s*[[{"\d\]]/, 'JSON'],
  [/^#!/, 'a script'],
  [/^(?:---\s|(?:[\w.-]+:\s*(?:\S.*)?\r?\n){2})/, 'YAML'],
  [/^(?:apiVersion|kind):\s/, 'YAML'],
]

/** Characters of text looked at. */
const TEXT_LENGTH = 4096

/** Names what octets seem to be, for the message that they are no capture. Holds nothing of the octets themselves. */
export function describeOctets(start: Uint8Array): Description {
  const octets = start.subarray(0, TEXT_LENGTH)
  const latin1 = String.fromCharCode(...octets)
  const known = STARTS.find(([magic]) => latin1.startsWith(magic))
  if (known !== undefined) return { looksLike: known[1], remedy: known[2] }
  if (latin1.includes('\0') || controlCharacters(octets) > octets.length / 20) {
    return { looksLike: 'binary data of an unknown kind', remedy: WANTED }
  }
  const text = new TextDecoder().decode(octets).trimStart()
  const kind = TEXTS.find(([pattern]) => pattern.test(text))
  if (kind === undefined) return { looksLike: 'text without a line that tcpdump prints', remedy: WANTED }
  return { looksLike: kind[1], remedy: kind[1] === 'JSON' || kind[1] === 'YAML' ? METADATA : WANTED }
}

function controlCharacters(octets: Uint8Array): number {
  return octets.reduce(
    (count, octet) => (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d ? count + 1 : count),
    0,
  )
}

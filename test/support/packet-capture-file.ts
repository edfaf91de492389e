import { CaptureRecord } from '../../src/capture/record.ts'

const PCAP_HEADER = 24
const PCAP_RECORD_HEADER = 16
const PCAPNG_SECTION = 0x0a0d0d0a
const PCAPNG_INTERFACE = 1
const PCAPNG_ENHANCED_PACKET = 6
const PCAPNG_LITTLE_ENDIAN = 0x4d3c2b1a

/**
 * Frames of an undamaged capture, for tests of the packet stage alone: no times, no options, nothing checked.
 * The record is reused, as a reader's is.
 */
export function* framesOf(file: Uint8Array): Generator<CaptureRecord> {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const record = new CaptureRecord()
  record.buffer = file
  record.view = view
  yield* view.getUint32(0) === PCAPNG_SECTION ? pcapngFrames(view, record) : pcapFrames(view, record)
}

function* pcapFrames(view: DataView, record: CaptureRecord): Generator<CaptureRecord> {
  const little = view.getUint8(0) !== 0xa1
  record.linkType = view.getUint32(20, little) & 0xffff
  for (let at = PCAP_HEADER; at < view.byteLength; at = record.end) {
    record.number++
    record.start = at + PCAP_RECORD_HEADER
    record.end = record.start + view.getUint32(at + 8, little)
    record.originalLength = view.getUint32(at + 12, little)
    yield record
  }
}

function* pcapngFrames(view: DataView, record: CaptureRecord): Generator<CaptureRecord> {
  const little = view.getUint32(8) === PCAPNG_LITTLE_ENDIAN
  const linkTypes: number[] = []
  for (let at = 0; at < view.byteLength; at += view.getUint32(at + 4, little)) {
    const type = view.getUint32(at, little)
    if (type === PCAPNG_INTERFACE) linkTypes.push(view.getUint16(at + 8, little))
    if (type !== PCAPNG_ENHANCED_PACKET) continue
    record.number++
    record.interfaceIndex = view.getUint32(at + 8, little)
    record.linkType = linkTypes[record.interfaceIndex] ?? -1
    record.start = at + 28
    record.end = record.start + view.getUint32(at + 20, little)
    record.originalLength = view.getUint32(at + 24, little)
    yield record
  }
}

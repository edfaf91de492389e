import { CaptureRecord } from '../../src/capture/record.ts'
import { concat } from './packet-octets.ts'

/** How to put a frame into a record. */
export interface RecordOptions {
  /** LINKTYPE_, default Ethernet. */
  readonly linkType?: number
  /** Octets captured; default all. */
  readonly captured?: number
  /** Length on the wire; default that of the frame. */
  readonly originalLength?: number
  /** Octets of other records before and after the frame in the buffer. */
  readonly before?: Uint8Array
  readonly after?: Uint8Array
  readonly number?: number
  readonly timeSec?: number
  readonly timeNsec?: number
  readonly interfaceIndex?: number
}

/** A record that holds a frame, as a reader would hand it over. */
export function recordOf(frame: Uint8Array, options: RecordOptions = {}): CaptureRecord {
  const before = options.before ?? new Uint8Array(0)
  const kept = frame.subarray(0, options.captured ?? frame.length)
  const buffer = concat(before, kept, options.after ?? new Uint8Array(0))
  const record = new CaptureRecord()
  record.number = options.number ?? 1
  record.timeSec = options.timeSec ?? 0
  record.timeNsec = options.timeNsec ?? 0
  record.interfaceIndex = options.interfaceIndex ?? 0
  record.linkType = options.linkType ?? 1
  record.start = before.length
  record.end = before.length + kept.length
  record.originalLength = options.originalLength ?? frame.length
  record.buffer = buffer
  record.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  return record
}

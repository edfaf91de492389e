import type { ContainerReader } from '../../src/capture/container-reader.ts'
import { type CaptureRecord, Direction } from '../../src/capture/record.ts'

/** A record as a value. */
export interface Collected {
  readonly number: number
  readonly time: string
  readonly hasTime: boolean
  readonly interfaceIndex: number
  readonly linkType: number
  readonly direction: 'in' | 'out' | null
  readonly originalLength: number
  readonly octets: Uint8Array
}

/** Copies what a record says. */
export function collect(record: CaptureRecord): Collected {
  if (record.start < 0 || record.end < record.start || record.end > record.buffer.length) {
    throw new RangeError(`A record from ${record.start} to ${record.end} in ${record.buffer.length} octets`)
  }
  return {
    number: record.number,
    time: `${record.timeSec}.${String(record.timeNsec).padStart(9, '0')}`,
    hasTime: record.hasTime,
    interfaceIndex: record.interfaceIndex,
    linkType: record.linkType,
    direction: record.direction === Direction.In ? 'in' : record.direction === Direction.Out ? 'out' : null,
    originalLength: record.originalLength,
    octets: record.buffer.slice(record.start, record.end),
  }
}

/**
 * Reads octets through a reader.
 *
 * @param cuts - Where one chunk ends and the next begins; each chunk is wiped once it was read, as a reused buffer would be.
 */
export function readAll(reader: ContainerReader, octets: Uint8Array, cuts: readonly number[] = []): Collected[] {
  const records: Collected[] = []
  const drain = (): void => {
    while (reader.next()) records.push(collect(reader.record))
  }
  const edges = [0, ...[...cuts].sort((a, b) => a - b), octets.length]
  for (let i = 1; i < edges.length; i++) {
    // A copy also of a Buffer, whose own `slice` is none.
    const chunk = Uint8Array.from(octets.subarray(edges[i - 1], edges[i]))
    reader.push(chunk)
    drain()
    chunk.fill(0xee)
  }
  reader.end()
  drain()
  return records
}

/** Codes of a reader's warnings with their offsets: `capture-truncated@40`. */
export function warningsOf(reader: ContainerReader): string[] {
  return reader.warnings.map(({ code, offset }) => `${code}@${offset}`)
}

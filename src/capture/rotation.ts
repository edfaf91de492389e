import { basename } from 'node:path'
import { compareNaturally } from '../core/natural-order.ts'
import { secondsBetween } from '../core/time.ts'
import type { ExpansionLimits } from './expansion.ts'
import type { CaptureFormat } from './record.ts'
import type { CaptureSource } from './source.ts'
import { type CaptureSpan, readSpan } from './span.ts'

/** A capture file that may be one of a rotated set. */
export interface RotationCandidate {
  readonly source: CaptureSource
  readonly format: CaptureFormat
  /** Candidates that differ in it are no set: what was declared of them, say. */
  readonly distinction: string
}

/** `cap.pcap` before `cap.pcap1`, and that before `cap.pcap10`. */
/** Packets of several CPUs may come a little out of order; seconds. */
const OVERLAP_TOLERANCE = 1

const COMPRESSION_SUFFIX = /\.(?:gz|zst|xz|lz4|bz2)$/i
/** dumpcap -b: `name_00001_20250801125841.pcapng`, or the other way round with `nametimenum`. */
const DUMPCAP = /^(?<stem>.+)_(?:\d{5,}_\d{14}|\d{14}_\d{5,})(?<extension>(?:\.\w+)?)$/
/** tcpdump -G: a date, as a rule with a time of day; or seconds since 1970. */
const DATED =
  /(?<!\d)(?:(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[-_.T]?(?:[01]\d|2[0-3])(?:[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?)?)?|1\d{9})(?!\d)/g
/** tcpdump -C: a number behind the whole name. */
const NUMBERED = /^(?<stem>.*\D)\d+$/
/** `eth0` and `eth1`, `node1` and `node2` are places, and not numbers of one capture. */
const PLACE =
  /(?:^|[^a-z])(?:eth|ens|eno|enp\d+s|em|bond|wlan|veth|lxc|tun|tap|br|cni|node|worker|master|control-plane|pod|host|client|server|n|p)[-_]?$/i

/**
 * What the names of one rotated set have in common: the name without its compression, number and date.
 *
 * @param name - File name without its folder.
 */
export function rotationStem(name: string): string {
  const plain = name.replace(COMPRESSION_SUFFIX, '')
  const dumpcap = DUMPCAP.exec(plain)?.groups
  if (dumpcap) return `${dumpcap.stem}_%${dumpcap.extension}`
  const undated = plain.replace(DATED, '%')
  const stem = NUMBERED.exec(undated)?.groups?.stem
  return stem === undefined || PLACE.test(stem) ? undated : stem
}

/**
 * Finds the rotated sets among captures: files of one folder whose names differ in rotation numbers or dates only, of one
 * format and the same link types, whose times do not overlap. Each set comes in order of time.
 *
 * @returns Sets in the order of their first members; a file that belongs to no other is a set of one.
 */
export async function groupRotated<T extends RotationCandidate>(
  candidates: readonly T[],
  limits: ExpansionLimits,
): Promise<T[][]> {
  const groups = new Map<string, T[]>()
  for (const candidate of candidates) {
    const key = groupKey(candidate)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [candidate])
    else group.push(candidate)
  }
  const sets: T[][] = []
  for (const group of groups.values()) {
    const ordered = group.length > 1 ? await inOrderOfTime(group, limits) : undefined
    if (ordered === undefined) sets.push(...group.map((candidate) => [candidate]))
    else sets.push(ordered)
  }
  return sets
}

function groupKey({ source, format, distinction }: RotationCandidate): string {
  if (!source.reopens || format === 'text') return JSON.stringify([source.name])
  const name = basename(source.name)
  const folder = source.name.slice(0, source.name.length - name.length)
  return JSON.stringify([folder, rotationStem(name), format, distinction])
}

/** @returns `undefined` where the files are no set. */
async function inOrderOfTime<T extends RotationCandidate>(
  group: readonly T[],
  limits: ExpansionLimits,
): Promise<T[] | undefined> {
  const members: Member<T>[] = []
  for (const candidate of group) {
    const span = await readSpan(candidate.source, candidate.format, limits)
    if (span === undefined || span.linkTypes !== (members[0]?.span ?? span).linkTypes) return undefined
    members.push({ candidate, span })
  }
  // By name first: where packets came a little out of order, times alone would put a file before the one it follows.
  const byName = members.toSorted((a, b) => compareNaturally(a.candidate.source.name, b.candidate.source.name))
  const byTime = members.toSorted((a, b) => compareStart(a.span, b.span))
  return [byName, byTime].find(isInOrder)?.map(({ candidate }) => candidate)
}

interface Member<T> {
  readonly candidate: T
  readonly span: CaptureSpan
}

/** Whether no file begins before the one in front of it ends. */
function isInOrder(members: readonly Member<unknown>[]): boolean {
  let end: CaptureSpan['end'] = null
  for (const { span } of members) {
    if (end !== null && span.start !== null && secondsBetween(...end, ...span.start) < -OVERLAP_TOLERANCE) return false
    end = span.end ?? end
  }
  return true
}

/** A file without packets, begun when the capture was stopped, comes last. */
function compareStart(a: CaptureSpan, b: CaptureSpan): number {
  if (a.start === null || b.start === null) return Number(a.start === null) - Number(b.start === null)
  return secondsBetween(...b.start, ...a.start)
}

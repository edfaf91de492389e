import * as z from 'zod'
import { type Cidr, parseCidr } from '../core/cidr.ts'
import { describeValue } from '../core/describe-value.ts'
import { ClusterMetadataError } from '../core/errors.ts'
import { type IpText, parseIp } from '../core/ip.ts'
import type { FactStore } from './facts.ts'
import { itemPlace, itemSource, type ManifestItem, type PathStep } from './manifest.ts'

/** `metadata` as far as anything here reads it. Names are required: an object without one is no object. */
export const METADATA: z.ZodObject<{
  name: z.ZodString
  namespace: z.ZodOptional<z.ZodNullable<z.ZodString>>
  labels: z.ZodOptional<z.ZodNullable<z.ZodRecord<z.ZodString, z.ZodString>>>
  annotations: z.ZodOptional<z.ZodNullable<z.ZodRecord<z.ZodString, z.ZodString>>>
}> = z.object({
  name: z.string(),
  namespace: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
})

/**
 * Checks an object against a schema.
 *
 * @throws {ClusterMetadataError} naming the first field that does not fit, what was found there and what was wanted.
 */
export function readFields<T>(schema: z.ZodType<T>, item: ManifestItem): T {
  const result = schema.safeParse(item.value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map((step) => (typeof step === 'symbol' ? String(step) : step))
  throw new ClusterMetadataError(item.file, issueText(issue, valueAt(item.value, path)), placeText(item, path))
}

function issueText(issue: z.core.$ZodIssue | undefined, found: unknown): string {
  const wanted = wantedOf(issue)
  return `Found ${describeValue(found)}, wanted ${wanted === 'record' ? 'object' : wanted}`
}

function wantedOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue !== undefined && 'expected' in issue) return String(issue.expected)
  if (issue?.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  return issue?.code === 'invalid_union' ? 'text' : 'another value'
}

/** Path inside the file, with the line where it is known. */
export function placeText(item: ManifestItem, path: readonly PathStep[]): string {
  const line = item.lineOf(path)
  const place = itemPlace(item, path)
  if (line === null) return place === '' ? 'document' : place
  return place === '' ? `line ${line}` : `${place} (line ${line})`
}

function valueAt(value: unknown, path: readonly PathStep[]): unknown {
  let current = value
  for (const step of path) {
    if (current === null || typeof current !== 'object') return undefined
    current = (current as Record<PathStep, unknown>)[step]
  }
  return current
}

/** Canonical address of a field; a text that is none becomes a warning and `undefined`. Empty text and `None` say "no address". */
export function readIp(
  text: string | null | undefined,
  item: ManifestItem,
  path: readonly PathStep[],
  store: FactStore,
): IpText | undefined {
  if (text === null || text === undefined || text === '' || text === 'None') return undefined
  const ip = parseIp(text)
  if (ip === undefined) warnValue(item, path, `Found ${describeValue(text)}, wanted an IP address`, store)
  return ip
}

/** Block of a field; a text that is none becomes a warning and `undefined`. Empty text says "no block". */
export function readCidr(
  text: string | null | undefined,
  item: ManifestItem,
  path: readonly PathStep[],
  store: FactStore,
): Cidr | undefined {
  if (text === null || text === undefined || text === '') return undefined
  const cidr = parseCidr(text)
  if (cidr === undefined)
    warnValue(item, path, `Found ${describeValue(text)}, wanted a CIDR such as 10.244.0.0/16`, store)
  return cidr
}

function warnValue(item: ManifestItem, path: readonly PathStep[], message: string, store: FactStore): void {
  const { file, line } = itemSource(item, ...path)
  store.warnings.push({
    code: 'metadata-bad-value',
    file,
    ...(line === undefined ? {} : { line }),
    message: `${placeText(item, path)}: ${message}; left out`,
  })
}

/** The elements that are not `undefined`. */
export function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value): value is T => value !== undefined)
}

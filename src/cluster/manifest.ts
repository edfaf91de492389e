import type { SourceRef } from '../core/source-ref.ts'

export type PathStep = string | number

/** One Kubernetes object out of a file: a single object, or an item of a list. */
export interface ManifestItem {
  readonly value: unknown
  /** Its own `kind`, or the list's without `List`. */
  readonly kind: string
  readonly file: string
  /** `items[3]`; empty where the object is the whole document. */
  readonly place: string
  /** 1-based first line; `null` in one-line JSON. */
  readonly line: number | null
  /** Line of a field of this object; the object's own line where the position is not known. */
  lineOf(path: readonly PathStep[]): number | null
  /** Line on which the text of a block scalar (`key: |`) begins; `null` where its lines are not lines of the file. */
  textLineOf(path: readonly PathStep[]): number | null
}

/** Reference to an object, or to one of its fields. */
export function itemSource(item: ManifestItem, ...path: PathStep[]): SourceRef {
  const line = path.length === 0 ? item.line : item.lineOf(path)
  return line === null ? { file: item.file } : { file: item.file, line }
}

/** Path of a field inside the file, such as `items[3].status.addresses[0].address`. */
export function itemPlace(item: ManifestItem, path: readonly PathStep[]): string {
  return formatPlace(item.place, path)
}

/** Joins path steps as people write them. */
function formatPlace(base: string, path: readonly PathStep[]): string {
  let place = base
  for (const step of path) {
    if (typeof step === 'number') place += `[${step}]`
    else if (/^[\w-]+$/.test(step)) place += place === '' ? step : `.${step}`
    else place += `["${step}"]`
  }
  return place
}

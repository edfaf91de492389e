import { ClusterMetadataError } from '../core/errors.ts'
import type { FactStore, InputEntry, NodeHint } from './facts.ts'
import { count } from './formats/format.ts'
import { OBJECT_FORMATS } from './formats/registry.ts'
import type { ManifestItem } from './manifest.ts'
import { kebabCase, readObject } from './read-object.ts'

/** Warnings about single items of one list; a list broken throughout does not fill the screen. */
const MAX_ITEM_WARNINGS = 10

/** Reads the items of one list and keeps count of what they were. */
export class ListTally {
  private readonly file: string
  private readonly store: FactStore
  private readonly used = new Map<string, number>()
  private readonly unused = new Map<string, { number: number; why: string }>()
  private readonly errors: ClusterMetadataError[] = []
  private items = 0

  constructor(file: string, store: FactStore) {
    this.file = file
    this.store = store
  }

  /** Reads one item; one that is not shaped as its kind is becomes a warning. */
  read(item: ManifestItem, hint: NodeHint): void {
    this.items++
    try {
      const { kind, unused } = readObject(item, this.store, hint)
      if (unused === undefined) this.used.set(kind, (this.used.get(kind) ?? 0) + 1)
      else this.unused.set(kind, { number: (this.unused.get(kind)?.number ?? 0) + 1, why: unused })
    } catch (error) {
      if (!(error instanceof ClusterMetadataError)) throw error
      this.errors.push(error)
    }
  }

  /**
   * The list's line in the inputs.
   *
   * @param listKind - `kind` of the list itself: says of an empty list what there is none of.
   * @throws {ClusterMetadataError} the first item's, where no item at all could be read.
   */
  finish(order: number, listKind: string): InputEntry {
    const [first] = this.errors
    if (first !== undefined && this.errors.length === this.items) throw first
    for (const error of this.errors.slice(0, MAX_ITEM_WARNINGS)) this.warn(`${error.message}; item left out`)
    const more = this.errors.length - MAX_ITEM_WARNINGS
    if (more > 0) this.warn(`${this.file}: ${count(more, 'more item')} of the list could not be read; left out`)
    if (this.items === 0) return this.finishEmpty(order, listKind)
    if (this.used.has('pod')) this.store.podLists++
    const kinds = [...this.used.keys(), ...this.unused.keys()]
    const [only] = kinds
    const kind = kinds.length === 1 && only !== undefined ? `${only}-list` : 'list'
    return { file: this.file, order, kind, node: null, note: this.note() }
  }

  private note(): string {
    const used = [...this.used].map(([kind, number]) => count(number, nounOf(kind)))
    const unused = [...this.unused].map(
      ([kind, { number, why }]) => `recognised, not used: ${count(number, nounOf(kind))} (${why})`,
    )
    const bad = this.errors.length === 0 ? [] : [`${count(this.errors.length, 'item')} could not be read`]
    const parts = [...(used.length > 0 ? [used.join(', ')] : []), ...unused, ...bad]
    return parts.join('; ')
  }

  private finishEmpty(order: number, listKind: string): InputEntry {
    const of = listKind.replace(/List$/, '')
    if (of === 'Pod') this.store.podsListed = true
    if (of === 'Node' || of === 'CiliumNode') this.store.nodesListed = true
    const kind = of === '' ? 'list' : `${kebabCase(of)}-list`
    return { file: this.file, order, kind, node: null, note: of === '' ? 'an empty list' : `no ${of} in it` }
  }

  private warn(message: string): void {
    this.store.warnings.push({ code: 'metadata-bad-item', file: this.file, message })
  }
}

/** `cilium-node` as people write it: the object's own name where a format has one. */
export function nounOf(kind: string): string {
  for (const name of OBJECT_FORMATS.keys()) {
    if (kebabCase(name) === kind) return name.startsWith('Cilium') ? name : kind.replaceAll('-', ' ')
  }
  return kind
}

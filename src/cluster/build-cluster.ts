import { FactStore } from './facts.ts'
import { type BuildOptions, finishCluster } from './finish-cluster.ts'
import { type Piece, readPieces } from './read-piece.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/**
 * Puts pieces of metadata (texts with the names they came under) and hand-given facts together. Does no I/O: `loadCluster()`
 * reads files and calls this.
 *
 * @throws {ClusterMetadataError} where a piece is of a known kind and malformed.
 * @throws {UsageError | MasqcheckError} where hand-given facts are malformed or contradict each other (`CONFIG_CONFLICT`).
 */
export function buildCluster(pieces: readonly Piece[], options: BuildOptions = {}): ClusterSnapshot {
  const store = new FactStore()
  readPieces(pieces, store)
  return finishCluster(store, options)
}

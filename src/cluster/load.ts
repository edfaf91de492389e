import { FactStore } from './facts.ts'
import { type BuildOptions, finishCluster } from './finish-cluster.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/** What {@link loadCluster} reads. */
export interface LoadOptions extends BuildOptions {
  /** Files, folders (walked), sysdump zips and bugtool tars. `node=path` says which node a path's dumps are from. */
  readonly paths?: readonly string[]
}

/**
 * Reads cluster metadata: told from content, mixed freely, with what is recognised, unused and unknown listed in `inputs`.
 *
 * @throws {MasqcheckError} `CLUSTER_NOT_FOUND`, `CLUSTER_UNREADABLE`, `CLUSTER_LIMIT` for the files themselves.
 * @throws {ClusterMetadataError} where a file is of a known kind and malformed; inside an archive that is a warning.
 * @throws {UsageError | MasqcheckError} for hand-given facts, see {@link BuildOptions}.
 */
export async function loadCluster(options: LoadOptions): Promise<ClusterSnapshot> {
  const store = new FactStore()
  const { paths = [] } = options
  if (paths.length > 0) {
    // Parsers, schemas and archives are most of what the tool could load; a capture without metadata needs none of it.
    const { readFiles } = await import('./read-files.ts')
    await readFiles(paths, store)
  }
  return finishCluster(store, options)
}

import type { LoadOptions } from '../cluster/load.ts'
import { type ClusterOptions, givenFacts } from './options/cluster.ts'

/** What `loadCluster()` is to read for a command's options. */
export function clusterRequest(options: ClusterOptions): LoadOptions {
  const { cluster, ciliumVersion } = options
  return {
    paths: cluster ?? [],
    given: givenFacts(options),
    ...(ciliumVersion === undefined ? {} : { ciliumVersion }),
  }
}

import type { LoadOptions } from '../cluster/load.ts'
import type { ClusterInput, ClusterSnapshot } from '../cluster/snapshot.ts'
import { MasqcheckError } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
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

/** Whether neither metadata nor a fact by hand was given. */
export function asksForNothing({ paths = [], given = {} }: LoadOptions): boolean {
  return paths.length === 0 && Object.keys(given).length === 0
}

const OF_NO_USE: ReadonlySet<string> = new Set(['unrecognised', 'unreadable', 'empty', 'capture'])

function isOfUse({ kind, note }: ClusterInput): boolean {
  return !OF_NO_USE.has(kind) && !note.includes('not used')
}

/** Captures that `--cluster`, which takes every word behind it, has swallowed beside metadata. */
export function swallowedCaptures(paths: readonly string[], { inputs }: Pick<ClusterSnapshot, 'inputs'>): Warning[] {
  return inputs
    .filter(({ file, note }) => note.includes('it is a capture') && paths.includes(file))
    .map(({ file }) => ({
      code: 'capture-as-metadata',
      file,
      message: 'is a capture that --cluster has taken for metadata, and was not read: name captures before --cluster',
    }))
}

const WANTED =
  '--cluster takes what kubectl, cilium-dbg, iptables-save and ipset print, a sysdump, or a folder that masqcheck collect made'

/**
 * Sees to it that metadata which was asked for is there: a check that silently had nothing to check with would pass for ever.
 *
 * @param paths - What `--cluster` named.
 * @throws {MasqcheckError} `CLUSTER_UNREADABLE` where nothing in them was of use.
 */
export function requireMetadata(paths: readonly string[], { inputs }: Pick<ClusterSnapshot, 'inputs'>): void {
  if (paths.length === 0 || inputs.some(isOfUse)) return
  const [only, ...more] = inputs
  const reason = only?.note.replace(/^(?:not )?recognised, not used[:;] /, '')
  const found =
    only === undefined
      ? 'there is no file in it'
      : more.length > 0
        ? `none of its ${inputs.length} files is of use, --verbose says why`
        : `${only.file === paths[0] ? '' : `${only.file}: `}${reason || 'it is empty'}`
  throw new MasqcheckError('CLUSTER_UNREADABLE', `${paths.join(', ')}: no cluster metadata (${found}); ${WANTED}`)
}

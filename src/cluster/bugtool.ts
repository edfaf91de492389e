import type { NodeHint } from './facts.ts'

/** What the path of a file says: whose dump it may be, and the command it is the output of. */
export interface PathHint {
  readonly hint: NodeHint
  /** `cmd/<command>.md`: the command line with blanks and slashes as dashes, `null` elsewhere. */
  readonly command: string | null
}

/** `cilium-bugtool-<pod>-<time>`; a tar taken by hand has a time alone. */
const FOLDER = /^(.*?(?:^|[/:]))(cilium-bugtool-[^/]+)\//
const TIME = /-?\d{8}-\d{6}.*$/

/**
 * Reads the path of a file as `cilium sysdump` and `cilium-bugtool` name them: `cluster-metadata-formats.md` §11.
 *
 * @param node - Node the user said the file belongs to.
 */
export function pathHint(file: string, node: string | null): PathHint {
  const [, before = '', folder = ''] = FOLDER.exec(file) ?? []
  const pod = folder.replace(/^cilium-bugtool-/, '').replace(TIME, '')
  const command = folder === '' ? null : (/\/cmd\/([^/]+?)(?:\.md|\.json)?$/.exec(file)?.[1] ?? null)
  return {
    hint: {
      given: node,
      words: pod === '' ? [] : [pod],
      folder: folder === '' ? null : `${before}${folder}`,
      path: file,
    },
    command,
  }
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { FORMS } from '../support/cluster-forms.ts'
import { TWO_NODES } from '../support/cluster-pieces.ts'

/** Files of one cluster, which tell of each other. */
export interface MetadataSeed {
  readonly name: string
  readonly files: readonly { readonly file: string; readonly octets: Uint8Array }[]
}

const ROOT = resolve(import.meta.dirname, '../..')
const SHARED = resolve(ROOT, '../shared/samples')

/** Every input format beside two nodes, the clusters of `captures/`, and the shared ones where they are. */
export function metadataSeeds(): MetadataSeed[] {
  const nodes = { file: 'nodes.json', octets: octetsOf(TWO_NODES) }
  return [
    ...FORMS.map(({ row, text }) => ({ name: row, files: [{ file: 'input', octets: octetsOf(text) }, nodes] })),
    ...clustersUnder(join(ROOT, 'captures')),
    ...(existsSync(SHARED) ? clustersUnder(SHARED) : []),
  ]
}

function octetsOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** One seed for each folder with metadata in it; an archive is a cluster of its own. */
function clustersUnder(root: string): MetadataSeed[] {
  const folders = new Map<string, string[]>()
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(root, path)
    if (!/(?:^|\/)cluster|sysdump/.test(path) || path.endsWith('.md') || !statSync(file).isFile()) continue
    const folder = path.endsWith('.zip') ? path : dirname(path)
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return [...folders].map(([folder, files]) => ({
    name: folder,
    files: files.map((file) => ({ file: relative(root, file), octets: new Uint8Array(readFileSync(file)) })),
  }))
}

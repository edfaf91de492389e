import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../../shared/corpus')

/** Folders of third-party captures beside the checkout. */
export const CORPORA: readonly string[] = ['tcpdump-text', 'zeek-conn']
  .map((name) => join(ROOT, name))
  .filter(existsSync)

/** The captures of a corpus. */
export function capturesOf(corpus: string): string[] {
  return readdirSync(corpus)
    .filter((name) => /\.(?:pcap|pcapng)$/.test(name))
    .map((name) => join(corpus, name))
}

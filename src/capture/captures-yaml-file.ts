import { MasqcheckError } from '../core/errors.ts'

/** Names under which the file is looked for, beside the captures. */
export const CAPTURES_YAML_NAMES: readonly string[] = ['captures.yaml', 'captures.yml']

/** What a `captures.yaml` says about one capture, or about all that a glob matches. */
export interface CaptureDeclaration {
  /** Path or glob, relative to the folder of the `captures.yaml`; `archive.zip:inner.pcap` for a file in an archive. */
  readonly file: string
  /** 1-based line of the entry. */
  readonly line: number
  readonly point: string | null
  /** Absolute paths of cluster metadata. */
  readonly cluster: readonly string[]
  readonly timeZone: string | null
  readonly description: string | null
}

/** Content of a `captures.yaml`; what an entry leaves out, the file as a whole may say. */
export interface CapturesYaml {
  readonly path: string
  readonly folder: string
  /** Absolute paths of cluster metadata that hold for all captures in the folder. */
  readonly cluster: readonly string[]
  readonly timeZone: string | null
  readonly captures: readonly CaptureDeclaration[]
}

/** The error for what is wrong in a `captures.yaml`; `line` is 1-based. */
export function capturesYamlError(path: string, line: number, message: string): MasqcheckError {
  return new MasqcheckError('CAPTURES_YAML_BAD', `${path}:${line}: ${message}`)
}

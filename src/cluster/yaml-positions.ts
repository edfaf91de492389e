import { type Document, isNode, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import type { PathStep } from './manifest.ts'
import { MAX_NESTING, nestsTooDeep } from './nesting.ts'

/** Aliases one document may resolve to; more is an expansion attack, not a manifest. */
const MAX_ALIASES = 100

/** A parsed piece of YAML (or JSON) that knows where its fields stand. */
export interface PositionedYaml {
  readonly value: unknown
  /** 1-based line of the field inside the text given, `undefined` where there is no such field. */
  lineOf(path: readonly PathStep[]): number | undefined
  /** Line on which the content of a literal block scalar begins, `undefined` for any other node. */
  textLineOf(path: readonly PathStep[]): number | undefined
}

/** Why a text is not YAML: the parser's first message, and the 1-based line it points at. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
  readonly line: number | null
  constructor(message: string, line: number | null, options?: ErrorOptions) {
    super(message, options)
    this.line = line
  }
}

/**
 * Parses one YAML document.
 *
 * @param version - 1.1 reads `yes` and `on` as booleans, as Go's decoders do.
 * @throws {YamlSyntaxError} on bad syntax, on more than 100 resolved aliases and on nesting too deep to be meant.
 */
export function parseYaml(text: string, version: '1.1' | '1.2' = '1.2'): PositionedYaml {
  if (nestsTooDeep(text)) throw new YamlSyntaxError(`Nested deeper than ${MAX_NESTING} levels`, null)
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, version })
    const [error] = document.errors
    if (error) throw new YamlSyntaxError(error.message, lines.linePos(error.pos[0]).line)
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
    return {
      value,
      lineOf: (path) => lineInDocument(document, lines, path),
      textLineOf: (path) => {
        const node: unknown = document.getIn(path, true)
        const line = lineInDocument(document, lines, path)
        return isScalar(node) && node.type === 'BLOCK_LITERAL' && line !== undefined ? line + 1 : undefined
      },
    }
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw error
    throw new YamlSyntaxError(error instanceof Error ? error.message : String(error), null, { cause: error })
  }
}

function lineInDocument(
  document: Document.Parsed<ParsedNode>,
  lines: LineCounter,
  path: readonly PathStep[],
): number | undefined {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isNode(node) || !node.range) return undefined
  return lines.linePos(node.range[0]).line
}

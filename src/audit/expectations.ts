import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import * as z from 'zod'
import { MasqcheckError } from '../core/errors.ts'
import { parseSelector, type Selector } from './expectation/selector.ts'
import type { ObservedAction } from './verdict.ts'

/** One thing that must hold of the flows it selects. */
export interface Expectation {
  readonly name: string
  readonly from: Selector
  readonly to: Selector
  readonly nat: Extract<ObservedAction, 'masquerade' | 'preserve' | 'snat-to-cilium-host' | 'egress-gateway'>
  /** Whose address the flows must have past the SNAT point; any where `null`. */
  readonly address: Selector | null
  /** Flows that must be in the captures at least. */
  readonly min: number
  /** 1-based line of its entry in the file. */
  readonly line: number
}

const ENTRY = z.strictObject({
  name: z.string().min(1).optional(),
  flow: z.strictObject({ from: z.string().optional(), to: z.string().optional() }),
  nat: z.enum(['masquerade', 'preserve', 'snat-to-cilium-host', 'egress-gateway']),
  address: z.string().optional(),
  min: z.int().min(0).optional(),
})
const FILE = z.strictObject({ expectations: z.array(ENTRY).min(1) })

/** The form of an expectations file; the JSON Schema that editors complete it with is made from it. */
export const EXPECTATIONS_SCHEMA: z.ZodType = FILE

/**
 * Reads an expectations file (YAML; the contract describes it).
 *
 * @param text - Content of the file.
 * @param file - Its name, for messages.
 * @throws {MasqcheckError} `EXPECTATIONS_BAD` with the line, what was found there and what is wanted.
 */
export function parseExpectations(text: string, file: string): Expectation[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const failure = document.errors[0]
  if (failure !== undefined)
    throw bad(file, lines.linePos(failure.pos[0]).line, `Cannot read YAML: ${firstLine(failure.message)}`)
  const lineOf = (path: readonly PropertyKey[]): number => {
    const offset = offsetAt(document.contents, path)
    return offset === undefined ? 1 : lines.linePos(offset).line
  }
  // Aliases are counted while they are resolved: a file of a few lines must not grow without end.
  const parsed = FILE.safeParse(resolve(() => document.toJS({ maxAliasCount: 100 }), file))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw bad(file, lineOf(issue?.path ?? []), issue === undefined ? 'Malformed' : describe(issue))
  }
  return parsed.data.expectations.map((entry, i): Expectation => {
    const selector = (value: string | undefined, ...path: string[]): Selector | null => {
      if (value === undefined) return null
      const read = parseSelector(value)
      if (read === undefined)
        throw bad(file, lineOf(['expectations', i, ...path]), `"${value}" is no ${SELECTOR_WORDS}`)
      return read
    }
    const from = selector(entry.flow.from, 'flow', 'from')
    const to = selector(entry.flow.to, 'flow', 'to')
    return {
      name: entry.name ?? `${entry.flow.from ?? 'any'} to ${entry.flow.to ?? 'any'}: ${entry.nat}`,
      from: from ?? ANY,
      to: to ?? ANY,
      nat: entry.nat,
      address: selector(entry.address, 'address'),
      min: entry.min ?? 0,
      line: lineOf(['expectations', i]),
    }
  })
}

const ANY: Selector = { text: 'any', matches: () => true }

const SELECTOR_WORDS =
  'kind (pod, node, cilium_host, service, external …), pod/<namespace>/<name>, node/<name>, service/<namespace>/<name>, CIDR or address with an optional :port'

function bad(file: string, line: number, message: string): MasqcheckError {
  return new MasqcheckError('EXPECTATIONS_BAD', `${file}:${line}: ${message}`)
}

function resolve(read: () => unknown, file: string): unknown {
  try {
    return read()
  } catch (error) {
    throw bad(file, 1, `Cannot read YAML: ${error instanceof Error ? firstLine(error.message) : 'malformed'}`)
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : ''
  return `${place}${issue.message}`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** Octets to the node a path leads to, or to the last node on the way that exists. */
function offsetAt(root: Node | null, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root
  let offset = root?.range?.[0]
  for (const step of path) {
    const next = childOf(node, step)
    if (next === undefined) break
    node = next
    offset = (next as Node).range?.[0] ?? offset
  }
  return offset
}

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isSeq(node) && typeof step === 'number') return node.items[step]
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }: Pair) => isScalar(key) && key.value === step)
  return pair?.value ?? undefined
}

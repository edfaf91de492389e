import { describe, expect, test } from 'vitest'
import { ItemPruner } from '../../src/cluster/item-pruner.ts'
import { type JsonHandler, JsonSplitter } from '../../src/cluster/json-splitter.ts'
import fc from '../support/property.ts'

type Piece =
  | { readonly item: unknown; readonly line: number; readonly index: number; readonly listKind: string | null }
  | { readonly document: unknown; readonly line: number }

/** Pieces of a text fed in chunks of so many octets; `null` where it is no JSON. */
function split(text: string, chunk = Number.POSITIVE_INFINITY, pruner: ItemPruner | null = null): Piece[] | null {
  const pieces: Piece[] = []
  const handler: JsonHandler = {
    item: (own, line, index, listKind) => pieces.push({ item: JSON.parse(own), line, index, listKind }),
    document: (own, line) => pieces.push({ document: JSON.parse(own), line }),
  }
  const splitter = new JsonSplitter(handler, pruner)
  const octets = new TextEncoder().encode(text)
  for (let at = 0; at < octets.length; at += chunk) if (!splitter.push(octets.slice(at, at + chunk))) return null
  return splitter.complete ? pieces : null
}

const LIST =
  '{\n "apiVersion": "v1",\n "items": [\n  {"a": "]}\\"\\\\"},\n  3, null, "x,y",\n  {"b": [1, {}]}\n ],\n "kind": "PodList"\n}\n'

describe('JsonSplitter', () => {
  test('hands over items one at a time, then the list without them', () => {
    expect(split(LIST)).toEqual([
      { item: { a: ']}"\\' }, line: 4, index: 0, listKind: null },
      { item: 3, line: 5, index: 1, listKind: null },
      { item: null, line: 5, index: 2, listKind: null },
      { item: 'x,y', line: 5, index: 3, listKind: null },
      { item: { b: [1, {}] }, line: 6, index: 4, listKind: null },
      { document: { apiVersion: 'v1', items: [], kind: 'PodList' }, line: 1 },
    ])
  })

  // Each item once looked for the next line feed through all of the rest: 100,000 of them took minutes.
  test('takes time in proportion to a list on one line', { timeout: 10_000 }, () => {
    const items = Array.from({ length: 100_000 }, (_, i) => ({ name: `p${i}`, labels: { app: 'x'.repeat(100) } }))
    expect(split(JSON.stringify({ items }))).toHaveLength(items.length + 1)
  })

  test('says the kind of the list where it comes before the items', () => {
    expect(split('{"kind":"NodeList","items":[{}]}')?.[0]).toMatchObject({ listKind: 'NodeList' })
  })

  test('only the items of the document itself are items', () => {
    expect(split('{"a":{"items":[1]},"items":{"b":1},"kind":"items"} [{"items":[2]}]')).toEqual([
      { document: { a: { items: [1] }, items: { b: 1 }, kind: 'items' }, line: 1 },
      { document: [{ items: [2] }], line: 1 },
    ])
  })

  test.each(['x', '{} x', '"text"', '17', '{}}', ']'])('%s is no JSON for it', (text) => {
    expect(split(text)).toBeNull()
  })

  test.each(['{', '[1', '{"a', '{"a":"\\', '{"items":[', '{"items":[{}', '{"items":[{}]', '{"items":[1'])(
    '%s is cut off',
    (text) => {
      expect(split(text)).toBeNull()
    },
  )

  test('cuts the same in chunks of any size', () => {
    const whole = split(LIST)
    for (let chunk = 1; chunk < LIST.length; chunk++) expect(split(LIST, chunk)).toEqual(whole)
  })

  test('brings back any lists and documents, whatever their layout and the chunks', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const list = fc.record({ apiVersion: fc.constant('v1'), items: fc.array(value, { maxLength: 5 }), metadata: value })
    const document = fc.dictionary(fc.string(), value).filter((own) => !Array.isArray(own.items))
    fc.assert(
      fc.property(
        fc.array(fc.oneof(list, document), { maxLength: 3 }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.integer({ min: 1, max: 50 }),
        (values, indent, chunk) => {
          const text = values.map((own) => JSON.stringify(own, null, indent)).join('\n')
          const found: unknown[] = []
          let items: unknown[] = []
          for (const piece of split(text, chunk) ?? []) {
            if ('item' in piece) items.push(piece.item)
            else {
              const own = piece.document as Record<string, unknown>
              found.push(items.length > 0 ? { ...own, items } : own)
              items = []
            }
          }
          expect(found).toEqual(JSON.parse(JSON.stringify(values)))
        },
      ),
    )
  })
})

describe('ItemPruner', () => {
  const pod = {
    metadata: { name: 'p', managedFields: [{ '}"': ']' }], labels: { env: 'prod', volumes: 'x' } },
    spec: { nodeName: 'n1', volumes: [{ secret: {} }], containers: [{ image: 'i', env: [{ name: 'a' }], ports: [1] }] },
    status: { conditions: { a: 1 }, phase: 'conditions', images: 'text' },
  }

  test('leaves out what nobody reads, and nothing that only looks so', () => {
    const pruned = {
      metadata: { name: 'p', managedFields: null, labels: { env: 'prod', volumes: 'x' } },
      spec: { nodeName: 'n1', volumes: null, containers: [{ image: 'i', env: null, ports: [1] }] },
      status: { conditions: null, phase: 'conditions', images: 'text' },
    }
    for (const indent of [undefined, 4]) {
      const text = JSON.stringify({ items: [pod, pod] }, null, indent)
      for (const chunk of [1, 7, 1000]) {
        const items = split(text, chunk, new ItemPruner())?.filter((piece) => 'item' in piece)
        expect(items?.map((piece) => ('item' in piece ? piece.item : undefined))).toEqual([pruned, pruned])
      }
    }
  })

  test('keeps count of lines all the same', () => {
    const lines = (pruner: ItemPruner | null) =>
      split(JSON.stringify({ items: [pod, pod, pod] }, null, 2), 64, pruner)?.map(({ line }) => line)
    expect(lines(new ItemPruner())).toEqual(lines(null))
  })
})

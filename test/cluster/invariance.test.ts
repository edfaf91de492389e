import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import type { Piece } from '../../src/cluster/read-piece.ts'
import { canonical } from '../support/cluster-canonical.ts'
import { HAS_SAMPLES, sample } from '../support/cluster-samples.ts'
import fc from '../support/property.ts'

const CLUSTERS = ['cluster-kind-bpf', 'cluster-kind-bpf-ipmasq', 'cluster-kind-iptables']

function pieces(cluster: string): Piece[] {
  return readdirSync(sample(cluster)).map((file) => ({ file, text: readFileSync(sample(cluster, file), 'utf8') }))
}

const isList = (text: string): boolean => text.startsWith('{\n    "apiVersion"')

/** Each list cut in two, at a place that depends on the file. */
function splitLists(all: readonly Piece[], at: number): Piece[] {
  return all.flatMap((piece) => {
    if (!isList(piece.text)) return [piece]
    const list = JSON.parse(piece.text) as { items: unknown[] }
    const cut = list.items.length === 0 ? 0 : at % list.items.length
    const part = (items: unknown[]): string => JSON.stringify({ ...list, items }, null, 2)
    return [
      { ...piece, file: `part-1-${piece.file}`, text: part(list.items.slice(0, cut)) },
      { ...piece, file: `part-2-${piece.file}`, text: part(list.items.slice(cut)) },
    ]
  })
}

/** All lists as one that mixes their kinds. */
function mixLists(all: readonly Piece[]): Piece[] {
  const lists = all.filter(({ text }) => isList(text))
  const items = lists.flatMap(({ text }) => (JSON.parse(text) as { items: unknown[] }).items)
  const mixed = { file: 'everything.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }
  return [...all.filter((piece) => !lists.includes(piece)), mixed]
}

/** JSON of every kind as YAML, but for streams of it. */
function asYaml(all: readonly Piece[]): Piece[] {
  return all.map((piece) => {
    if (!/^[{[]/.test(piece.text) || piece.file.startsWith('hubble')) return piece
    return { ...piece, file: piece.file.replace('.json', '.yaml'), text: stringify(JSON.parse(piece.text)) }
  })
}

/** Everything pasted into one file, each output under the command that would print it. */
function asOnePaste(all: readonly Piece[]): Piece[] {
  const text = all.map((piece) => `user@laptop:~$ cat ${piece.file}\n${piece.text.replace(/\n?$/, '\n')}`).join('')
  return [{ file: 'paste.txt', text }]
}

describe.skipIf(!HAS_SAMPLES).each(CLUSTERS)('%s says the same', (cluster) => {
  const original = HAS_SAMPLES ? pieces(cluster) : []
  const expected = HAS_SAMPLES ? canonical(buildCluster(original)) : undefined

  test('in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(original, { minLength: original.length }), (shuffled) => {
        expect(canonical(buildCluster(shuffled))).toEqual(expected)
      }),
      { numRuns: 5 },
    )
  })

  test.each([1, 2, 7])('with its lists cut in two at %i', (at) => {
    expect(canonical(buildCluster(splitLists(original, at)))).toEqual(expected)
  })

  test('with its lists mixed into one', () => {
    expect(canonical(buildCluster(mixLists(original)))).toEqual(expected)
  })

  test('as YAML instead of JSON', () => {
    expect(canonical(buildCluster(asYaml(original)))).toEqual(expected)
  })

  test('with everything given twice', () => {
    const copies = original.map((piece) => ({ ...piece, file: `copy/${piece.file}` }))
    expect(canonical(buildCluster([...original, ...copies]))).toEqual(expected)
  })

  test('pasted into one file', () => {
    expect(canonical(buildCluster(asOnePaste(original)))).toEqual(expected)
  })
})

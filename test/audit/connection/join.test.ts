import { describe, expect, test } from 'vitest'
import { FlowIndex, Groups, mayPair } from '../../../src/audit/connection/join.ts'
import { aFlow } from '../../support/audit-flows.ts'

describe('Groups', () => {
  test('the smallest index stands for its group, in whichever order it was made', () => {
    const groups = new Groups(6)
    expect([groups.unite(4, 5), groups.unite(2, 4), groups.unite(0, 5), groups.unite(0, 2)]).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([0, 1, 2, 3, 4, 5].map((i) => groups.find(i))).toEqual([0, 1, 0, 3, 0, 0])
  })

  test('a long chain is found without a deep walk', () => {
    const size = 200_000
    const groups = new Groups(size)
    for (let i = size - 1; i > 0; i--) groups.unite(i - 1, i)
    expect(groups.find(size - 1)).toBe(0)
  })
})

describe('FlowIndex', () => {
  const visited = (index: FlowIndex<string>, key: string, until = -1): number[] => {
    const seen: number[] = []
    index.probe(key, (at) => seen.push(at) > 0 && at === until)
    return seen
  }

  test('gives the flows under a key, latest first, until it is told to stop', () => {
    const index = new FlowIndex<string>(5)
    for (const [i, key] of ['a', 'b', 'a', 'a'].entries()) index.add(key, i)
    expect([visited(index, 'a'), visited(index, 'b'), visited(index, 'c')]).toEqual([[3, 2, 0], [1], []])
    expect(visited(index, 'a', 2)).toEqual([3, 2])
  })

  test('looks at no more of them than the limit, so that a key all flows share costs no square', () => {
    const index = new FlowIndex<string>(100, 4)
    for (let i = 0; i < 100; i++) index.add('a', i)
    expect(visited(index, 'a')).toEqual([99, 98, 97, 96])
  })
})

test.each([
  ['the same protocol and family', '10.0.0.1:1 > 1.1.1.1:2', 'tcp', true],
  ['another protocol', '10.0.0.1:1 > 1.1.1.1:2', 'udp', false],
  ['another family', '[fd00::1]:1 > [fd00::2]:2', 'tcp', false],
] as const)('mayPair() of %s', (_, tuple, protocol, expected) => {
  expect(mayPair(aFlow({ tuple: '10.0.0.9:1 > 1.1.1.1:2' }), aFlow({ tuple, protocol }))).toBe(expected)
})

import { describe, expect, test } from 'vitest'
import { combineVotes, type Vote } from '../../../src/audit/attribution/vote.ts'
import type { Confidence } from '../../../src/audit/verdict.ts'

const vote = (says: Vote['says'], confidence: Confidence): Vote => ({
  says,
  evidence: { kind: 'ttl', detail: says, confidence },
})

describe('combineVotes()', () => {
  const rows: [string, Vote[], string, Confidence, boolean][] = [
    ['nothing', [], 'unknown', 'low', false],
    ['one weak sign', [vote('pod', 'low')], 'pod', 'low', false],
    ['one good sign', [vote('host', 'medium')], 'host', 'medium', false],
    ['one sure sign', [vote('pod', 'high')], 'pod', 'high', false],
    ['two good signs together', [vote('pod', 'medium'), vote('pod', 'medium')], 'pod', 'medium', false],
    ['a sure sign against a weak one', [vote('pod', 'high'), vote('host', 'low')], 'pod', 'medium', true],
    ['a sure sign against a good one', [vote('host', 'high'), vote('pod', 'medium')], 'host', 'medium', true],
    ['two sure signs against each other', [vote('host', 'high'), vote('pod', 'high')], 'unknown', 'low', true],
    ['a good sign against a weak one', [vote('host', 'medium'), vote('pod', 'low')], 'unknown', 'low', true],
  ]
  test.each(rows)('%s', (_, votes, origin, confidence, disagrees) => {
    expect(combineVotes(votes)).toMatchObject({ origin, confidence, disagrees })
    expect(combineVotes([...votes].reverse())).toMatchObject({ origin, confidence, disagrees })
  })

  test('keeps all evidence, also that of the losing side', () => {
    expect(combineVotes([vote('pod', 'high'), vote('host', 'low')]).evidence).toHaveLength(2)
  })
})

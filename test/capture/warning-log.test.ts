import { expect, test } from 'vitest'
import { WarningLog } from '../../src/capture/warning-log.ts'

test('keeps the first warning of each code and counts the others', () => {
  const log = new WarningLog('a.txt')
  log.add('one', 'First', { offset: 5, line: 2 })
  log.add('two', 'Second')
  for (let i = 0; i < 1000; i++) log.add('one', 'Another', { line: i })
  expect(log.list).toEqual([
    { code: 'one', file: 'a.txt', offset: 5, line: 2, message: 'First (and 1000 more like it)' },
    { code: 'two', file: 'a.txt', message: 'Second' },
  ])
})

import { expect, test } from 'vitest'
import { RecordPositions } from '../../src/flow/record-positions.ts'

test('RecordPositions counts records through files, and finds them again', () => {
  const positions = new RecordPositions()
  const place = (number: number) => {
    const file = positions.fileOf(number)
    return [file, number - positions.startOf(file)]
  }
  positions.startFile()
  const first = [1, 7].map((record) => positions.through(record))
  positions.startFile()
  positions.startFile()
  const third = [1, 2].map((record) => positions.through(record))
  expect([...first, ...third].map(place)).toEqual([
    [0, 1],
    [0, 7],
    [2, 1],
    [2, 2],
  ])
})

test('RecordPositions takes records before any file for the first', () => {
  const positions = new RecordPositions()
  const number = positions.through(3)
  expect([positions.fileOf(number), positions.startOf(0)]).toEqual([0, 0])
})

/**
 * Run by `node --expose-gc`: prints how many octets of heap one packet costs from the file to the flow, where the fast path
 * takes it, at the least of several rounds. With the argument `positive-control` three objects are made for every packet taken.
 */

import { FastPath } from '../../src/flow/fast-path/fast-path.ts'
import { readFlows } from '../../src/flow/read-flows.ts'
import { Random } from '../fuzz/random.ts'
import { printOctetsEach } from './allocation-rounds.ts'
import { manyFlows } from './fast-path-many-flows.ts'
import { chunkedSource } from './fast-path-source.ts'

const CONNECTIONS = 100
const ROUNDS = 5000
const PACKETS = CONNECTIONS * (2 + 2 * ROUNDS)

const file = manyFlows(CONNECTIONS, ROUNDS, false)
let kept: object[] = []
let taken = 0
let flows = 0

const { take } = FastPath.prototype
const allocates = process.argv[2] === 'positive-control'
FastPath.prototype.take = function (this: FastPath, stretch, ...rest) {
  const took = take.call(this, stretch, ...rest)
  if (!took) return false
  taken += stretch.taken
  if (allocates) for (let i = 0; i < stretch.taken; i++) kept = [{ seq: i, ack: taken, time: stretch.timeNsec }]
  return true
}

async function round(): Promise<number> {
  const source = chunkedSource('x', file, new Random(1), { placement: 'offered', longest: 131_072 })
  const [capture] = await readFlows([{ files: [source] }], {}, () => flows++)
  return capture?.packets ?? 0
}

await printOctetsEach(round, () => ({ kept: kept.length, flows, taken: taken / PACKETS }))

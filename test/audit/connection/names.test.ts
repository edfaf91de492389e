import { expect, test } from 'vitest'
import { groupSightings } from '../../../src/audit/connection/connections.ts'
import type { Flow, PacketSample } from '../../../src/flow/flow.ts'
import { flow } from '../../support/report-fixtures.ts'

const SYN: PacketSample = {
  record: 1,
  file: 0,
  forward: true,
  timeSec: 0,
  timeNsec: 0,
  flags: 2,
  seq: 1_111_111_111,
  ack: 0,
  payloadLength: 0,
  tsVal: 7,
  ipId: 9,
  ttl: 64,
  tag: null,
}

function sighting(id: number, source: string, isName: boolean): Flow {
  const base = flow({ id, samples: [SYN], source: { ip: source, port: 40_000, ...(isName ? { isName } : {}) } })
  return { ...base, forward: { ...base.forward, isn: SYN.seq } }
}

test('groupSightings() joins two sightings of one SYN', () => {
  const groups = groupSightings(
    [sighting(1, '10.244.0.1', false), sighting(2, '172.18.0.2', false)],
    () => null as never,
  )
  expect(groups[0]).toBeDefined()
  expect(groups[0]).toBe(groups[1])
})

test('groupSightings() leaves alone a flow whose address is a host name', () => {
  const groups = groupSightings(
    [sighting(1, 'nginx.kind', true), sighting(2, '172.18.0.2', false)],
    () => null as never,
  )
  expect(groups[0] ?? groups[1]).toBeUndefined()
})

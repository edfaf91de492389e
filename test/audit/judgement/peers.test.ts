import { expect, test } from 'vitest'
import { Peers } from '../../../src/audit/judgement/peers.ts'
import { aFlow } from '../../support/audit-flows.ts'

const FLOWS = [
  aFlow({ id: 1, tuple: '10.0.0.1:1 > 8.8.8.8:53', protocol: 'udp' }),
  aFlow({ id: 2, tuple: '10.0.0.1:2 > 8.8.8.8:53', protocol: 'udp' }),
  aFlow({ id: 3, tuple: '10.0.0.1:3 > 8.8.8.8:53' }),
]

test.each<[string, string, string, 'tcp' | 'udp', number | undefined]>([
  ['the first of several', '10.0.0.1', '9.9.9.9:9 > 8.8.8.8:53', 'udp', 1],
  ['that of the protocol', '10.0.0.1', '9.9.9.9:9 > 8.8.8.8:53', 'tcp', 3],
  ['none to another port', '10.0.0.1', '9.9.9.9:9 > 8.8.8.8:54', 'udp', undefined],
  ['none to another peer', '10.0.0.1', '9.9.9.9:9 > 8.8.4.4:53', 'udp', undefined],
  ['none from another address', '10.0.0.2', '9.9.9.9:9 > 8.8.8.8:53', 'udp', undefined],
])('Peers.flowFrom() gives %s', (_, source, tuple, protocol, id) => {
  expect(new Peers(FLOWS).flowFrom(source, aFlow({ tuple, protocol }))?.id).toBe(id)
})

import { expect, test } from 'vitest'
import { servicePort } from '../../../src/packet/tcpdump-text/service-ports.ts'

test.each([
  ['http', false, 80],
  ['https', false, 443],
  ['https', true, 443],
  ['http-alt', false, 8080],
  ['domain', true, 53],
  ['ssh', false, 22],
  ['mdns', true, 5353],
  ['vxlan', true, 4789],
  ['otv', true, 8472],
  ['echo', false, 7],
  ['fido', false, 60179],
  ['no-such-service', false, undefined],
  ['', true, undefined],
])('%s, UDP %j: %j', (name, isUdp, port) => {
  expect(servicePort(name, isUdp)).toBe(port)
})

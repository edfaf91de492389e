import { expect, test } from 'vitest'
import { agreementText } from '../../../src/audit/connection/agreement.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aFlow, aSample, type FlowFacts } from '../../support/audit-flows.ts'

const TCP: FlowFacts = { tuple: '10.244.1.10:1 > 1.1.1.1:443', isn: 7, reverseIsn: 9, tsVal: 5, ipId: 3 }
const UDP: FlowFacts = { tuple: '10.244.1.10:1 > 8.8.8.8:53', protocol: 'udp', tag: 77, ipId: 3 }
const MID: FlowFacts = {
  tuple: '10.244.1.10:1 > 1.1.1.1:443',
  isn: null,
  originKnown: false,
  samples: [aSample({ flags: TcpFlag.Ack, seq: 4, ack: 5, payloadLength: 6 })],
}

const ROWS: [FlowFacts, FlowFacts, string][] = [
  [TCP, TCP, 'SYN seq 7, SYN-ACK seq 9, TS val 5, IP id 3'],
  [TCP, { ...TCP, reverseIsn: null, tsVal: null, ipId: 0 }, 'SYN seq 7'],
  [MID, MID, 'segment seq 4, ack 5, 6 octets'],
  [UDP, UDP, 'destination 8.8.8.8, 75 octets, IP id 3, DNS id 77, 2 packets alike'],
  [
    UDP,
    { ...UDP, tuple: '10.244.1.10:1 > 10.244.2.53:53', ipId: null, answered: false },
    'source 10.244.1.10, 75 octets, DNS id 77',
  ],
]

test.each(ROWS)('%o and %o', (a, b, text) => {
  expect(agreementText(aFlow(a), aFlow(b))).toBe(text)
})

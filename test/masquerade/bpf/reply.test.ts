import { describe } from 'vitest'
import { askRows, BPF, N2_ADDRESS, OTHER_POD } from '../../support/masquerade-ask.ts'

const OLD = { cluster: { version: '1.14' } }

describe('reply', () => {
  askRows([
    ['a pod answers the outside', { isReply: true }, 'preserve reply'],
    ['a pod opens', { isReply: false }, 'masquerade local-endpoint'],
    ['the host answers', { isReply: true, source: '10.244.1.250' }, 'preserve reply'],
    ['somebody else answers', { isReply: true, source: OTHER_POD }, 'preserve not-local-endpoint'],
    ['an echo reply is an answer by itself', { protocol: 1, icmpType: 0 }, 'preserve reply'],
    [
      'an ICMPv6 echo reply too',
      { protocol: 58, icmpType: 129, source: 'fd00:10:244:1::10', destination: '2606:4700::1111' },
      'preserve reply',
    ],
    ['an echo request is none', { protocol: 1, icmpType: 8 }, 'masquerade local-endpoint'],
    ['asked before the exclusion CIDR', { isReply: true, destination: OTHER_POD }, 'preserve reply'],
    ['asked after it up to 1.14', { isReply: true, destination: OTHER_POD, ...OLD }, 'preserve exclusion-cidr'],
    [
      'asked after the node test up to 1.14',
      { isReply: true, destination: N2_ADDRESS, ...OLD },
      'preserve remote-node',
    ],
    ['and still before masquerading', { isReply: true, ...OLD }, 'preserve reply'],
    [
      'tunnel routing',
      { isReply: true, config: { ...BPF, 'routing-mode': 'tunnel' }, destination: N2_ADDRESS },
      'preserve reply',
    ],
  ])
})

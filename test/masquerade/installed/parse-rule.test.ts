import { describe, expect, test } from 'vitest'
import type { NatContext, NatState, Tristate } from '../../../src/masquerade/installed/match.ts'
import { type InstalledRule, parseInstalledRule } from '../../../src/masquerade/installed/parse-rule.ts'
import fc from '../../support/property.ts'

const STATE: NatState = { destination: '172.18.0.9', destinationPort: 80, mark: 0, unknownMark: 0, dnat: false }

function context(changes: Partial<NatContext> = {}): NatContext {
  return {
    family: 4,
    source: '10.244.1.10',
    sourcePort: 40_000,
    protocol: 6,
    icmpType: null,
    fromHost: false,
    cameBy: (pattern) => pattern === 'lxc+',
    leavesBy: (pattern) => pattern === 'eth0' || pattern === 'eth+',
    inSet: (name, ip) => (name === 'nodes' ? ip === '172.18.0.9' : null),
    isLocal: (ip) => ip === '172.18.0.2',
    ...changes,
  }
}

const parse = (text: string, family: 4 | 6 = 4): InstalledRule =>
  parseInstalledRule(
    { chain: 'X', position: 1, text: `-A X ${text}`, source: { file: 'dump' } },
    family,
    new Set(['X', 'Y']),
  )

/** All matches of a rule together. */
function holds(text: string, changes: Partial<NatContext> = {}, state: Partial<NatState> = {}): Tristate {
  const results = parse(text).matches.map((match) => match.test({ ...STATE, ...state }, context(changes)))
  return results.includes(false) ? false : results.includes(null) ? null : true
}

describe('matches of a rule', () => {
  test.each<[string, Tristate]>([
    ['-s 10.244.1.0/24', true],
    ['! -s 10.244.1.0/24', false],
    ['-s 10.244.1.10', true],
    ['-s 10.244.1.0/255.255.255.0', true],
    ['-s 10.0.1.0/255.0.255.0', null],
    ['-d 172.18.0.9/32', true],
    ['-d 172.18.0.8/32', false],
    ['-s fd00::/8', false],
    ['-o eth+', true],
    ['! -o eth+', false],
    ['-i lxc+', true],
    ['-p tcp', true],
    ['-p 6', true],
    ['-p udp', false],
    ['! -p udp', true],
    ['-p all', true],
    ['-p unheard-of', null],
    ['-p tcp -m tcp --dport 80', true],
    ['-p tcp --dport 80', true],
    ['-p tcp -m tcp ! --dport 80', false],
    ['-p tcp -m tcp --dport 81:90', false],
    ['-p tcp -m tcp --sport 1024:', true],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', true],
    ['-p tcp -m tcp ! --syn', false],
    ['-p tcp -m multiport --dports 53,80:90', true],
    ['-p tcp -m multiport --ports 53', false],
    ['-p tcp -m multiport ! --sports 40000', false],
    ['-m set --match-set nodes dst', true],
    ['-m set ! --match-set nodes dst', false],
    ['-m set --match-set nodes src', false],
    ['-m set --match-set other dst', null],
    ['-m set --match-set nodes dst,dst', null],
    ['-m mark --mark 0x0/0xf00', true],
    ['-m mark --mark 0xa00/0xe00', false],
    ['-m mark ! --mark 0x4000/0x4000', true],
    ['-m conntrack --ctstate NEW', true],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', false],
    ['-m conntrack ! --ctstate DNAT', true],
    ['-m conntrack --ctdir ORIGINAL', null],
    ['-m state --state NEW,INVALID', true],
    ['-m addrtype --dst-type LOCAL', false],
    ['-m addrtype ! --dst-type LOCAL', true],
    ['-m addrtype --src-type BROADCAST', null],
    ['-m iprange --src-range 10.244.1.1-10.244.1.99', true],
    ['-m comment --comment "anything -j DROP"', true],
    ['-m statistic --mode random --probability 0.5', null],
    ['-m length --length 0:100', null],
    ['-m owner ! --uid-owner 0', null],
    ['-f', false],
    ['! -f', true],
    ['', true],
  ])('%s is %s', (text, wanted) => {
    expect(holds(text)).toBe(wanted)
  })

  test('what depends on the packet', () => {
    expect(holds('-p tcp -m tcp --dport 80', {}, { destinationPort: null })).toBeNull()
    expect(holds('-p icmp -m icmp --icmp-type 8', { protocol: 1, icmpType: 8 })).toBe(true)
    expect(holds('-p icmp -m icmp --icmp-type 8', { protocol: 1, icmpType: null })).toBeNull()
    expect(holds('-p icmp -m icmp --icmp-type any', { protocol: 1 })).toBe(true)
    expect(holds('-p tcp -m tcp --dport 80', { protocol: 17 })).toBe(false)
    expect(holds('-m conntrack --ctstate DNAT', {}, { dnat: true })).toBe(true)
    expect(holds('-m mark --mark 0x4000/0x4000', {}, { mark: 0x4001 })).toBe(true)
    expect(holds('-m mark --mark 0x4000/0x4000', {}, { unknownMark: 0x4000 })).toBeNull()
    expect(holds('-m mark --mark 0x4000/0x4000', {}, { unknownMark: 0x1 })).toBe(false)
  })
})

describe('targets of a rule', () => {
  test.each([
    ['-j ACCEPT', { kind: 'accept' }],
    ['-j MASQUERADE --random-fully', { kind: 'masquerade' }],
    ['-j SNAT --to-source 1.2.3.4', { kind: 'snat', low: '1.2.3.4', high: '1.2.3.4' }],
    ['-j SNAT --to-source 1.2.3.4-1.2.3.9:1024-65535', { kind: 'snat', low: '1.2.3.4', high: '1.2.3.9' }],
    ['-j DNAT --to-destination 1.2.3.4:80', { kind: 'dnat', low: '1.2.3.4', high: '1.2.3.4', port: 80 }],
    ['-j DNAT --to-destination [fd00::1]:80', { kind: 'dnat', low: 'fd00::1', high: 'fd00::1', port: 80 }],
    ['-j DNAT --to-destination fd00::1', { kind: 'dnat', low: 'fd00::1', high: 'fd00::1', port: null }],
    ['-j DNAT --to-destination :80', { kind: 'dnat', low: null, high: null, port: 80 }],
    ['-j MARK --set-xmark 0x4000/0x4000', { kind: 'mark', clear: 0x4000, flip: 0x4000, blur: 0 }],
    ['-j MARK --or-mark 0x1', { kind: 'mark', clear: 1, flip: 1, blur: 0 }],
    ['-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80', { kind: 'mark', clear: 0, flip: 0, blur: 0x80 }],
    ['-j CONNMARK --save-mark', { kind: 'continue' }],
    ['-j CT --notrack', { kind: 'notrack' }],
    ['-j LOG --log-prefix "x "', { kind: 'continue' }],
    ['-j Y', { kind: 'jump', chain: 'Y' }],
    ['-g Y', { kind: 'goto', chain: 'Y' }],
    ['-j NETMAP --to 10.0.0.0/8', { kind: 'unknown', text: 'NETMAP --to 10.0.0.0/8' }],
    ['-j SNAT --to-source nowhere', { kind: 'unknown', text: 'SNAT --to-source nowhere' }],
    ['', { kind: 'continue' }],
  ])('%s', (text, target) => {
    expect(parse(text).target).toEqual(target)
  })
})

describe('parseInstalledRule()', () => {
  test('restores the mark match that an old iptables does not print', () => {
    const lost = parse('-m comment --comment "exclude proxy return traffic from masquerade" -j ACCEPT')
    expect(lost.notes).toHaveLength(1)
    expect(lost.matches.map((match) => match.test({ ...STATE, mark: 0xb00 }, context()))).toEqual([true])
    expect(lost.matches.map((match) => match.test(STATE, context()))).toEqual([false])
  })

  test('never throws, whatever the text', { timeout: 60_000 }, () => {
    const word = fc.constantFrom(
      '-s',
      '-d',
      '!',
      '-m',
      'set',
      '--match-set',
      '-j',
      'SNAT',
      '--to-source',
      '-p',
      'tcp',
      '--dport',
      '1.2.3.4',
      '"',
      '\\',
      '-',
      '--',
      '0x',
      ':',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        const rule = parse(words.join(' '))
        for (const match of rule.matches) match.test(STATE, context())
        expect(rule.chain).toBe('X')
      }),
    )
  })
})
